/** A string literal in a program. */
export interface StringToken {
  /** Where it begins, its quote included, and the place after it. */
  readonly start: number;
  readonly end: number;
  /** Its text; what is put into it at run time (`${x}`, `#{x}`) stands in it as written. */
  readonly value: string;
  /** Backticks in a language where they run a command. */
  readonly isCommand: boolean;
}

const tokensMax = 4_096;
const quotes = new Set(["'", '"', "`"]);
const commandQuotes = new Set(["perl", "ruby", "php"]);
const hashComments = new Set(["python", "perl", "ruby", "php", "awk", "tcl", "r", "julia"]);

/** The string literals of a program, as far as quotes, escapes and comments tell; good enough to look into, never to trust. */
export function readStrings(code: string, language: string): readonly StringToken[] {
  const tokens: StringToken[] = [];
  for (let at = 0; at < code.length && tokens.length < tokensMax; at++) {
    const char = code[at] as string;
    if (char === "#" && hashComments.has(language) && /^\s?$/.test(code[at - 1] ?? "")) at = endOfLine(code, at);
    else if (quotes.has(char)) {
      const token = readString(code, at, language);
      tokens.push(token);
      at = token.end - 1;
    }
  }
  return tokens;
}

function endOfLine(code: string, at: number): number {
  const end = code.indexOf("\n", at);
  return end < 0 ? code.length : end;
}

function readString(code: string, start: number, language: string): StringToken {
  const quote = code[start] as string;
  const isTriple = language === "python" && code.startsWith(quote.repeat(3), start);
  const close = isTriple ? quote.repeat(3) : quote;
  let value = "";
  let at = start + close.length;
  for (; at < code.length && !code.startsWith(close, at); at++) {
    if (code[at] !== "\\") value += code[at];
    else {
      const found = readEscape(code, at + 1);
      value += found.text;
      at = found.end - 1;
    }
  }
  return { start, end: Math.min(code.length, at + close.length), value, isCommand: quote === "`" && commandQuotes.has(language) };
}

const plain: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\n": "" };

function readEscape(code: string, at: number): { text: string; end: number } {
  const hex = /^(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\})/i.exec(code.slice(at, at + 10));
  if (hex !== null) {
    const point = Number.parseInt(hex[1] ?? hex[2] ?? hex[3] ?? "0", 16);
    return { text: point <= 0x10ffff ? String.fromCodePoint(point) : "", end: at + hex[0].length };
  }
  const octal = /^[0-7]{1,3}/.exec(code.slice(at, at + 3));
  if (octal !== null) return { text: String.fromCharCode(Number.parseInt(octal[0], 8)), end: at + octal[0].length };
  const char = code[at] ?? "";
  return { text: plain[char] ?? char, end: at + 1 };
}
