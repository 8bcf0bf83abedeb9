import { z } from "zod";
import { ModelRole } from "./agent.ts";
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

/** A runtime beside those that are built in: an agent that speaks ACP, or a model behind an address. */
export const RuntimeConfig = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("acp"),
    command: z.array(z.string().min(1)).min(1).max(20).describe("the agent and its arguments: [opencode, acp]"),
    protocol: z
      .enum(["anthropic-messages", "openai-responses", "openai-chat", "google-generate"])
      .describe("how it speaks with its model, which its relay is fixed to"),
    env: z
      .record(z.string(), z.string())
      .default({})
      .describe("given to it; {relay} stands for its relay's address, {token} for the run's word: never a key"),
    files: z.record(z.string(), z.string()).default({}).describe("written into its home before it starts; placeholders as in env"),
    upstream: z.url().optional().describe("the model's address; default the protocol's provider"),
    keyEnv: z.string().optional().describe("the variable that holds the key, which stays in the relay"),
  }),
  z.strictObject({
    kind: z.literal("model"),
    provider: z.enum(["anthropic", "openai", "google", "openai-compatible"]),
    model: z.string().min(1).describe("used where a role names none"),
    baseUrl: z.url().optional().describe("needed for openai-compatible: http://127.0.0.1:11434/v1"),
    keyEnv: z.string().optional().describe("the variable that holds the key; none for a local server"),
  }),
]);
export type RuntimeConfig = z.infer<typeof RuntimeConfig>;

/** Which runtime plays a role. None named: no model speaks in it. */
export const RoleConfig = z.strictObject({ runtime: z.string().min(1), model: z.string().min(1).optional() });
export type RoleConfig = z.infer<typeof RoleConfig>;

export const RolesConfig = z.partialRecord(ModelRole, RoleConfig);
export type RolesConfig = z.infer<typeof RolesConfig>;

/** Hard stops. A dollar figure is an estimate. What is over one ends the run, keeps the work and blocks its ticket (budget). */
export const Budget = z.strictObject({
  tokens: z.int().min(1).optional(),
  usd: z.number().positive().optional(),
  runs: z.int().min(1).optional().describe("of a model"),
});
export type Budget = z.infer<typeof Budget>;

export const Budgets = z.strictObject({
  run: z
    .strictObject({
      seconds: z.int().min(1).max(86_400).default(1800),
      turns: z.int().min(1).default(200),
      requests: z.int().min(1).default(400),
      tokens: z.int().min(1).default(5_000_000),
      usd: z.number().positive().optional(),
      outputBytes: z.int().min(1024).default(16_777_216).describe("kept of one transcript"),
      sameOutcomes: z
        .int()
        .min(2)
        .max(100)
        .default(5)
        .describe("outcomes in a row that bring nothing new before a run is ended (no-progress)"),
    })
    .prefault({}),
  ticket: Budget.prefault({ runs: 12 }),
  domainDay: Budget.prefault({}),
  day: Budget.prefault({}),
});
export type Budgets = z.infer<typeof Budgets>;

/** Dollars for a million tokens. Used where a client reports no cost of its own. */
export const Price = z.strictObject({
  input: z.number().min(0),
  output: z.number().min(0),
  cacheRead: z.number().min(0).default(0),
  cacheWrite: z.number().min(0).default(0),
});
export type Price = z.infer<typeof Price>;

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
  roles: RolesConfig.default({}).describe("here instead of the workspace's; a sealed domain has these alone"),
  budget: Budget.default({}).describe("of a day, here instead of budgets.domainDay"),
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
  diskMb: z.int().min(1).default(20_480).describe("kept of slots and setup outputs below .mos: beyond it the oldest that nobody uses go"),
  modelCallsPerDay: z.int().min(0).default(0).describe("the doctor objects to more; 0: to those alone that no run accounts for"),
  reworks: z.int().min(0).max(10).default(2).describe("successors of one ticket before it is the operator's (T4)"),
  leaseSeconds: z
    .int()
    .min(2)
    .default(30)
    .describe("without a heartbeat for so long, as one observer's clock measures it, a worker is dead (T5)"),
});
export type Limits = z.infer<typeof Limits>;

/** How a wiki's passages are found: by words always; by vectors too where the operator installed an embedder. */
export const SearchConfig = z.strictObject({
  vectors: z.enum(["auto", "off"]).default("auto").describe("auto: by vectors too, where an embedder is installed"),
  fusion: z
    .strictObject({
      k: z.int().min(1).max(1000).default(20).describe("the smaller, the more the first places count"),
      words: z.number().min(0).max(10).default(1).describe("weight of the words leg"),
      vectors: z.number().min(0).max(10).default(1).describe("weight of the vectors leg"),
    })
    .prefault({})
    .describe("reciprocal rank fusion of the two legs"),
});
export type SearchConfig = z.infer<typeof SearchConfig>;

/** mos.yaml. */
export const Config = z.strictObject({
  version: z.literal(1),
  domains: z.record(DomainName, DomainConfig).default({}),
  operator: z.strictObject({ home: RepoConfig }).prefault({ home: { path: "operator", knowledgeOnly: true } }),
  limits: Limits.prefault({}),
  runtimes: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), RuntimeConfig).default({}),
  roles: RolesConfig.default({}).describe("which runtime plays each role; none: no model speaks, and nothing costs"),
  budgets: Budgets.prefault({}),
  prices: z.record(z.string(), Price).default({}).describe("by model, or the beginning of its name with a star"),
  search: SearchConfig.prefault({}),
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
