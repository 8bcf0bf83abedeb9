const linesMax = 8;
const lineCharsMax = 300;
const telling =
  /\b(error|errors|fail(ed|ure|ing)?|not ok|assert\w*|expected|exception|traceback|panic(ked)?|fatal|cannot|undefined|denied)\b|[✗✖✘×]/i;
/** Counts and headings that every run prints: `0 errors`, `# fail 0`. */
const empty = /\b(0|no) (error|fail|warning)|\b(fail\w*|error\w*)[:\s]+0\b/i;

/**
 * The shortest piece of a failing check's output that tells why: from the first line that speaks of a failure, a few lines; where
 * none does, the last few. Colours are taken off. Untrusted text as ever.
 */
export function excerptLog(text: string): string {
  const lines = text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is taken off.
    .replace(/\u001b\[[0-9;]*[A-Za-z]/g, "")
    .split("\n")
    .map((line) => line.trimEnd().slice(0, lineCharsMax))
    .filter((line) => line.trim() !== "");
  const first = lines.findIndex((line) => telling.test(line) && !empty.test(line));
  return (first < 0 ? lines.slice(-linesMax) : lines.slice(first, first + linesMax)).join("\n");
}
