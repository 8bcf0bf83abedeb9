import type { Artifact } from "../../contract/knowledge.ts";
import { type ChangedFile, describeInterfaces } from "./changed-interfaces.ts";
import { flattenText, markInvisible } from "./normalise-text.ts";
import { readTrailers } from "./read-trailers.ts";

const typed = new Set(["Decision", "Learned", "Changed", "Supersedes"]);
const valueCharsMax = 800;
const commitsMax = 200;

/**
 * What a landing brought that no ticket tells: the typed trailers and the features and breaking changes of commits that were
 * made by hand, and interfaces that other people rely on (K2). Nothing of it is worth a claim: nothing.
 *
 * @param commits  behind the landing, oldest first; those that mos made for a ticket are left out, for the ticket tells of them
 */
export function makeLandingArtifact(args: {
  domain: string;
  repo: string;
  commit: string;
  landedAt: string;
  commits: readonly { readonly id: string; readonly subject: string; readonly body: string }[];
  files: readonly ChangedFile[];
}): Artifact | undefined {
  const { domain, repo, commit, landedAt } = args;
  const day = landedAt.slice(0, 10);
  const own = args.commits.filter(({ body }) => !readTrailers(body).some(({ key }) => key === "Ticket")).slice(0, commitsMax);
  const told = own.flatMap((one) => describeCommit(one, day));
  const interfaces = describeInterfaces(args.files).map((text) => `Changed: ${day}: ${shorten(text)}`);
  if (told.length === 0 && interfaces.length === 0) return undefined;
  const text = `${[`# Landing in ${repo}`, `Landed: ${commit}`, ...told, ...interfaces].join("\n")}\n`;
  return { id: `landing:${domain}:${commit}`, domain, kind: "landing", source: repo, at: landedAt, commit, text };
}

/** Its typed trailers; else what it says of itself as a conventional commit, where others notice it. */
function describeCommit({ id, subject, body }: { id: string; subject: string; body: string }, day: string): string[] {
  const trailers = readTrailers(body);
  const stated = trailers.filter(({ key }) => typed.has(key));
  const head = `Commit: ${id.slice(0, 12)} ${shorten(subject)}`;
  const lines = stated.map(({ key, value }) => `${key}: ${key === "Changed" ? `${day}: ` : ""}${shorten(value)}`);
  if (stated.some(({ key }) => key === "Changed")) return [head, ...lines];
  const conventional = describeConventional(subject, body).map((text) => `Changed: ${day}: ${shorten(text)}`);
  return lines.length + conventional.length === 0 ? [] : [head, ...lines, ...conventional];
}

function describeConventional(subject: string, body: string): string[] {
  const [, type = "", scope, bang, text = ""] = /^([a-z]+)(?:\(([\w./ -]{1,40})\))?(!)?: (\S.*)$/.exec(subject) ?? [];
  if (type === "") return [];
  const where = scope === undefined ? "" : `${scope}: `;
  const breaking = /(?:^|\n)BREAKING[ -]CHANGE: (\S.*)/.exec(body)?.[1];
  if (bang !== undefined || breaking !== undefined) return [`breaking: ${where}${breaking ?? text}`];
  return type === "feat" ? [`new: ${where}${text}`] : [];
}

function shorten(text: string): string {
  const flat = flattenText(markInvisible(text));
  return flat.length > valueCharsMax ? `${flat.slice(0, valueCharsMax - 3)}...` : flat;
}
