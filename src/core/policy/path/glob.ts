/** Patterns, judged by the folder where they start and by what they could match (P4.3). Errs on the side of a match. */

const opener = /[*?[{]|[!+@]\(/;

export function hasGlob(text: string): boolean {
  return opener.test(text);
}

/** The folder where a pattern starts: everything before its first segment with a pattern in it. `..` behind that is kept apart. */
export function splitGlob(pattern: string): { start: string; rest: readonly string[] } {
  const parts = pattern.split("/");
  const at = parts.findIndex((part) => hasGlob(part));
  if (at < 0) return { start: pattern, rest: [] };
  const start = parts.slice(0, at).join("/");
  return { start: start === "" && pattern.startsWith("/") ? "/" : start, rest: parts.slice(at) };
}

/** Whether the pattern's segments, from its start on, could match `path` (relative to the start), a folder above it or anything below. */
export function couldReach(rest: readonly string[], path: string): boolean {
  const names = path === "" ? [] : path.split("/");
  for (let at = 0; at < rest.length; at += 1) {
    const segment = rest[at] as string;
    if (segment.includes("**") || segment === "..") return true;
    const name = names[at];
    if (name === undefined) return true;
    if (!couldMatch(segment, name)) return false;
  }
  return true;
}

const braceMax = 64;

/** `a{b,c}d` → `abd`, `acd`. More than 64, or an odd one: the text before the first brace and a `**`. */
export function expandBraces(pattern: string): string[] {
  let open = [pattern];
  const done: string[] = [];
  for (let turn = 0; open.length > 0; turn += 1) {
    if (turn > 12 || open.length + done.length > braceMax) return [`${pattern.slice(0, pattern.indexOf("{"))}**`];
    const next: string[] = [];
    for (const text of open) {
      const found = /\{([^{}]*)\}/.exec(text);
      if (!found) {
        done.push(text);
        continue;
      }
      const inner = found[1] as string;
      const range = /^.*\.\..*$/.test(inner) && !inner.includes(",");
      for (const choice of range ? ["*"] : inner.split(",")) {
        next.push(text.slice(0, found.index) + choice + text.slice(found.index + found[0].length));
      }
    }
    open = next;
  }
  return done;
}

/** One segment against one name. Classes and alternatives count as "any". */
export function couldMatch(segment: string, name: string): boolean {
  if (segment === "*") return true;
  if (/[[{]|[!+@?*]\(/.test(segment)) {
    const at = segment.search(/[*?[{]|[!+@]\(/);
    return name.startsWith(segment.slice(0, Math.max(0, at)).replace(/\\(.)/g, "$1"));
  }
  return matchStars(segment, name);
}

function matchStars(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let here = 0;
  while (here < name.length) {
    const escaped = pattern[at] === "\\";
    const wanted = escaped ? pattern[at + 1] : pattern[at];
    if (!escaped && wanted === "*") {
      star = at;
      resume = here;
      at += 1;
    } else if (wanted !== undefined && ((!escaped && wanted === "?") || wanted === name[here])) {
      at += escaped ? 2 : 1;
      here += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      here = resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === "*") at += 1;
  return at >= pattern.length;
}
