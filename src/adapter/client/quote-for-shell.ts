/** For clients whose hooks are a line for the shell. */
export function quoteForShell(words: readonly string[]): string {
  return words.map((word) => (/^[A-Za-z0-9_./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
