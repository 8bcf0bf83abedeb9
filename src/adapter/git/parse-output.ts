import type { ChangedPath, Commit, LocalEdits, TreeEntry } from "../../port/git.ts";

/** Fields end in NUL, which no commit message can hold. */
export const commitFormat = ["%H", "%T", "%P", "%an <%ae>", "%cI", "%s", "%b", "%(trailers:only,unfold)"].join("%x00");
const commitFields = 8;

/** Of `git log -z --format=tformat:<commitFormat>`. */
export function parseCommits(output: string): Commit[] {
  const fields = output.split("\0");
  const commits: Commit[] = [];
  for (let at = 0; at + commitFields <= fields.length; at += commitFields) {
    const [id, tree, parents, author, time, subject, body, trailers] = fields.slice(at, at + commitFields) as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    commits.push({
      id,
      tree,
      parents: parents.split(" ").filter((parent) => parent !== ""),
      author,
      at: readTime(time),
      subject,
      body,
      trailers: trailers.split("\n").flatMap((line) => {
        const match = /^([A-Za-z0-9-]+): (.*)$/.exec(line);
        return match ? [{ key: match[1] as string, value: match[2] as string }] : [];
      }),
    });
  }
  return commits;
}

/** A commit may say any number, or none: what is no time of ours is the beginning of time, and no reason to read nothing. */
function readTime(text: string): string {
  const time = new Date(text);
  return (Number.isNaN(time.getTime()) ? new Date(0) : time).toISOString();
}

/** Of `git diff-tree -r -z --no-renames --raw`. */
export function parseRawDiff(output: string): ChangedPath[] {
  const fields = output.split("\0");
  const changes: ChangedPath[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const match = /^:(\d+) (\d+) \S+ \S+ ([AMDT])/.exec(fields[at] as string);
    if (!match) throw new Error(`unexpected raw diff line: ${fields[at]}`);
    changes.push({
      oldMode: match[1] as string,
      newMode: match[2] as string,
      status: match[3] as ChangedPath["status"],
      path: fields[at + 1] as string,
    });
  }
  return changes;
}

/** The same with whole ids: what lies there now, by mode and id. */
export function parseRawIds(output: string): { path: string; newMode: string; newId: string }[] {
  const fields = output.split("\0");
  const changes: { path: string; newMode: string; newId: string }[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const match = /^:\d+ (\d+) [0-9a-f]+ ([0-9a-f]{40,64}) [AMDT]/.exec(fields[at] as string);
    if (!match) throw new Error(`unexpected raw diff line: ${fields[at]}`);
    changes.push({ newMode: match[1] as string, newId: match[2] as string, path: fields[at + 1] as string });
  }
  return changes;
}

/** Of `git ls-tree -r -z`. */
export function parseTree(output: string): TreeEntry[] {
  return output.split("\0").flatMap((line) => {
    const match = /^(\d+) (blob|tree|commit) ([0-9a-f]+)\t([\s\S]+)$/.exec(line);
    return match
      ? [{ mode: match[1] as string, type: match[2] as TreeEntry["type"], id: match[3] as string, path: match[4] as string }]
      : [];
  });
}

/** Of `git status --porcelain=v1 -z --no-renames`. */
export function parseStatus(output: string): LocalEdits {
  const staged: string[] = [];
  const unstaged: string[] = [];
  const untracked: string[] = [];
  for (const line of output.split("\0")) {
    if (line.length < 4) continue;
    const [index, work, path] = [line[0], line[1], line.slice(3)];
    if (index === "?") untracked.push(path);
    else {
      if (index !== " ") staged.push(path);
      if (work !== " ") unstaged.push(path);
    }
  }
  return { staged, unstaged, untracked };
}

/**
 * `cat-file --batch`, each object under a line with its id, its type and `mark`, which no content can know. Sizes are not
 * asked: they count bytes, and what is not UTF-8 has come changed in length.
 */
export function parseBlobs(output: string, mark: string, ids: readonly string[]): (string | undefined)[] {
  const parts = output.split(new RegExp(`(?:^|\\n)([0-9a-f]+) ([a-z]+) ${mark}\\n`));
  const texts = new Map<string, string>();
  for (let at = 1; at + 2 < parts.length; at += 3) {
    const isLast = at + 3 === parts.length;
    const text = `${parts[at + 2]}${isLast ? "" : "\n"}`;
    if (parts[at + 1] === "blob") texts.set(parts[at] as string, text.replace(/\n([0-9a-f]+ missing\n)*$/, ""));
  }
  return ids.map((id) => texts.get(id));
}
