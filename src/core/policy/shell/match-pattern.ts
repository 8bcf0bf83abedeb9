/** One step of a pattern: a character, a class, or what `*` and `?` stand for. */
type Step = { readonly kind: "one"; readonly matches: (char: string) => boolean } | { readonly kind: "many" };

/**
 * How bash matches a pattern against a whole text. Undefined for extended patterns (`@(a|b)`), which are not computed.
 * Time is the product of both lengths at most.
 */
export function matchPattern(pattern: string, text: string): boolean | undefined {
  const steps = compilePattern(pattern);
  return steps && matchSteps(steps, text);
}

/**
 * The part of the text that stays when what matches is taken off its beginning or end. Undefined when that is not computed.
 */
export function removeMatch(pattern: string, text: string, operator: "#" | "##" | "%" | "%%"): string | undefined {
  const steps = compilePattern(pattern);
  if (steps === undefined || text.length > 4_096) return undefined;
  const lengths = Array.from({ length: text.length + 1 }, (_, length) => length);
  if (operator.length === 2) lengths.reverse();
  for (const length of lengths) {
    const part = operator.startsWith("#") ? text.slice(0, length) : text.slice(text.length - length);
    if (matchSteps(steps, part)) return operator.startsWith("#") ? text.slice(length) : text.slice(0, text.length - length);
  }
  return text;
}

/** `${x/pattern/by}`: the longest match at the first place, everywhere with `//`, at the beginning `/#` or the end `/%`. */
export function replaceMatch({
  pattern,
  text,
  by,
  operator,
}: {
  pattern: string;
  text: string;
  by: string;
  operator: "/" | "//" | "/#" | "/%";
}): string | undefined {
  const steps = compilePattern(pattern);
  if (steps === undefined || text.length > 512) return undefined;
  if (steps.length === 0) return operator === "/#" ? by + text : operator === "/%" ? text + by : text;
  let result = "";
  for (let at = 0; at <= text.length; ) {
    const end = operator === "/#" && at > 0 ? -1 : longestFrom(steps, text, at, operator === "/%");
    if (end < 0 || (end === at && at === text.length && at > 0)) {
      result += text.slice(at, at + 1);
      at++;
      continue;
    }
    result += by;
    if (operator !== "//") return result + text.slice(end);
    if (end === at) result += text.slice(at, at + 1);
    at = Math.max(end, at + 1);
    if (at === text.length) break;
  }
  return result;
}

function longestFrom(steps: readonly Step[], text: string, at: number, toEnd: boolean): number {
  for (let end = text.length; end >= at; end--) {
    if (matchSteps(steps, text.slice(at, end))) return end;
    if (toEnd) return -1;
  }
  return -1;
}

function matchSteps(steps: readonly Step[], text: string): boolean {
  let step = 0;
  let at = 0;
  let backStep = -1;
  let backAt = 0;
  while (at < text.length) {
    const current = steps[step];
    if (current?.kind === "one" && current.matches(text[at] as string)) {
      step++;
      at++;
    } else if (current?.kind === "many") {
      backStep = step++;
      backAt = at;
    } else if (backStep >= 0) {
      step = backStep + 1;
      at = ++backAt;
    } else return false;
  }
  while (steps[step]?.kind === "many") step++;
  return step === steps.length;
}

function compilePattern(pattern: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] as string;
    if ("?*+@!".includes(char) && pattern[at + 1] === "(") return undefined;
    if (char === "*") steps.push({ kind: "many" });
    else if (char === "?") steps.push({ kind: "one", matches: () => true });
    else if (char === "[") {
      const bracket = readBracket(pattern, at);
      if (bracket === undefined) return undefined;
      steps.push(bracket.step);
      at = bracket.end;
    } else {
      const literal = char === "\\" && at + 1 < pattern.length ? (pattern[++at] as string) : char;
      steps.push({ kind: "one", matches: (other) => other === literal });
    }
  }
  return steps;
}

/** `[a-z]`, `[!x]`; an unclosed bracket is itself. Undefined for named classes and what depends on the locale. */
function readBracket(pattern: string, open: number): { step: Step; end: number } | undefined {
  const negated = pattern[open + 1] === "!" || pattern[open + 1] === "^";
  const members: string[] = [];
  let at = open + (negated ? 2 : 1);
  for (let first = true; at < pattern.length; at++, first = false) {
    let char = pattern[at] as string;
    if (char === "]" && !first) return { step: { kind: "one", matches: (other) => inMembers(members, other) !== negated }, end: at };
    if (char === "[" && ":.=".includes(pattern[at + 1] ?? " ")) return undefined;
    if (char === "\\" && at + 1 < pattern.length) char = pattern[++at] as string;
    else if (char === "-" && members.length > 0 && pattern[at + 1] !== "]" && pattern[at + 1] !== undefined) {
      const to = pattern[++at] as string;
      if (to === "\\" || to === "[") return undefined;
      const from = members.pop() as string;
      // Letters between cases sort by the locale: only plain ranges of one kind are computed.
      if (!/^([a-z]{2}|[A-Z]{2}|[0-9]{2})$/.test(from + to)) return undefined;
      members.push(`${from}-${to}`);
      continue;
    }
    members.push(char);
  }
  return { step: { kind: "one", matches: (other) => other === "[" }, end: open };
}

function inMembers(members: readonly string[], char: string): boolean {
  return members.some((member) => (member.length === 3 ? char >= (member[0] as string) && char <= (member[2] as string) : member === char));
}
