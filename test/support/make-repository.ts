import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const fixedEnv = {
  PATH: process.env.PATH ?? "/usr/bin:/bin",
  HOME: "/nonexistent",
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_DATE: "2026-11-01T12:00:00Z",
  GIT_COMMITTER_DATE: "2026-11-01T12:00:00Z",
};

/** Git as a person would use it in a test's repository. */
export function runGitIn(cwd: string, ...args: string[]): string {
  return execFileSync("git", args, { cwd, env: fixedEnv, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** Writes files (folders as needed) under `root`. */
export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** A repository on branch main with its own identity and one commit that holds `files`. */
export function makeRepository(path: string, files: Readonly<Record<string, string>> = { "README.md": "# A repository\n" }): string {
  mkdirSync(path, { recursive: true });
  runGitIn(path, "init", "-q", "-b", "main");
  runGitIn(path, "config", "user.name", "Test Operator");
  runGitIn(path, "config", "user.email", "operator@example.invalid");
  return commitFiles(path, files, "chore: begin");
}

/** Adds `files`, commits everything, gives the commit's id. */
export function commitFiles(path: string, files: Readonly<Record<string, string>>, message: string): string {
  writeFiles(path, files);
  runGitIn(path, "add", "-A");
  runGitIn(path, "commit", "-q", "--allow-empty", "-m", message);
  return runGitIn(path, "rev-parse", "HEAD");
}

/** A temporary folder, with its removal. */
export function makeTemporaryFolder(name = "mos-test-"): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), name));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
