import type { ChoreWorld, LoggedCommit } from "../chore.ts";

/** A conventional commit that users of the repository would want to read of. */
export interface NotableCommit {
  readonly id: string;
  readonly type: "feat" | "fix" | "perf" | "revert" | "breaking";
  readonly scope: string | undefined;
  readonly text: string;
}

const commitsMax = 400;
const header = /^(feat|fix|perf|revert|[a-z]+)(?:\(([^)]{1,60})\))?(!)?:\s+(\S.*)$/i;

/** feat, fix, perf, revert and whatever breaks; the rest of the conventional types changes nothing for users. */
export function parseNotable({ id, subject, body }: LoggedCommit): NotableCommit | undefined {
  const [, word = "", scope, mark, said = ""] = header.exec(subject.trim()) ?? [];
  const type = word.toLowerCase();
  const breaking = mark === "!" || /^BREAKING[ -]CHANGE:/m.test(body);
  if (!breaking && type !== "feat" && type !== "fix" && type !== "perf" && type !== "revert") return undefined;
  if (word === "") return undefined;
  const text = said
    .replace(/[\p{Cc}\p{Cf}]+/gu, " ")
    .replace(/\s*\(#\d+\)\s*$/, "")
    .trim()
    .slice(0, 300);
  const kind = breaking ? "breaking" : (type as NotableCommit["type"]);
  return text === "" ? undefined : { id, type: kind, scope, text };
}

/**
 * Notable commits that the changelog does not tell of, oldest first. Looked at are those since the last release (a
 * version's tag) and since the last entry that was not written by this chore: an entry of ours names its commit, and
 * tells nothing about others that were on their way beside it.
 *
 * @param places  the changelog's file, or the folder that collects its entries
 * @param told  the text of all entries that are there
 */
export function readUntold(world: ChoreWorld, places: readonly string[], told: string): NotableCommit[] {
  const { history } = world;
  const sinceTag = history.lastVersionTag();
  const sinceEntry = lastForeignEntry(world, places);
  const afterTag = history.log({ max: commitsMax, ...(sinceTag === undefined ? {} : { since: sinceTag }) });
  const afterEntry =
    sinceEntry === undefined ? undefined : new Set(history.log({ max: commitsMax, since: sinceEntry }).map(({ id }) => id));
  return afterTag
    .filter(({ id }) => !afterEntry || afterEntry.has(id))
    .flatMap((commit) => parseNotable(commit) ?? [])
    .filter((commit) => !isTold(commit, told))
    .reverse();
}

export function isTold({ id, text }: Pick<NotableCommit, "id" | "text">, told: string): boolean {
  return told.includes(shortId(id)) || (text.length >= 12 && told.toLowerCase().includes(text.toLowerCase()));
}

/** As entries name a commit. */
export function shortId(id: string): string {
  return id.slice(0, 10);
}

function lastForeignEntry(world: ChoreWorld, places: readonly string[]): string | undefined {
  const commits = world.history.log({ max: 50, paths: places });
  return commits.find(({ id }) => {
    const added = world.history.addedLines(id, places).filter((line) => /^[-*+] |^#{1,3} .*\d+\.\d+/.test(line));
    return added.length > 0 && !added.every((line) => /\([0-9a-f]{10}\)$/.test(line));
  })?.id;
}
