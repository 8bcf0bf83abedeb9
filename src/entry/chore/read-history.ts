import type { History, LoggedCommit } from "../../core/chore/chore.ts";
import { runGit, splitNul } from "./run-git.ts";

const renamesMax = 2000;

export function readHistory(root: string): History {
  return {
    head: () => runGit(root, ["rev-parse", "--verify", "-q", "HEAD"])?.trim(),
    renames: () => readRenames(root),
    log: ({ since, paths, max }) => {
      const range = since === undefined ? "HEAD" : `${since}..HEAD`;
      const only = paths ? ["--", ...paths.map(literal)] : ["--"];
      const text = runGit(root, [
        "log",
        "-z",
        `--max-count=${max}`,
        "--date=short-local",
        "--format=%H%x01%cd%x01%s%x01%b",
        range,
        ...only,
      ]);
      return splitNul(text).flatMap((record): LoggedCommit[] => {
        const [id, date, subject, body] = record.split("\x01");
        return id && date !== undefined && subject !== undefined ? [{ id: id.trim(), date, subject, body: body ?? "" }] : [];
      });
    },
    addedLines(commit, paths) {
      const text = runGit(root, [
        "show",
        "--format=",
        "--unified=0",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "-m",
        "--first-parent",
        commit,
        "--",
        ...paths.map(literal),
      ]);
      return (text ?? "").split("\n").flatMap((line) => (/^\+(?!\+\+ )/.test(line) ? [line.slice(1)] : []));
    },
    lastVersionTag() {
      const tags = (runGit(root, ["tag", "--merged", "HEAD", "--sort=-creatordate"]) ?? "").split("\n");
      return tags.find((tag) => /^(.*[@/-])?v?\d+\.\d+(\.\d+)?([-+].*)?$/.test(tag));
    },
    has: (commit) => runGit(root, ["merge-base", "--is-ancestor", commit, "HEAD"]) !== undefined,
    readAt: (commit, path) => runGit(root, ["cat-file", "blob", `${commit}:${path}`]),
    trackedIgnored() {
      const paths = splitNul(runGit(root, ["ls-files", "-z", "--cached", "--ignored", "--exclude-standard"])).slice(0, 20_000);
      if (paths.length === 0) return [];
      const fields = (runGit(root, ["check-ignore", "-z", "-v", "--no-index", "--stdin"], `${paths.join("\0")}\0`) ?? "").split("\0");
      const found = [];
      for (let at = 0; at + 3 < fields.length; at += 4) {
        const [source = "", line = "", pattern = "", path = ""] = fields.slice(at, at + 4);
        found.push({ path, source, line: Number(line), pattern });
      }
      return found;
    },
  };
}

/** `R100 old new`, NUL between all of them. */
function readRenames(root: string): { from: string; to: string }[] {
  const args = [
    "log",
    "-z",
    "--find-renames=50%",
    "--diff-filter=R",
    "--name-status",
    "--format=",
    `--max-count=${renamesMax}`,
    "HEAD",
    "--",
  ];
  const words = splitNul(runGit(root, args)).map((word) => word.replace(/^\n/, ""));
  const renames: { from: string; to: string }[] = [];
  for (let at = 0; at + 2 < words.length; at += 1) {
    const [status = "", from = "", to = ""] = words.slice(at, at + 3);
    if (!/^R\d{3}$/.test(status)) continue;
    renames.push({ from, to });
    at += 2;
  }
  return renames;
}

function literal(path: string): string {
  return `:(literal)${path}`;
}
