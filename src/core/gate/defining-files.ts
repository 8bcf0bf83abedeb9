import type { Check, RepoConfig } from "../../contract/config.ts";
import type { Repo, TreeEntry } from "../../port/git.ts";
import { addThroughLinks, findNamedFiles, type TreeFacts } from "./named-files.ts";

/**
 * The files among `paths` that say by their name what checks mean (G2b): scripts, test and linter configuration at any depth.
 */
export function findDefiningFiles(paths: readonly string[]): string[] {
  return paths.filter((path) => !path.includes("node_modules/") && definingName.test(path.slice(path.lastIndexOf("/") + 1)));
}

const definingName = new RegExp(
  `^(${[
    "package\\.json",
    "biome\\.jsonc?",
    "\\.?eslint(rc|ignore)?(\\.config)?(\\.[cm]?[jt]s|\\.json|\\.ya?ml)?",
    "\\.prettier(rc|ignore)(\\..*)?",
    "\\.oxlintrc\\.json",
    "(vitest|vite|jest|playwright|ava|knip|commitlint)\\.config\\.[cm]?[jt]s",
    "\\.mocharc(\\..*)?",
    "knip\\.jsonc?",
    "\\.dependency-cruiser\\.[cm]?js",
    "tsconfig(\\..*)?\\.json",
    "pyproject\\.toml",
    "setup\\.cfg",
    "tox\\.ini",
    "pytest\\.ini",
    "conftest\\.py",
    "\\.flake8",
    "\\.?ruff\\.toml",
    "mypy\\.ini",
    "\\.pylintrc",
    "\\.?clippy\\.toml",
    "Cargo\\.toml",
    "\\.golangci\\.ya?ml",
    "go\\.mod",
    "[Mm]akefile",
    "GNUmakefile",
    "justfile",
    "\\.pre-commit-config\\.yaml",
    "\\.rubocop\\.yml",
    "\\.shellcheckrc",
  ].join("|")})$`,
);

/** What is installed, and with which versions: lockfiles, and the files that they are made from. */
export const lockfiles =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|package\.json|\.npmrc|pnpm-lock\.yaml|yarn\.lock|uv\.lock|poetry\.lock|requirements[^/]*\.txt|pyproject\.toml|Cargo\.lock|Cargo\.toml|go\.sum|go\.mod|Gemfile\.lock)$/;

/** What decides whether a repository is green, as one tree has it. */
export interface GateRules {
  /** Of the checks, the setup, and by content of the files. Never empty, so that no configuration has no hash. */
  readonly hash: string;
  /** By path: the files of the tree that say what its checks mean. A ticket that changes one must pass with the old and with the new. */
  readonly files: ReadonlyMap<string, TreeEntry>;
}

/**
 * The gate's configuration (G2b): the checks, the setup, and those files of `treeish` that define what they mean, by their
 * name, because a check's command or the setup's names them, or because a symbolic link of these leads there.
 *
 * @param sha256  hexadecimal
 */
export async function readGateRules(args: {
  git: Repo;
  repo: Pick<RepoConfig, "checks" | "setup" | "knowledgeOnly">;
  treeish: string;
  sha256: (text: string) => string;
}): Promise<GateRules> {
  const { checks, setup, knowledgeOnly } = args.repo;
  const entries = new Map((await args.git.listTree(args.treeish)).map((entry) => [entry.path, entry]));
  const tree = await readTreeFacts(args.git, entries);
  const commands = [...checks.map((check) => check.run), ...(setup === undefined ? [] : [setup])];
  const paths = findNamedFiles(commands, tree);
  for (const path of findDefiningFiles([...entries.keys()])) addThroughLinks(path, tree, paths);
  const files = new Map([...paths].sort().map((path) => [path, entries.get(path) as TreeEntry]));
  const ids = [...files].map(([path, { id }]) => [path, id]);
  return { hash: args.sha256(JSON.stringify({ checks, setup: setup ?? null, knowledgeOnly, files: ids })), files };
}

/** What `setup` makes its output from (G5): what is installed, and the files that its command names, itself or by scripts. */
export async function readSetupInputs(args: { git: Repo; setup: string; treeish: string }): Promise<TreeEntry[]> {
  const entries = new Map((await args.git.listTree(args.treeish)).map((entry) => [entry.path, entry]));
  const named = findNamedFiles([args.setup], await readTreeFacts(args.git, entries));
  return [...entries.values()].filter(({ path }) => named.has(path) || (lockfiles.test(path) && !path.includes("node_modules/")));
}

/** Which of the changed paths say what the checks mean: on main, or by their name from now on. */
export function findChangedRules(rules: GateRules, changed: readonly string[]): string[] {
  const named = new Set(findDefiningFiles(changed));
  return changed.filter((path) => rules.files.has(path) || named.has(path));
}

const linkMode = "120000";

async function readTreeFacts(git: Repo, entries: ReadonlyMap<string, TreeEntry>): Promise<TreeFacts> {
  const folders = new Set<string>();
  const links: TreeEntry[] = [];
  const manifests: TreeEntry[] = [];
  for (const entry of entries.values()) {
    for (let at = entry.path.lastIndexOf("/"); at > 0; at = entry.path.lastIndexOf("/", at - 1)) {
      const folder = entry.path.slice(0, at);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
    if (entry.mode === linkMode) links.push(entry);
    else if (/(^|\/)package\.json$/.test(entry.path) && !entry.path.includes("node_modules/")) manifests.push(entry);
  }
  const texts = await git.readBlobs([...links, ...manifests].map(({ id }) => id));
  const textOf = (list: readonly TreeEntry[], from: number) => new Map(list.map(({ path }, at) => [path, texts[from + at] ?? ""]));
  return {
    has: (path) => entries.has(path),
    isFolder: (path) => folders.has(path),
    links: textOf(links, 0),
    manifests: textOf(manifests, links.length),
  };
}

/** Why a repository's gate cannot decide (G2, G9); `undefined` when it can. */
export function explainMissingGate(repo: { lane: string; knowledgeOnly: boolean; checks: readonly Check[] }): string | undefined {
  if (repo.knowledgeOnly) return undefined;
  const kinds = new Set(repo.checks.map((check) => check.kind));
  const whole = repo.checks.length > 0 && kinds.has("test") && kinds.has("lint");
  if (whole) return undefined;
  const missing = [...(kinds.has("test") ? [] : ["test"]), ...(kinds.has("lint") ? [] : ["linter"])].join(" and no ");
  return `${repo.lane} has no ${missing} among its checks in mos.yaml`;
}
