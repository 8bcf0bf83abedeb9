import type { Repo } from "../port/git.ts";

/** Many blobs by one process, in the order asked for. Absent ones come as the empty text. */
export async function readBlobs(git: Repo, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const { stdout } = await git.run(["cat-file", "--batch"], { input: `${ids.join("\n")}\n` });
  const bytes = Buffer.from(stdout, "utf8");
  const texts: string[] = [];
  for (let at = 0; texts.length < ids.length; ) {
    const lineEnd = bytes.indexOf("\n", at);
    if (lineEnd < 0) break;
    const size = /^[0-9a-f]+ [a-z]+ (\d+)$/.exec(bytes.toString("utf8", at, lineEnd))?.[1];
    const start = lineEnd + 1;
    texts.push(size === undefined ? "" : bytes.toString("utf8", start, start + Number(size)));
    at = size === undefined ? start : start + Number(size) + 1;
  }
  return texts;
}
