import { type Chore, type ChoreFinding, type ChoreWorld, findingsMax } from "../chore.ts";
import { encodeLink, folderOf, relativePath } from "../join-path.ts";
import { type CodeNote, collectCodeNotes } from "./collect-notes.ts";

/** Notes that developers leave in comments, collected in one list with links to the lines. */
export const todoHarvest: Chore = {
  id: "todo-harvest",

  async find(world) {
    const list = chooseList(world);
    const before = listedKeys(world.tree.read(list) ?? "");
    const notes = collectCodeNotes(world);
    const keys = keysOf(notes);
    const missing = notes.filter((_, at) => !before.has(keys[at] ?? ""));
    const gone = [...before.keys()].filter((key) => !keys.includes(key));
    return [
      ...missing.map((note) => describeMissing(note, list)),
      ...gone.map((key) => describeGone(key, list, before.get(key) ?? 1)),
    ].slice(0, findingsMax);
  },

  async fix(world) {
    const findings = await this.find(world);
    if (findings.length === 0) return { edits: [], changed: [] };
    const list = chooseList(world);
    const notes = collectCodeNotes(world);
    const text = writeList({ before: world.tree.read(list), list, notes, today: world.today });
    return { edits: [{ path: list, text }], changed: [`${list} lists the ${notes.length} notes that stand in the code`] };
  },

  async check(world) {
    return (await this.find(world)).map(({ text }) => text);
  },
};

/** A domain's home keeps it with its threads; a repository without threads at its root. */
function chooseList(world: ChoreWorld): string {
  const there = ["threads/todo.md", "notes/todo.md", "TODO.md"].find((path) => world.tree.has(path));
  return there ?? (world.tree.has("threads") ? "threads/todo.md" : world.tree.has("notes") ? "notes/todo.md" : "TODO.md");
}

const begin = "<!-- collected from the code; text between these marks is written anew -->";
const end = "<!-- end of what was collected -->";

/** Path, mark and words tell a note apart, not its line: code that moves within a file is no news. */
function keysOf(notes: readonly CodeNote[]): string[] {
  return notes.map((note) => `${note.path} ${note.mark}: ${note.text}`);
}

const entry = /^- \[([^\]]*)\]\([^)]*\) (TODO|FIXME|XXX|HACK): (.*)$/;

function listedKeys(text: string): Map<string, number> {
  const keys = new Map<string, number>();
  const lines = text.split(/\r?\n/);
  const from = lines.indexOf(begin);
  const to = lines.indexOf(end);
  if (from === -1 || to < from) return keys;
  for (let at = from + 1; at < to; at += 1) {
    const [, label = "", mark = "", said = ""] = entry.exec(lines[at] ?? "") ?? [];
    if (mark !== "") keys.set(`${unescapeText(label).replace(/:\d+$/, "")} ${mark}: ${unescapeText(said)}`, at + 1);
  }
  return keys;
}

function describeMissing(note: CodeNote, list: string): ChoreFinding {
  return {
    subject: `${note.path} ${note.mark}: ${note.text}`,
    text: `${note.path}:${note.line} ${note.mark}: ${note.text}`,
    evidence: [{ path: note.path, line: note.line }],
    values: { list },
  };
}

function describeGone(key: string, list: string, line: number): ChoreFinding {
  return {
    subject: `gone ${key}`,
    text: `${list} lists what is no longer in the code: ${key}`,
    evidence: [{ path: list, line }],
    values: { list },
  };
}

function writeList(args: { before: string | undefined; list: string; notes: readonly CodeNote[]; today: string }): string {
  const newline = args.before?.includes("\r\n") ? "\r\n" : "\n";
  const entries = args.notes.map((note) => entryOf(note, args.list));
  const block = [begin, "", ...entries, ...(entries.length > 0 ? [""] : []), end];
  const lines = (args.before ?? newList(args.list, args.today)).replace(/(\r?\n)+$/, "").split(/\r?\n/);
  const from = lines.indexOf(begin);
  const to = lines.indexOf(end);
  if (from !== -1 && to > from) lines.splice(from, to - from + 1, ...block);
  else lines.push("", ...block);
  return `${lines.join(newline)}${newline}`;
}

function newList(list: string, today: string): string {
  const matter = list.startsWith("threads/")
    ? `---\nstatus: active\nnext: Choose one of these and make it a ticket\nupdated: ${today}\n---\n`
    : "";
  return `${matter}# What the code asks for`;
}

function entryOf(note: CodeNote, list: string): string {
  const link = encodeLink(relativePath(folderOf(list), note.path));
  return `- [${escapeText(note.path)}:${note.line}](${link}#L${note.line}) ${note.mark}: ${escapeText(note.text)}`;
}

/** Words of the code are foreign: no link, no mark-up, no comment of them takes effect in the list. */
function escapeText(text: string): string {
  return text.replace(/[\\`*_[\]<>]/g, "\\$&");
}

function unescapeText(text: string): string {
  return text.replace(/\\([\\`*_[\]<>])/g, "$1");
}
