import type { Check, RepoConfig } from "../../contract/config.ts";
import type { Repo } from "../../port/git.ts";

/**
 * The files of a tree that say what its checks mean (G2): scripts, test and linter configuration at any depth, and the
 * files that a check's command names. A ticket that changes one of them must pass with the old and with the new.
 *
 * @param paths  all files of the tree
 */
export function findDefiningFiles(paths: readonly string[], checks: readonly Check[]): string[] {
  const words = new Set(checks.flatMap((check) => check.run.split(/[\s;&|'"()<>]+/)).map((word) => word.replace(/^\.\//, "")));
  return paths.filter(
    (path) => !path.includes("node_modules/") && (words.has(path) || definingName.test(path.slice(path.lastIndexOf("/") + 1))),
  );
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

/**
 * The gate's configuration as one hash (G2b): the checks, the setup, and by content the files of `treeish` that define what
 * they mean. Never empty, so that no configuration has no hash.
 *
 * @param sha256  hexadecimal
 */
export async function hashGate(args: {
  git: Repo;
  repo: Pick<RepoConfig, "checks" | "setup" | "knowledgeOnly">;
  treeish: string;
  sha256: (text: string) => string;
}): Promise<string> {
  const { checks, setup, knowledgeOnly } = args.repo;
  const entries = await args.git.listTree(args.treeish);
  const ids = new Map(entries.map((entry) => [entry.path, entry.id]));
  const files = findDefiningFiles([...ids.keys()], checks)
    .sort()
    .map((path) => [path, ids.get(path)]);
  return args.sha256(JSON.stringify({ checks, setup: setup ?? null, knowledgeOnly, files }));
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
