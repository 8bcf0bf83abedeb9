import { randomUUID } from "node:crypto";
import { mkdir, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { Domain, Workspace } from "../contract/config.ts";
import { exitCode, MosError } from "../contract/error.ts";
import { DomainName } from "../contract/id.ts";
import { choosePrefix, nameFromWords } from "../core/workspace/choose-prefix.ts";
import { isRead } from "../core/workspace/detect/listing.ts";
import { type DetectedCheck, type Detection, detectChecks, type Proposal } from "../core/workspace/detect-checks.ts";
import { type PlannedFile, planHomeFiles } from "../core/workspace/home-files.ts";
import type { ConfigFile } from "../port/config-file.ts";
import type { Git, Repo } from "../port/git.ts";
import type { Store } from "../port/store.ts";
import { inspectRepository, isInside, refuseTaken } from "./inspect-repository.ts";
import { landHomeFiles, refuseOverlap, takeBack } from "./land-home-files.ts";
import { noIdentity, startRepository } from "./start-repository.ts";

export interface AddDomainWorld {
  readonly workspace: Workspace;
  readonly git: Git;
  readonly store: Store;
  readonly configFile: ConfigFile;
}

export interface AddDomainArgs {
  readonly name: string;
  /** An existing repository; with `create`, where the new one goes (default: `<workspace>/<name>`). Absolute. */
  readonly path?: string;
  /** Makes a new repository. */
  readonly create?: boolean;
  readonly prefix?: string;
  readonly sealed?: boolean;
  /** Even if there is code: the gate then runs the wiki checks alone. */
  readonly knowledgeOnly?: boolean;
  /** The branch that landings move. Default: main; master where that alone is there. */
  readonly branch?: string;
}

/** What adding would do: shown before it is done. */
export interface AddDomainPlan {
  readonly name: string;
  readonly prefix: string;
  readonly sealed: boolean;
  readonly kind: "new" | "existing";
  /** Of the repository, absolute, without symbolic links. */
  readonly path: string;
  readonly branch: string;
  /** The tip that the plan was made for; absent for a new one. */
  readonly tip?: string;
  /** What is missing and will be added in one commit; relative to the repository. */
  readonly files: readonly PlannedFile[];
  readonly knowledgeOnly: boolean;
  readonly setup?: string;
  readonly checks: readonly DetectedCheck[];
  readonly proposals: readonly Proposal[];
  readonly warnings: readonly string[];
}

/**
 * Looks, and writes nothing.
 *
 * @throws MosError `bad-name`, `domain-exists`, `bad-prefix`, `prefix-taken`, `no-git-identity`, `folder-taken`, and those of
 * `inspectRepository` and `refuseOverlap`
 */
export async function planAddDomain(world: AddDomainWorld, args: AddDomainArgs): Promise<AddDomainPlan> {
  const name = checkName(args.name, world.workspace);
  const prefix = checkPrefix(args.prefix, name, world.workspace);
  const common = { name, prefix, sealed: args.sealed ?? false };
  if (args.create) return { ...common, ...(await planNew(world, name, args)) };
  if (args.path === undefined)
    throw new MosError({
      code: "usage",
      message: `no repository given for '${name}'`,
      hint: "Give --path REPO for one that is there, or --new for a new one.",
      exit: exitCode.usage,
    });
  return { ...common, ...(await planExisting(world, name, args.path, args)) };
}

/**
 * Does what the plan says, or nothing: under the lock of mos.yaml, the entry is validated, the missing files are
 * committed, the event is written, and mos.yaml is replaced last. What fails before that is taken back; a kill leaves at
 * most the commit with the missing files, and the next `mos domain add` goes on from there.
 *
 * @throws MosError as `planAddDomain`, `repository-moved`, and those of `ConfigFile.edit`
 */
export async function applyAddDomain(world: AddDomainWorld, plan: AddDomainPlan): Promise<{ workspace: Workspace; domain: Domain }> {
  let undo: () => Promise<unknown> = async () => undefined;
  try {
    const workspace = await world.configFile.edit(async (draft) => {
      if (plan.name in draft.config.domains) throw domainExists(plan.name);
      const at = ["domains", plan.name];
      draft.set(at, await describeEntry(world.workspace.root, plan));
      await draft.validate();
      const made = plan.kind === "new" ? await makeNew(world.git, plan) : await addMissing(world.git, plan);
      undo = made.undo;
      draft.set([...at, "home", "baseline"], made.baseline);
      await world.store.write((tx) =>
        tx.append({
          kind: "domain.added",
          domain: plan.name,
          actor: "operator",
          authority: "operator",
          reason: `mos domain add ${plan.name}`,
          data: {
            prefix: plan.prefix,
            sealed: plan.sealed,
            path: plan.path,
            baseline: made.baseline,
            added: plan.files.map(({ path }) => path),
          },
        }),
      );
    });
    return { workspace, domain: workspace.domains.find(({ name }) => name === plan.name) as Domain };
  } catch (error) {
    await undo().catch(() => undefined);
    throw error;
  }
}

type RepositoryPlan = Omit<AddDomainPlan, "name" | "prefix" | "sealed">;

async function planNew({ workspace, git }: AddDomainWorld, name: string, args: AddDomainArgs): Promise<RepositoryPlan> {
  const given = resolve(workspace.root, args.path ?? name);
  const found = await stat(given).catch(() => undefined);
  if (found && (!found.isDirectory() || (await readdir(given)).length > 0))
    throw new MosError({
      code: "folder-taken",
      message: `${given} is there already and is not an empty folder`,
      hint: "Give another folder with --path, or add what is there as an existing repository (without --new).",
    });
  const path = await realParent(given);
  await refuseTaken(workspace, path);
  const ground = await nearestFolder(dirname(path));
  if (!(await git.at(ground).identity())) throw noIdentity(ground);
  const files = planHomeFiles({ domain: name, existing: [] });
  return { kind: "new", path, branch: "main", files, knowledgeOnly: true, checks: [], proposals: [], warnings: [] };
}

async function planExisting(world: AddDomainWorld, name: string, path: string, args: AddDomainArgs): Promise<RepositoryPlan> {
  const { git, workspace } = world;
  const inspected = await inspectRepository({ git, workspace, path, ...(args.branch === undefined ? {} : { branch: args.branch }) });
  const { repo, tip, branch } = inspected;
  if (!(await repo.identity())) throw noIdentity(inspected.path);
  const { detection, files } = await readTip(repo, tip, name);
  await refuseOverlap({ git, repo, branch, tip }, files);
  const knowledgeOnly = args.knowledgeOnly ?? detection.knowledgeOnly;
  return {
    kind: "existing",
    path: inspected.path,
    branch,
    tip,
    files,
    knowledgeOnly,
    ...(detection.setup === undefined || knowledgeOnly ? {} : { setup: detection.setup }),
    checks: knowledgeOnly ? [] : detection.checks,
    proposals: knowledgeOnly ? [] : detection.proposals,
    warnings: [...inspected.warnings, ...(knowledgeOnly ? [] : detection.warnings), ...(await warnIgnored(repo, files))],
  };
}

async function readTip(repo: Repo, tip: string, name: string): Promise<{ detection: Detection; files: PlannedFile[] }> {
  const paths = (await repo.listTree(tip)).filter(({ type }) => type === "blob").map(({ path }) => path);
  const texts = new Map<string, string>();
  const isPage = (path: string) => /^wiki\/.+\.md$/.test(path);
  for (const path of paths.filter((one) => isRead(one) || isPage(one)).slice(0, 500)) {
    const text = await repo.readFile(tip, path);
    if (text !== undefined) texts.set(path, text);
  }
  const titleOf = (page: string) => /^#\s+(.+?)\s*#*$/m.exec(texts.get(page) ?? "")?.[1];
  return {
    detection: detectChecks({ files: paths, read: (path) => texts.get(path) }),
    files: planHomeFiles({ domain: name, existing: paths, titleOf }),
  };
}

async function warnIgnored(repo: Repo, files: readonly PlannedFile[]): Promise<string[]> {
  if (files.length === 0) return [];
  const input = files.map(({ path }) => `${path}\0`).join("");
  const { stdout } = await repo.run(["check-ignore", "--no-index", "-z", "--stdin"], { input, okExit: [0, 1, 128] });
  const ignored = stdout.split("\0").filter((path) => path !== "");
  return ignored.length === 0 ? [] : [`.gitignore covers ${ignored.join(", ")}: what agents write there would not be seen.`];
}

/** The domain as mos.yaml says it: what is as by default is left out. */
async function describeEntry(root: string, plan: AddDomainPlan): Promise<object> {
  const realRoot = await realpath(root);
  return {
    prefix: plan.prefix,
    ...(plan.sealed ? { sealed: true } : {}),
    home: {
      path: isInside(plan.path, realRoot) ? relative(realRoot, plan.path) : plan.path,
      ...(plan.branch === "main" ? {} : { branch: plan.branch }),
      ...(plan.tip === undefined ? {} : { baseline: plan.tip }),
      ...(plan.knowledgeOnly ? { knowledgeOnly: true } : {}),
      ...(plan.setup === undefined ? {} : { setup: plan.setup }),
      ...(plan.checks.length === 0 ? {} : { checks: plan.checks }),
    },
  };
}

interface Made {
  readonly baseline: string;
  undo(): Promise<unknown>;
}

async function addMissing(git: Git, plan: AddDomainPlan): Promise<Made> {
  const tip = plan.tip as string;
  const place = { git, repo: git.at(plan.path), branch: plan.branch, tip };
  if ((await place.repo.resolve(`refs/heads/${plan.branch}`)) !== tip)
    throw new MosError({
      code: "repository-moved",
      message: `${plan.branch} of ${plan.path} moved since the plan was shown`,
      hint: "Run mos domain add again to see the plan for what is there now.",
    });
  if (plan.files.length === 0) return { baseline: tip, undo: async () => undefined };
  await refuseOverlap(place, plan.files);
  const message = `chore: add the files of a Master OS domain\n\n${plan.files.map(({ path }) => `- ${path}`).join("\n")}\n`;
  const baseline = await landHomeFiles(place, { files: plan.files, message });
  return { baseline, undo: () => takeBack(place, baseline) };
}

async function makeNew(git: Git, plan: AddDomainPlan): Promise<Made> {
  const made = await mkdir(dirname(plan.path), { recursive: true });
  const staging = join(dirname(plan.path), `.mos-new-${randomUUID()}`);
  const removeParents = async () => made !== undefined && (await rm(made, { recursive: true, force: true }));
  try {
    const baseline = await startRepository(git, { path: staging, files: plan.files, message: `chore: begin the domain ${plan.name}\n` });
    // Onto an empty folder or none; anything else makes rename fail.
    await rename(staging, plan.path);
    return {
      baseline,
      undo: async () => {
        await rm(plan.path, { recursive: true, force: true });
        await removeParents();
      },
    };
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    await removeParents();
    throw error;
  }
}

function checkName(given: string, workspace: Workspace): string {
  const near = nameFromWords(given);
  if (!DomainName.safeParse(given).success || given === "operator")
    throw new MosError({
      code: "bad-name",
      message: given === "operator" ? "'operator' is the cross-domain home" : `'${given}' cannot be a domain's name`,
      hint: `A name is lower-case letters, digits and dashes, a letter first${near !== "" && near !== given ? `: '${near}', say` : ""}.`,
      exit: exitCode.usage,
    });
  if (workspace.domains.some(({ name }) => name === given)) throw domainExists(given);
  return given;
}

function checkPrefix(given: string | undefined, name: string, workspace: Workspace): string {
  const owners = new Map([...workspace.domains, workspace.operator].map((domain) => [domain.prefix, domain.name]));
  if (given === undefined) return choosePrefix(name, new Set(owners.keys()));
  if (!/^[A-Z][A-Z0-9]{1,7}$/.test(given))
    throw new MosError({
      code: "bad-prefix",
      message: `'${given}' cannot be a prefix of ticket ids`,
      hint: `A prefix is 2 to 8 capital letters and digits, a letter first: ${choosePrefix(name, new Set(owners.keys()))}.`,
      exit: exitCode.usage,
    });
  const owner = owners.get(given);
  if (owner !== undefined)
    throw new MosError({
      code: "prefix-taken",
      message: `'${given}' is the prefix of '${owner}' already`,
      hint: `Choose another: ${choosePrefix(name, new Set(owners.keys()))} is free.`,
    });
  return given;
}

function domainExists(name: string): MosError {
  return new MosError({
    code: "domain-exists",
    message: `there is a domain '${name}' already`,
    hint: "Choose another name, or change the domain in mos.yaml (mos domain list shows it).",
  });
}

async function nearestFolder(path: string): Promise<string> {
  for (let dir = path; ; dir = dirname(dir)) {
    if ((await stat(dir).catch(() => undefined))?.isDirectory() || dir === dirname(dir)) return dir;
  }
}

/** `path` with the part that exists free of symbolic links. */
async function realParent(path: string): Promise<string> {
  const ground = await nearestFolder(path);
  return join(await realpath(ground), relative(ground, path));
}
