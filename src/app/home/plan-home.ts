import { readdir, realpath, stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { Workspace } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import { isPythonTest, isRead, testFilesReadMax } from "../../core/workspace/detect/listing.ts";
import { type DetectedCheck, type Detection, detectChecks, type Proposal } from "../../core/workspace/detect-checks.ts";
import { type PlannedFile, planHomeFiles } from "../../core/workspace/home-files.ts";
import type { Git, Repo } from "../../port/git.ts";
import { inspectRepository } from "./inspect-repository.ts";
import { refuseOverlap } from "./land-home-files.ts";
import { refuseTaken } from "./refuse-shared.ts";
import { noIdentity } from "./start-repository.ts";

/** A repository as a domain's home: what it would get, and how its gate would look. */
export interface HomePlan {
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

export interface HomeArgs {
  readonly path?: string;
  readonly branch?: string;
  readonly knowledgeOnly?: boolean;
}

/** Of pages beyond these, the index shows the file's name. */
const titlesReadMax = 200;

interface Place {
  readonly workspace: Workspace;
  readonly git: Git;
}

/** A repository to be made: the files of a home, and knowledge only until checks are named. */
export async function planNew({ workspace, git }: Place, name: string, args: HomeArgs): Promise<HomePlan> {
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

/**
 * A repository that is there: what its people run, and what it lacks for the home of the domain `homeOf` (nothing, where
 * it is only attached to one).
 */
export async function planExisting(world: Place, path: string, args: HomeArgs & { homeOf?: string }): Promise<HomePlan> {
  const { git, workspace } = world;
  const inspected = await inspectRepository({ git, workspace, path, ...(args.branch === undefined ? {} : { branch: args.branch }) });
  const { repo, tip, branch } = inspected;
  if (!(await repo.identity())) throw noIdentity(inspected.path);
  const { detection, files } = await readTip(repo, tip, args.homeOf);
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

async function readTip(repo: Repo, tip: string, homeOf: string | undefined): Promise<{ detection: Detection; files: PlannedFile[] }> {
  const blobs = new Map((await repo.listTree(tip)).flatMap(({ type, path, id }) => (type === "blob" ? [[path, id] as const] : [])));
  const paths = [...blobs.keys()];
  const needsTitles = homeOf !== undefined && !blobs.has("wiki/index.md");
  const wanted = [
    ...paths.filter((path) => isRead(path) && !isPythonTest(path)),
    ...paths.filter(isPythonTest).slice(0, testFilesReadMax),
    ...(needsTitles ? paths.filter((path) => /^wiki\/.+\.md$/.test(path)).slice(0, titlesReadMax) : []),
  ];
  const ids = [...new Set(wanted.map((path) => blobs.get(path) as string))];
  const found = await repo.readBlobs(ids);
  const texts = new Map(ids.map((id, index) => [id, found[index]] as const));
  const read = (path: string) => texts.get(blobs.get(path) ?? "");
  const titleOf = (page: string) => /^#\s+(.+?)\s*#*$/m.exec(read(page) ?? "")?.[1];
  return {
    detection: detectChecks({ files: paths, read }),
    files: homeOf === undefined ? [] : planHomeFiles({ domain: homeOf, existing: paths, titleOf }),
  };
}

async function warnIgnored(repo: Repo, files: readonly PlannedFile[]): Promise<string[]> {
  if (files.length === 0) return [];
  const input = files.map(({ path }) => `${path}\0`).join("");
  const { stdout } = await repo.run(["check-ignore", "--no-index", "-z", "--stdin"], { input, okExit: [0, 1, 128] });
  const ignored = stdout.split("\0").filter((path) => path !== "");
  return ignored.length === 0 ? [] : [`.gitignore covers ${ignored.join(", ")}: what agents write there would not be seen.`];
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
