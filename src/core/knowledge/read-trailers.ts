/**
 * The trailers of a commit's message: its last paragraph, when it is not the first one and holds nothing but trailers, each
 * with the indented lines that go on with it joined to one. Stricter than git, which takes a paragraph that mixes them with
 * other lines: what is quoted, in code or in a diff is no trailer.
 *
 * @param body  the message without its subject
 */
export function readTrailers(body: string): { readonly key: string; readonly value: string }[] {
  const paragraphs = body
    .replace(/\r\n/g, "\n")
    .trimEnd()
    .split(/\n(?:[ \t]*\n)+/);
  const trailers: { key: string; value: string }[] = [];
  for (const line of (paragraphs.at(-1) ?? "").replace(/^\n+/, "").split("\n")) {
    const [, key, value] = /^([A-Za-z][A-Za-z0-9-]*): *(\S.*)$/.exec(line) ?? [];
    const last = trailers.at(-1);
    if (key !== undefined && value !== undefined) trailers.push({ key, value: value.trim() });
    else if (/^[ \t]+\S/.test(line) && last) last.value = `${last.value} ${line.trim()}`;
    else if (!/^\(cherry picked from commit [0-9a-f]{7,}\)$/.test(line)) return [];
  }
  return trailers;
}
