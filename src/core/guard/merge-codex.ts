import type { GuardEntry, Merged } from "./merge-hooks.ts";

const begin = "# >>> Master OS guards: written by mos guard install";
const end = "# <<< Master OS guards";

/**
 * Codex's settings with our hook in a block of its own at the end. TOML has no second table of a name: where the rest of the
 * file speaks of hooks itself, it is refused and left alone.
 */
export function mergeCodex(existing: string | undefined, guard: GuardEntry & { readonly managedDir?: string }): Merged {
  const rest = cutBlock(existing ?? "");
  if (rest === undefined) return { kind: "refused", reason: "the block of Master OS in it has a beginning and no end" };
  const own = speaksOf("hooks", rest);
  if (own) return { kind: "refused", reason: `it has hooks of its own (${own})` };
  const managed = guard.managedDir !== undefined;
  const features = managed ? speaksOf("features", rest) : undefined;
  if (features) return { kind: "refused", reason: `it has features of its own (${features}), among which hooks would have to be held on` };
  const command = [guard.command, ...guard.args].map(quote).join(" ");
  const block = [
    begin,
    ...(managed ? ["[features]", "hooks = true", "", "[hooks]", `managed_dir = ${JSON.stringify(guard.managedDir)}`, ""] : []),
    "[[hooks.PreToolUse]]",
    'matcher = "*"',
    "[[hooks.PreToolUse.hooks]]",
    'type = "command"',
    `command = ${JSON.stringify(command)}`,
    "timeout = 30",
    end,
  ];
  return { kind: "text", text: `${rest.trimEnd() === "" ? "" : `${rest.trimEnd()}\n\n`}${block.join("\n")}\n` };
}

/** A table of that name, or a key of it before the first table. */
function speaksOf(name: string, text: string): string | undefined {
  const firstTable = text.search(/^\s*\[/m);
  const root = firstTable === -1 ? text : text.slice(0, firstTable);
  const table = new RegExp(`^\\s*\\[\\[?\\s*["']?${name}["']?\\s*[.\\]].*$`, "m").exec(text);
  const key = new RegExp(`^\\s*["']?${name}["']?\\s*[.=].*$`, "m").exec(root);
  return (table ?? key)?.[0].trim().slice(0, 80);
}

/** The file without our block; `undefined` where the block is broken. */
function cutBlock(text: string): string | undefined {
  const from = text.indexOf(begin);
  if (from === -1) return text.includes(end) ? undefined : text;
  const to = text.indexOf(end, from);
  if (to === -1 || text.indexOf(begin, from + 1) !== -1) return undefined;
  return text.slice(0, from) + text.slice(to + end.length).replace(/^\n/, "");
}

function quote(word: string): string {
  return /^[A-Za-z0-9_./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
