import { z } from "zod";
import { CommitId, DomainName } from "./id.ts";

/** A repository's own command that decides whether it is green (G9). Run by `sh -c` in the tool box, at the tree's root. */
export const Check = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/)
    .describe("test, lint, types …"),
  run: z.string().min(1).describe("the command, as the repository's people run it"),
  kind: z.enum(["test", "lint", "other"]).default("other").describe("code lands only with at least one test and one lint check"),
  timeoutSeconds: z.int().min(1).max(7200).default(900),
});
export type Check = z.infer<typeof Check>;

/** What Master OS knows of one repository of a domain. */
export const RepoConfig = z.strictObject({
  path: z.string().min(1).describe("relative to the workspace, or absolute"),
  branch: z.string().min(1).default("main").describe("the branch that landings move"),
  baseline: CommitId.optional().describe("the tip when the repository was added: receipts are owed from here on"),
  setup: z
    .string()
    .min(1)
    .optional()
    .describe("installs the dependencies (npm ci); its ignored output is kept by the lockfile's hash and mounted read-only"),
  knowledgeOnly: z.boolean().default(false).describe("no code: the gate runs the wiki checks alone"),
  checks: z.array(Check).default([]),
});
export type RepoConfig = z.infer<typeof RepoConfig>;

/** Times as cron lines (5 fields, local time) and greatest ages in hours. */
export const Rhythm = z.strictObject({
  scout: z.string().default("0 7 * * *"),
  distill: z.string().default("0 20 * * *"),
  maxAgeHours: z.number().positive().default(24).describe("a brief older than this is not fresh, whatever its fingerprint says"),
});
export type Rhythm = z.infer<typeof Rhythm>;

/** A standing decision: tickets of this playbook become ready without a question (T9). */
export const Standing = z.strictObject({ playbook: z.string().min(1), option: z.string().min(1), reason: z.string().min(1) });

export const DomainConfig = z.strictObject({
  prefix: z
    .string()
    .regex(/^[A-Z][A-Z0-9]{1,7}$/)
    .describe("of the domain's ticket ids: MUS"),
  sealed: z.boolean().default(false).describe("closed to cross-domain roles; opens to the operator alone"),
  home: RepoConfig,
  repos: z
    .record(z.string().regex(/^[a-z][a-z0-9-]*$/), RepoConfig)
    .default({})
    .describe("code that lives elsewhere, by name"),
  runtime: z.string().default("playbook"),
  rhythm: Rhythm.prefault({}),
  standing: z.array(Standing).default([]),
});
export type DomainConfig = z.infer<typeof DomainConfig>;

export const Limits = z.strictObject({
  maxParallel: z.int().min(1).max(64).default(4),
  slotsPerRepo: z.int().min(1).max(16).default(4),
  runSeconds: z.int().min(1).max(86400).default(1800).describe("wall time of one run of an executor"),
  outputBytes: z.int().min(1024).default(1_048_576).describe("kept of one command's output"),
  memoryMb: z.int().min(64).default(4096),
  processes: z.int().min(8).default(512),
  modelCallsPerDay: z.int().min(0).default(0).describe("the doctor objects to more; none is built in, so none are expected"),
  reworks: z.int().min(0).max(10).default(2).describe("successors of one ticket before it is the operator's (T4)"),
  leaseSeconds: z
    .int()
    .min(2)
    .default(30)
    .describe("without a heartbeat for so long, as one observer's clock measures it, a worker is dead (T5)"),
});
export type Limits = z.infer<typeof Limits>;

/** mos.yaml. */
export const Config = z.strictObject({
  version: z.literal(1),
  domains: z.record(DomainName, DomainConfig).default({}),
  operator: z.strictObject({ home: RepoConfig }).prefault({ home: { path: "operator", knowledgeOnly: true } }),
  limits: Limits.prefault({}),
});
export type Config = z.infer<typeof Config>;

/** One repository of a domain, with its absolute path. `name` is `home` or the key under `repos`. */
export interface RepoHandle extends RepoConfig {
  readonly domain: string;
  readonly name: string;
  /** `music` for a home, `music/app` for an attached repository: the name of its lane. */
  readonly lane: string;
  /** Absolute path of the operator's repository. */
  readonly path: string;
}

/** A domain as the program uses it: resolved, absolute. `operator` is one too: prefix OPS, not sealed, knowledge only. */
export interface Domain extends Omit<DomainConfig, "home" | "repos"> {
  readonly name: string;
  readonly home: RepoHandle;
  /** The home first. */
  readonly repos: readonly RepoHandle[];
}

export interface Workspace {
  readonly root: string;
  /** `<root>/.mos`: store, slots, logs. */
  readonly stateDir: string;
  readonly config: Config;
  /** The configured domains, in the file's order, without `operator`. */
  readonly domains: readonly Domain[];
  readonly operator: Domain;
}
