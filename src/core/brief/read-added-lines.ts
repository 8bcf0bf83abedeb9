/** A line that a diff adds, as it stands in the new file. */
export interface AddedLine {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/**
 * The first line with words in it that a unified diff adds to each file, in the diff's order. Files that are only
 * removed, binary, or have names that git must quote give none.
 */
export function readAddedLines(diff: string): AddedLine[] {
  const found = new Map<string, AddedLine>();
  let path: string | undefined;
  let line = 0;
  let left = 0;
  for (const text of diff.split("\n")) {
    if (left > 0) {
      if (text.startsWith("+")) {
        if (path !== undefined && !found.has(path) && worthQuoting(text.slice(1))) found.set(path, { path, line, text: text.slice(1) });
        line += 1;
        left -= 1;
      } else if (text.startsWith(" ")) {
        line += 1;
        left -= 1;
      }
      continue;
    }
    const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(text);
    if (hunk !== null) {
      line = Number(hunk[1]);
      left = Number(hunk[2] ?? "1");
    } else if (text.startsWith("+++ ")) {
      path = /^\+\+\+ b\/([^\t]*)\t?$/.exec(text)?.[1];
    }
  }
  return [...found.values()];
}

function worthQuoting(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text) && text.length <= 500;
}
