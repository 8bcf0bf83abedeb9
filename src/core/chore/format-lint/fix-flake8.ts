import type { ChoreWorld } from "../chore.ts";

/**
 * flake8 finds, and does not fix. Of what a repository asks it to find, white space can be put right without reading
 * Python: W291 and W293 (at the end of a line), W292 (no last line end), W391 (empty lines at the end).
 * Lines inside a string of three quotes keep their ends: there they are data.
 */
export function readFlake8Fixer(world: ChoreWorld): ((path: string, text: string) => string) | undefined {
  const config = [".flake8", "setup.cfg", "tox.ini"]
    .map((path) => /^\[flake8\]\r?\n((?:(?!\[).*(?:\r?\n|$))*)/m.exec(world.tree.read(path) ?? "")?.[1])
    .find((section) => section !== undefined);
  if (config === undefined) return undefined;
  const ignored = codesOf(config, /^(?:extend-)?ignore\s*=\s*((?:.*\r?\n?(?:[ \t]+.*\r?\n?)*))/m);
  const selected = codesOf(config, /^select\s*=\s*((?:.*\r?\n?(?:[ \t]+.*\r?\n?)*))/m);
  const asks = (code: string) =>
    !ignored.some((prefix) => code.startsWith(prefix)) && (selected.length === 0 || selected.some((prefix) => code.startsWith(prefix)));
  const excluded =
    /^exclude\s*=\s*(.*)$/m
      .exec(config)?.[1]
      ?.split(",")
      .map((part) => part.trim().replace(/^\.\/|\/$/g, "")) ?? [];
  return (path, text) => {
    if (!path.endsWith(".py") || excluded.some((part) => part !== "" && (path === part || path.startsWith(`${part}/`)))) return text;
    return fixWhiteSpace(text, asks);
  };
}

function codesOf(config: string, pattern: RegExp): string[] {
  return pattern.exec(config)?.[1]?.match(/[A-Z]+\d*/g) ?? [];
}

function fixWhiteSpace(text: string, asks: (code: string) => boolean): string {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  let open = "";
  const lines = text.split(/\r?\n/).map((line) => {
    const inside = open !== "";
    open = stringAfter(line, open);
    if (inside || open !== "") return line;
    const blank = line.trim() === "";
    return asks(blank ? "W293" : "W291") ? line.replace(/[ \t]+$/, "") : line;
  });
  if (open !== "") return text;
  let result = lines.join(newline);
  if (asks("W391")) result = result.replace(/(\r?\n)(?:[ \t]*\r?\n)+$/, "$1");
  if (asks("W292") && result !== "" && !result.endsWith("\n")) result += newline;
  return result;
}

/** Which long string is open after a line: three quotes of one kind, or none. */
function stringAfter(line: string, before: string): string {
  let open = before;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === "\\") {
      at += 1;
      continue;
    }
    const three = line.slice(at, at + 3);
    if (open.length === 3) {
      if (three === open) {
        open = "";
        at += 2;
      }
    } else if (open !== "") {
      if (line[at] === open) open = "";
    } else if (three === '"""' || three === "'''") {
      open = three;
      at += 2;
    } else if (line[at] === "#") return "";
    else if (line[at] === '"' || line[at] === "'") open = line[at] ?? "";
  }
  return open.length === 3 ? open : "";
}
