import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import type { Policy } from "../../contract/policy.ts";
import { clockStepMs, parsePolicy, splitPolicyFile } from "../../core/policy-file/policy-file.ts";
import type { PolicyPlace } from "./find-policy.ts";

const bytesMax = 8 * 1024 * 1024;

/**
 * The compiled policy (H4).
 *
 * @throws Error whose message says why it is not believed: missing, unreadable, truncated, changed by hand, another
 * version's, another workspace's, older than mos.yaml, or a file that others may write
 */
export function readPolicy(place: PolicyPlace): Policy {
  const { text, stats } = readPlainFile(place.file);
  const parts = splitPolicyFile(text);
  if (parts === undefined) throw new Error("the policy is truncated or no policy");
  if (createHash("sha256").update(parts.policyText).digest("hex") !== parts.checksum)
    throw new Error("the policy does not have the checksum that it names");
  const policy = parsePolicy(parts.policyText);
  if (policy === undefined) throw new Error("the policy is another version's");
  if (place.root !== undefined) {
    if (!isSameFolder(policy.root, place.root)) throw new Error(`the policy is that of ${policy.root}`);
    if (isStale(place.root, stats)) throw new Error("mos.yaml was changed after the policy was made of it");
  }
  return policy;
}

/** What tells that the files are still the ones that were read; `undefined` when one is not there. */
export function describePolicyFiles(place: PolicyPlace): string | undefined {
  const files = place.root === undefined ? [place.file] : [place.file, join(place.root, "mos.yaml")];
  const found = files.map((file) => statSync(file, { throwIfNoEntry: false }));
  if (found.includes(undefined)) return undefined;
  return found.map((stats) => [stats?.dev, stats?.ino, stats?.size, stats?.mtimeMs, stats?.ctimeMs, stats?.mode].join("/")).join("|");
}

function readPlainFile(file: string): { text: string; stats: Stats } {
  let fd: number;
  try {
    // A pipe in its place would be waited for.
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new Error(code === "ENOENT" ? `there is no policy at ${file}` : `the policy at ${file} cannot be read (${code})`);
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new Error("the policy is no plain file");
    if (stats.size > bytesMax) throw new Error("the policy is too large");
    if ((stats.mode & 0o022) !== 0) throw new Error("the policy's file may be written by others than its owner");
    return { text: readFileSync(fd, "utf8"), stats };
  } finally {
    closeSync(fd);
  }
}

function isStale(root: string, policy: Stats): boolean {
  const config = statSync(join(root, "mos.yaml"), { throwIfNoEntry: false });
  return config === undefined || config.mtimeMs > policy.mtimeMs + clockStepMs;
}

function isSameFolder(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
