import { parse } from "yaml";
import { baseOf } from "./join-path.ts";

/** A markdown file's front matter, as far as it can be read; `undefined` where there is none. */
export function readMatterOf(text: string): Readonly<Record<string, unknown>> | undefined {
  const source = /^(?:\uFEFF)?---[ \t]*\r?\n([\s\S]*?)(?:^|\r?\n)---[ \t]*(?:\r?\n|$)/.exec(text)?.[1];
  if (source === undefined || source.length > 65_536) return undefined;
  try {
    const data: unknown = parse(source, { maxAliasCount: 10, logLevel: "silent" });
    return typeof data === "object" && data !== null && !Array.isArray(data) ? (data as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A page's title: of its front matter, else its first heading, else its file name. One line. */
export function readTitle(path: string, text: string): string {
  const matter = readMatterOf(text)?.title;
  const heading = /^#[ \t]+(.+?)[ \t]*#*[ \t]*$/m.exec(text.replace(/^(```|~~~)[\s\S]*?^\1/gm, ""))?.[1];
  const named = typeof matter === "string" && matter.trim() !== "" ? matter : heading;
  const title = (named ?? baseOf(path).replace(/\.md$/i, "").replace(/[-_]+/g, " ")).replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
  return title === "" ? path : title.slice(0, 200);
}
