import type { DiffLine } from "./judge-change.ts";

/** Added and removed lines of a unified diff as `git diff-tree -p` prints it, names unquoted or C-quoted. */
export function parseDiffLines(diff: string): { added: DiffLine[]; removed: DiffLine[] } {
  const added: DiffLine[] = [];
  const removed: DiffLine[] = [];
  let [oldPath, newPath, oldLine, newLine, oldLeft, newLeft] = ["", "", 0, 0, 0, 0];
  for (const line of diff.split("\n")) {
    if (oldLeft > 0 || newLeft > 0) {
      const [sign, text] = [line[0], line.slice(1)];
      if (sign === "+") {
        added.push({ path: newPath, line: newLine, text });
        newLine += 1;
        newLeft -= 1;
      } else if (sign === "-") {
        removed.push({ path: oldPath, line: oldLine, text });
        oldLine += 1;
        oldLeft -= 1;
      } else if (sign !== "\\") {
        oldLine += 1;
        newLine += 1;
        oldLeft -= 1;
        newLeft -= 1;
      }
      continue;
    }
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk) {
      [oldLine, newLine] = [Number(hunk[1]), Number(hunk[3])];
      [oldLeft, newLeft] = [Number(hunk[2] ?? 1), Number(hunk[4] ?? 1)];
    } else if (line.startsWith("--- ")) oldPath = readName(line.slice(4));
    else if (line.startsWith("+++ ")) newPath = readName(line.slice(4));
  }
  return { added, removed };
}

function readName(name: string): string {
  const plain = name.startsWith('"')
    ? name.slice(1, -1).replace(/\\([\\"tn])/g, (_all, sign: string) => ({ t: "\t", n: "\n" })[sign] ?? sign)
    : name;
  return plain.replace(/\t$/, "").replace(/^[ab]\//, "");
}
