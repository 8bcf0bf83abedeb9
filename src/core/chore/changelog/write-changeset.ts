import { type NotableCommit, shortId } from "./read-commits.ts";

/** A changeset: which part of the version rises, and what users read. The first line is its summary. */
export function writeChangeset(packageName: string, commits: readonly NotableCommit[]): string {
  const bump = commits.some(({ type }) => type === "breaking") ? "major" : commits.some(({ type }) => type === "feat") ? "minor" : "patch";
  const entries = commits.map((commit) => `- ${describeCommit(commit)}`);
  const [only] = commits;
  const summary = commits.length === 1 && only ? describeCommit(only) : `${commits.length} changes\n\n${entries.join("\n")}`;
  return `---\n"${packageName}": ${bump}\n---\n\n${summary}\n`;
}

/** `store: opens in half the time (0123456789)`. What mark-up would do in it, it does not. */
export function describeCommit({ id, scope, text, type }: NotableCommit): string {
  const said = `${scope === undefined ? "" : `${scope}: `}${text}`.replace(/[<>[\]\\]/g, "\\$&").replace(/(^|\s)([*_])(?=\S)/g, "$1\\$2");
  return `${type === "breaking" ? "**Breaking:** " : ""}${said} (${shortId(id)})`;
}
