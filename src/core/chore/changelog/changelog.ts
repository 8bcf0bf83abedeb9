import { type Chore, type ChoreArgs, type ChoreFinding, type ChoreWorld, findingsMax } from "../chore.ts";
import { type ChangelogStyle, chooseStyle } from "./choose-style.ts";
import { isTold, type NotableCommit, parseNotable, readUntold, shortId } from "./read-commits.ts";
import { addToChangelog } from "./write-changelog.ts";
import { writeChangeset } from "./write-changeset.ts";

/** Commits that users would want to read of, and the changelog does not tell of. */
export const changelog: Chore = {
  id: "changelog",

  async find(world) {
    const style = chooseStyle(world);
    if (!style) return [];
    const commits = readUntold(world, style.places, style.told);
    // Where nobody keeps a changelog, one commit is no reason to begin.
    if (style.kind === "new" && commits.length < 3) return [];
    const file = fileOf(style, commits);
    return commits.slice(0, findingsMax).map((commit) => describe(world, style, commit, file));
  },

  /** `--file F`: where the entries go. Targets: ids of the commits. */
  async fix(world, args) {
    const style = chooseStyle(world);
    const commits = commitsOf(world, args).filter((commit) => style && !isTold(commit, style.told));
    if (!style || commits.length === 0) return { edits: [], changed: [] };
    const path = args.options.file || fileOf(style, commits);
    const text = style.kind === "changesets" ? writeChangeset(style.packageName, commits) : addToChangelog(world.tree.read(path), commits);
    return { edits: [{ path, text }], changed: [`${path} tells of ${commits.length} ${commits.length === 1 ? "change" : "changes"}`] };
  },

  async check(world, args) {
    const style = chooseStyle(world);
    const told = style?.told ?? "";
    return commitsOf(world, args).flatMap((commit) =>
      isTold(commit, told) ? [] : [`nothing tells of ${shortId(commit.id)} ${commit.text}`],
    );
  },
};

function commitsOf(world: ChoreWorld, args: ChoreArgs): NotableCommit[] {
  if (args.targets.length === 0) {
    const style = chooseStyle(world);
    return style ? readUntold(world, style.places, style.told) : [];
  }
  const wanted = new Set(args.targets);
  const known = world.history.log({ max: 5000 }).filter(({ id }) => wanted.has(id));
  return known.flatMap((commit) => parseNotable(commit) ?? []).reverse();
}

/** A changeset's name says which commit it was written at: two sessions never write the same file. */
function fileOf(style: ChangelogStyle, commits: readonly NotableCommit[]): string {
  if (style.kind !== "changesets") return style.places[0] ?? "CHANGELOG.md";
  return `.changeset/commits-to-${shortId(commits.at(-1)?.id ?? "none")}.md`;
}

function describe(world: ChoreWorld, style: ChangelogStyle, commit: NotableCommit, file: string): ChoreFinding {
  const place = style.evidence(world);
  return {
    subject: shortId(commit.id),
    text: `${shortId(commit.id)} ${commit.type === "breaking" ? "breaking: " : `${commit.type}: `}${commit.text}`,
    evidence: place ? [place] : [],
    values: { file, id: commit.id },
  };
}
