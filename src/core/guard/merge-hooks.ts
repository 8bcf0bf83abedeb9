/** A hook as clients with JSON settings have it: run as it stands, no shell. */
export interface GuardEntry {
  /** Our program: by its last name ours are told from others. */
  readonly command: string;
  readonly args: readonly string[];
}

export type Merged = { readonly kind: "text"; readonly text: string } | { readonly kind: "refused"; readonly reason: string };

interface JsonForm {
  readonly event: "PreToolUse" | "BeforeTool";
  /** Set beside the hooks, so that nothing else switches them off: a path, and its value. */
  readonly fixed: readonly (readonly [path: readonly string[], value: unknown])[];
  readonly entry: (guard: GuardEntry) => unknown;
}

/** Claude Code: `onFailure` blocks where the hook itself fails, `disableAllHooks: false` keeps other files from switching it off. */
export const claudeForm: JsonForm = {
  event: "PreToolUse",
  fixed: [[["disableAllHooks"], false]],
  entry: ({ command, args }) => ({
    matcher: "*",
    hooks: [{ type: "command", command, args, timeout: 30, onFailure: "block" }],
  }),
};

/** Gemini CLI, by its documentation: a line for the shell, milliseconds. */
export const geminiForm: JsonForm = {
  event: "BeforeTool",
  fixed: [[["hooksConfig", "enabled"], true]],
  entry: ({ command, args }) => ({
    matcher: ".*",
    hooks: [{ name: "mos-guard", type: "command", command: [command, ...args].map(quote).join(" "), timeout: 30_000 }],
  }),
};

/**
 * Settings with our hook in them, and everything else as it was. What cannot be read, or would switch every hook off without
 * a word, is refused and left alone.
 *
 * @param existing  the file's text; `undefined` where there is none
 */
export function mergeHooks(existing: string | undefined, form: JsonForm, guard: GuardEntry): Merged {
  const settings = readSettings(existing);
  if (typeof settings === "string") return refuse(settings);
  const hooks = settings.hooks ?? {};
  if (!isRecord(hooks)) return refuse('"hooks" is no object: the client ignores the whole file');
  for (const [event, entries] of Object.entries(hooks))
    if (!isListOfEntries(entries)) return refuse(`"hooks.${event}" is not what the client reads: it ignores the whole file`);
  const lists = isRecord(settings.permissions) ? settings.permissions : {};
  if (settings.permissions !== undefined && !isRecord(settings.permissions)) return refuse('"permissions" is no object');
  for (const name of ["allow", "deny", "ask"])
    if (lists[name] !== undefined && !isListOfTexts(lists[name]))
      return refuse(`"permissions.${name}" is no list of texts: the client ignores the whole file`);
  const others = ((hooks[form.event] ?? []) as Record<string, unknown>[]).filter((entry) => !isOurs(entry, guard));
  let merged: Record<string, unknown> = { ...settings, hooks: { ...hooks, [form.event]: [...others, form.entry(guard)] } };
  for (const [path, value] of form.fixed) merged = setAt(merged, path, value);
  return { kind: "text", text: `${JSON.stringify(merged, null, 2)}\n` };
}

function readSettings(existing: string | undefined): Record<string, unknown> | string {
  if (existing === undefined || existing.trim() === "") return {};
  try {
    const parsed: unknown = JSON.parse(existing);
    return isRecord(parsed) ? parsed : "it is no JSON object";
  } catch (error) {
    return `it is no JSON (${error instanceof Error ? error.message.slice(0, 100) : "unreadable"})`;
  }
}

/** Ours for this workspace: the same program with the same first argument, or its line for the shell. */
function isOurs(entry: Record<string, unknown>, guard: GuardEntry): boolean {
  const name = guard.command.slice(guard.command.lastIndexOf("/") + 1);
  const [first = ""] = guard.args;
  return (entry.hooks as Record<string, unknown>[]).every((hook) => {
    const { command, args } = hook;
    if (typeof command !== "string") return false;
    const words = Array.isArray(args) ? [command, ...args.map(String)] : command.split(" ");
    return words[0]?.slice(words[0].lastIndexOf("/") + 1) === name && (words[1] === first || words[1] === quote(first));
  });
}

function isListOfEntries(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((entry) => isRecord(entry) && Array.isArray(entry.hooks) && entry.hooks.length > 0 && entry.hooks.every(isHook))
  );
}

function isHook(hook: unknown): boolean {
  return isRecord(hook) && typeof hook.type === "string";
}

function setAt(value: Record<string, unknown>, [name = "", ...rest]: readonly string[], to: unknown): Record<string, unknown> {
  if (rest.length === 0) return { ...value, [name]: to };
  const inner = value[name];
  return { ...value, [name]: setAt(isRecord(inner) ? inner : {}, rest, to) };
}

function quote(word: string): string {
  return /^[A-Za-z0-9_./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(reason: string): Merged {
  return { kind: "refused", reason };
}
