const resultsMax = 1_024;
const textLengthMax = 256 * 1024;

/**
 * The words that brace expansion makes of one, by bash's rules: on the text as written, before quotes mean anything but that
 * they protect. Undefined when they are too many. Source: bash 5.2 braces.c.
 */
export function expandBraces(text: string): readonly string[] | undefined {
  if (!text.includes("{")) return [text];
  const results = expand(text, 0);
  return results;
}

function expand(text: string, depth: number): readonly string[] | undefined {
  if (depth > 64) return undefined;
  for (let open = findUnquoted(text, 0, "{"); open >= 0; open = findUnquoted(text, open + 1, "{")) {
    const group = readGroup(text, open);
    if (group === undefined) continue;
    const middles = group.items.length > 1 ? expandItems(group.items, depth) : readSequence(group.items[0] as string);
    if (middles === undefined) return undefined;
    if (middles.length === 0) continue;
    const rests = expand(text.slice(group.end), depth + 1);
    return rests && combine(text.slice(0, open), middles, rests);
  }
  return [text];
}

function expandItems(items: readonly string[], depth: number): readonly string[] | undefined {
  const all: string[] = [];
  for (const item of items) {
    const expanded = expand(item, depth + 1);
    if (expanded === undefined || all.length + expanded.length > resultsMax) return undefined;
    all.push(...expanded);
  }
  return all;
}

function combine(start: string, middles: readonly string[], rests: readonly string[]): readonly string[] | undefined {
  const count = middles.length * rests.length;
  const length = middles.reduce((sum, middle) => sum + middle.length, 0) + rests.reduce((sum, rest) => sum + rest.length, 0);
  if (count > resultsMax || (start.length + length) * Math.max(middles.length, rests.length) > textLengthMax) return undefined;
  return middles.flatMap((middle) => rests.map((rest) => start + middle + rest));
}

/** `{a,b}` as its items, `{1..3}` as one; undefined where the brace is none of these. */
function readGroup(text: string, open: number): { items: string[]; end: number } | undefined {
  const items: string[] = [];
  let from = open + 1;
  for (let at = open + 1, depth = 0; at < text.length; at = skipProtected(text, at)) {
    const char = text[at];
    if (char === "{") depth++;
    else if (char === "," && depth === 0) {
      items.push(text.slice(from, at));
      from = at + 1;
    } else if (char === "}" && depth-- === 0) {
      items.push(text.slice(from, at));
      return items.length > 1 || text.slice(from, at).includes("..") ? { items, end: at + 1 } : undefined;
    }
  }
  return undefined;
}

/** The words of `1..5..2` or `a..e`; none when it is no sequence. Undefined when they are too many. */
function readSequence(text: string): readonly string[] | undefined {
  const match = /^(?:(-?\d+)\.\.(-?\d+)|([A-Za-z])\.\.([A-Za-z]))(?:\.\.(-?\d+))?$/.exec(text);
  if (!match) return [];
  const [, first, last, firstLetter, lastLetter, by] = match;
  const from = first === undefined ? (firstLetter as string).charCodeAt(0) : Number(first);
  const to = last === undefined ? (lastLetter as string).charCodeAt(0) : Number(last);
  const step = Math.max(1, Math.abs(Number(by ?? 1)));
  const count = Math.floor(Math.abs(to - from) / step) + 1;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || count > resultsMax) return undefined;
  const numbers = Array.from({ length: count }, (_, at) => from + (to < from ? -at : at) * step);
  if (firstLetter !== undefined) return numbers.map((number) => letterAsWritten(number));
  const isPadded = [first, last].some((end) => /^-?0\d/.test(end as string));
  const width = isPadded ? Math.max((first as string).length, (last as string).length) : 0;
  return numbers.map((number) => pad(number, width));
}

/** Between Z and a stand a backslash and a backtick: bash gives them quoted. */
function letterAsWritten(code: number): string {
  const letter = String.fromCharCode(code);
  return /[A-Za-z]/.test(letter) ? letter : `\\${letter}`;
}

function pad(number: number, width: number): string {
  const digits = String(Math.abs(number));
  return number < 0 ? `-${digits.padStart(width - 1, "0")}` : digits.padStart(width, "0");
}

function findUnquoted(text: string, from: number, char: string): number {
  for (let at = from; at < text.length; at = skipProtected(text, at)) if (text[at] === char) return at;
  return -1;
}

/** The place after this character, or after the quotes, substitution or `${…}` that begins here. */
function skipProtected(text: string, at: number): number {
  const char = text[at];
  if (char === "\\") return at + 2;
  if (char === "'") return afterQuote(text, at, "'");
  if (char === '"') return afterDoubleQuote(text, at);
  if (char === "`") return afterQuote(text, at, "`");
  const next = text[at + 1];
  if (char === "$" && next === "'") return afterAnsiQuote(text, at + 1);
  if (char === "$" && next === "{") return afterBracket(text, at + 1, "{", "}");
  if ((char === "$" || char === "<" || char === ">") && next === "(") return afterBracket(text, at + 1, "(", ")");
  return at + 1;
}

function afterQuote(text: string, at: number, quote: string): number {
  for (let end = at + 1; end < text.length; end++) {
    if (quote === "`" && text[end] === "\\") end++;
    else if (text[end] === quote) return end + 1;
  }
  return text.length;
}

function afterAnsiQuote(text: string, at: number): number {
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === "\\") end++;
    else if (text[end] === "'") return end + 1;
  }
  return text.length;
}

function afterDoubleQuote(text: string, at: number): number {
  for (let end = at + 1; end < text.length; ) {
    const char = text[end];
    if (char === '"') return end + 1;
    end = char === "'" ? end + 1 : skipProtected(text, end);
  }
  return text.length;
}

function afterBracket(text: string, at: number, open: string, close: string): number {
  for (let end = at + 1, depth = 0; end < text.length; ) {
    if (text[end] === close && depth-- === 0) return end + 1;
    if (text[end] === open) depth++;
    end = skipProtected(text, end);
  }
  return text.length;
}
