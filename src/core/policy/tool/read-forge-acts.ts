import type { Act } from "../act.ts";

const forge = /github|gitlab|gitea|bitbucket|forgejo|azure|codeberg|forge/i;
const branchFields = /^(branch|branch_?name|ref|target_?branch|target_?ref|refspec|remote_?branch|to_?branch|destination_?branch)$/i;
const requestWords = /^(pull|pulls|pr|mr|request|requests|auto)$/;

/** What an MCP tool of a forge or of git would do to branches: writing to main, merging a request. */
export function readForgeActs(args: {
  server: string;
  words: readonly string[];
  reading: boolean;
  input: Record<string, unknown>;
  shown: string;
}): Act[] {
  const { server, words, input, shown } = args;
  if (args.reading) return [];
  const merges = words.includes("merge") && (forge.test(server) || words.some((word) => requestWords.test(word)));
  const enables = /automerge|auto_?merge|enable.*merge/.test(words.join("_"));
  if (merges || enables) return [{ kind: "deed", deed: "forge-merge", shown }];
  if (words.includes("merge") || asks(words)) return [];
  if (words.includes("push") && !forge.test(server) && !Object.keys(input).some((key) => branchFields.test(key))) {
    return [{ kind: "ref", ref: undefined, where: "remote", change: "move", shown }];
  }
  const named = Object.entries(input).filter(([key, value]) => branchFields.test(key) && typeof value === "string" && value !== "");
  const where = forge.test(server) || words.includes("push") ? "remote" : "here";
  const change =
    words.includes("checkout") || words.includes("switch") ? "checkout" : words.includes("create") && where === "here" ? "new" : "move";
  const acts = named.map(([, value]): Act => ({ kind: "ref", ref: toRef(value as string), where, change, shown: `${shown} ${value}` }));
  const writesFiles =
    forge.test(server) &&
    /(^|_)(push|commit|(create|update|delete|write|upsert)(_or_update)?_(file|files|content|contents|ref|commit|tree))(_|$)/.test(
      words.join("_"),
    );
  return writesFiles && acts.length === 0 ? [{ kind: "ref", ref: undefined, where: "remote", change: "move", shown }] : acts;
}

/** Proposals and talk: a request to merge, an issue, a comment, a review. */
function asks(words: readonly string[]): boolean {
  return words.includes("create") && words.some((word) => /^(pull|pr|mr|request|issue|comment)$/.test(word));
}

export function toRef(name: string): string {
  const bare = name.replace(/^\+/, "").replace(/^origin\//, "");
  return bare.startsWith("refs/") ? bare : `refs/heads/${bare.replace(/^heads\//, "")}`;
}
