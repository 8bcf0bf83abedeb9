const outputMax = 32 * 1024;

/** What bash's `printf FORMAT ARGS…` prints; undefined for what is not computed (`%q`, widths given as arguments, floats). */
export function formatPrintf(format: string, args: readonly string[]): string | undefined {
  let output = "";
  let next = 0;
  for (let turn = 0; turn === 0 || next < args.length; turn++) {
    const before = next;
    const result = formatOnce(format, () => args[next++]);
    if (result === undefined) return undefined;
    output += result.text;
    if (result.isEnded || next === before || output.length > outputMax) break;
  }
  return output.length > outputMax ? undefined : output;
}

function formatOnce(format: string, take: () => string | undefined): { text: string; isEnded: boolean } | undefined {
  let text = "";
  for (let at = 0; at < format.length; at++) {
    const char = format[at] as string;
    if (char === "\\") {
      const found = readEscape(format, at, false);
      if (found.isEnd) return { text, isEnded: true };
      text += found.text;
      at = found.end - 1;
    } else if (char !== "%") text += char;
    else {
      const match = /^%([-0 ]*)(\d{0,4})(?:\.(\d{0,4}))?([%sdixXocbu])/.exec(format.slice(at, at + 24));
      if (match === null) return undefined;
      const made = convert(match, take);
      if (made === undefined) return undefined;
      text += made.text;
      if (made.isEnded) return { text, isEnded: true };
      at += match[0].length - 1;
    }
  }
  return { text, isEnded: false };
}

function convert(match: RegExpExecArray, take: () => string | undefined): { text: string; isEnded: boolean } | undefined {
  const [, flags = "", width = "", precision, kind] = match;
  if (kind === "%") return { text: "%", isEnded: false };
  const arg = take() ?? "";
  if (kind === "b") {
    const expanded = expandEscapes(arg);
    return { text: pad(expanded.text, flags, width), isEnded: expanded.isEnded };
  }
  if (kind === "s") return { text: pad(precision === undefined ? arg : arg.slice(0, Number(precision)), flags, width), isEnded: false };
  if (kind === "c") return { text: pad(arg.slice(0, 1), flags, width), isEnded: false };
  const number = readNumber(arg);
  if (number === undefined || precision !== undefined || (number < 0 && !/[di]/.test(kind as string))) return undefined;
  const digits =
    kind === "x" ? number.toString(16) : kind === "X" ? number.toString(16).toUpperCase() : number.toString(kind === "o" ? 8 : 10);
  return flags.includes(" ") ? undefined : { text: pad(digits, flags, width), isEnded: false };
}

/** `'A` is the code of the letter. */
function readNumber(text: string): number | undefined {
  if (/^['"]./.test(text)) return text.charCodeAt(1) < 128 ? text.charCodeAt(1) : undefined;
  if (text === "") return 0;
  if (/^-?(0|[1-9]\d{0,14})$/.test(text) || /^0x[0-9a-f]{1,12}$/i.test(text)) return Number(text);
  return /^0[0-7]{1,14}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

function pad(text: string, flags: string, width: string): string {
  if (flags.includes("-")) return text.padEnd(Number(width));
  if (!flags.includes("0") || !/^-?\d+$/.test(text)) return text.padStart(Number(width));
  return text.startsWith("-") ? `-${text.slice(1).padStart(Number(width) - 1, "0")}` : text.padStart(Number(width), "0");
}

/** `echo -e` and `%b`: the escapes of printf, octal with a leading 0. */
export function expandEscapes(text: string): { text: string; isEnded: boolean } {
  let result = "";
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== "\\") {
      result += text[at];
      continue;
    }
    const found = readEscape(text, at, true);
    if (found.isEnd) return { text: result, isEnded: true };
    result += found.text;
    at = found.end - 1;
  }
  return { text: result, isEnded: false };
}

const plainEscapes: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

function readEscape(text: string, at: number, isArgument: boolean): { text: string; end: number; isEnd: boolean } {
  const rest = text.slice(at + 1, at + 10);
  const plain = plainEscapes[rest[0] ?? ""];
  if (plain !== undefined) return { text: plain, end: at + 2, isEnd: false };
  if (rest[0] === "c" && isArgument) return { text: "", end: at + 2, isEnd: true };
  if (!isArgument && (rest[0] === '"' || rest[0] === "'")) return { text: rest[0], end: at + 2, isEnd: false };
  const octal = (isArgument ? /^(?:0([0-7]{0,3})|([1-7][0-7]{0,2}))/ : /^([0-7]{1,3})/).exec(rest);
  if (octal !== null)
    return { text: fromByte(Number.parseInt(octal[1] ?? octal[2] ?? "0", 8) || 0), end: at + 1 + octal[0].length, isEnd: false };
  const hex = /^(?:x([0-9a-f]{1,2})|u([0-9a-f]{1,4})|U([0-9a-f]{1,8}))/i.exec(rest);
  if (hex !== null) {
    const code = Number.parseInt(hex[1] ?? hex[2] ?? hex[3] ?? "0", 16);
    return { text: code <= 0x10ffff ? String.fromCodePoint(code) : "", end: at + 1 + hex[0].length, isEnd: false };
  }
  return { text: "\\", end: at + 1, isEnd: false };
}

function fromByte(byte: number): string {
  return String.fromCharCode(byte & 0xff);
}
