import type { CommitFacts } from "../../port/git.ts";

/** Of a commit object: what it holds and stands on. Its message is not read. */
export function parseCommitObject(content: Buffer): CommitFacts | undefined {
  const end = content.indexOf("\n\n");
  return parseCommitHead(content.toString("utf8", 0, end === -1 ? content.length : end));
}

/** @param head  a commit object's text, up to its message or with it */
export function parseCommitHead(head: string): CommitFacts | undefined {
  const lines = head.split("\n");
  const tree = /^tree ([0-9a-f]{40,64})$/.exec(lines[0] ?? "")?.[1];
  if (tree === undefined) return undefined;
  const parents: string[] = [];
  for (const line of lines.slice(1)) {
    const parent = /^parent ([0-9a-f]{40,64})$/.exec(line)?.[1];
    if (parent === undefined) break;
    parents.push(parent);
  }
  return { tree, parents };
}

/**
 * Of a tree object: git's mode by name, a folder's as `040000`.
 *
 * @param idBytes  20, or 32 in a repository of SHA-256
 */
export function parseTreeObject(content: Buffer, idBytes: number): Map<string, string> {
  const modes = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(32, at);
    const end = content.indexOf(0, space);
    if (space === -1 || end === -1) throw new Error("a tree object ends within an entry");
    modes.set(content.toString("utf8", space + 1, end), content.toString("latin1", at, space).padStart(6, "0"));
    at = end + 1 + idBytes;
  }
  return modes;
}
