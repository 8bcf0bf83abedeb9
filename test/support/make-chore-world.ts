import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runChore } from "../../src/entry/chore/run-chore.ts";
import { commitFiles, makeTemporaryFolder, runGitIn } from "./make-repository.ts";

/** A step of a repository's history: moves, then files (`undefined` removes one; `{{HEAD}}` is the commit before). */
export interface HistoryStep {
  readonly files?: Readonly<Record<string, string | undefined>>;
  readonly move?: Readonly<Record<string, string>>;
  readonly message: string;
  /** Files that git would ignore, added all the same. */
  readonly force?: readonly string[];
}

/** A repository with a history, and its removal. */
export function makeHistory(steps: readonly HistoryStep[]): { path: string; head: string; remove: () => void } {
  const folder = makeTemporaryFolder("mos-chore-");
  const path = join(folder.path, "repository");
  mkdirSync(path);
  runGitIn(path, "init", "-q", "-b", "main");
  runGitIn(path, "config", "user.name", "Test Operator");
  runGitIn(path, "config", "user.email", "operator@example.invalid");
  let head = "";
  for (const { files = {}, move = {}, message, force = [] } of steps) {
    for (const [from, to] of Object.entries(move)) {
      mkdirSync(join(path, to, ".."), { recursive: true });
      runGitIn(path, "mv", from, to);
    }
    for (const [file, text] of Object.entries(files)) if (text === undefined) runGitIn(path, "rm", "-q", "--", file);
    const present = Object.fromEntries(
      Object.entries(files)
        .filter((entry): entry is [string, string] => entry[1] !== undefined)
        .map(([file, text]) => [file, text.replaceAll("{{HEAD}}", head)]),
    );
    if (force.length > 0) {
      commitFiles(path, present, `${message} (before)`);
      runGitIn(path, "add", "-f", "--", ...force);
    }
    head = commitFiles(path, present, message);
  }
  return { path, head, remove: folder.remove };
}

/** Calls the chore program's own function in a tree. */
export async function callChore(cwd: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  let stdout = "";
  let stderr = "";
  const code = await runChore({
    argv,
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    write: (text) => {
      stdout += text;
    },
    warn: (text) => {
      stderr += text;
    },
  });
  return { code, stdout, stderr };
}
