import { MosError } from "../../contract/error.ts";
import type { DemoCommit, DemoHistory } from "./demo-data.ts";

export const demoOperator = { name: "Demo Operator", email: "demo@example.invalid" } as const;

/** What a placeholder is filled from. */
interface Sources {
  readonly today: string;
  readonly commitIds: ReadonlyMap<string, string>;
  /** The files as each named commit left them. */
  readonly snapshots: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** A piece of the history as `git fast-import` reads it, and the marks of the commits in it that have a name. */
export interface ImportPart {
  readonly stream: string;
  readonly named: readonly { readonly mark: number; readonly id: string }[];
}

/**
 * Turns a history into streams for `git fast-import`, to be run one after the other. A commit whose text cites an
 * earlier one (`<<cite name path "quote">>`) begins a new part, since an id is known only once the part before it has been imported:
 * `commitIds` is asked then. The same history, day and ids give the same bytes.
 *
 * @throws MosError `demo-data-invalid` when an edit does not fit the files as they are by then
 */
export function* replayHistory(args: {
  history: DemoHistory;
  /** `2026-11-23` */
  today: string;
  commitIds: ReadonlyMap<string, string>;
}): Generator<ImportPart> {
  const files = new Map<string, string>();
  const snapshots = new Map<string, ReadonlyMap<string, string>>();
  let part = newPart();
  let last = Number.NEGATIVE_INFINITY;
  for (const [index, commit] of args.history.commits.entries()) {
    if (citesCommits(commit) && part.named.length > 0) {
      yield part;
      part = newPart();
    }
    const second = secondOf(args.today, commit);
    if (second <= last) throw invalid(commit, "is not later than the commit before it");
    last = second;
    const fill = (text: string): string => fillPlaceholders(text, commit, { ...args, snapshots });
    const before = new Map(files);
    applyCommit(files, commit, fill);
    const mark = index + 1;
    part.stream += commitText({ mark, first: index === 0, second, author: authorOf(args.history, commit), message: fill(commit.say) });
    part.stream += changesText(before, files);
    if (commit.tag !== undefined) part.stream += `reset refs/tags/${commit.tag}\nfrom :${mark}\n\n`;
    if (commit.id !== undefined) {
      part.named.push({ mark, id: commit.id });
      snapshots.set(commit.id, new Map(files));
    }
  }
  yield part;
}

function newPart(): { stream: string; named: { mark: number; id: string }[] } {
  return { stream: "", named: [] };
}

function citesCommits(commit: DemoCommit): boolean {
  const texts = [...Object.values(commit.write), ...Object.values(commit.append), ...commit.edit.map((edit) => edit.to)];
  return texts.some((text) => text.includes("<<cite "));
}

/** The day `offset` days from `today`: `2026-11-23`. */
export function dayFrom(today: string, offset: number): string {
  return new Date(Date.parse(`${today}T00:00:00Z`) + offset * 86_400_000).toISOString().slice(0, 10);
}

function secondOf(today: string, commit: DemoCommit): number {
  return Date.parse(`${dayFrom(today, commit.day)}T${commit.at}:00Z`) / 1000;
}

function authorOf(history: DemoHistory, commit: DemoCommit): string {
  if (commit.by === "operator") return `${demoOperator.name} <${demoOperator.email}>`;
  const author = history.people[commit.by];
  if (author === undefined) throw invalid(commit, `is by '${commit.by}', who is not among the people`);
  return author;
}

/** `<<day -12>>` becomes a date, `<<cite name path "quote">>` a footnote's source with the lines where the quote stands. */
function fillPlaceholders(text: string, commit: DemoCommit, sources: Sources): string {
  const filled = text
    .replace(/<<day (-?\d+)>>/g, (_, offset: string) => dayFrom(sources.today, Number(offset)))
    .replace(/<<cite (\S+) (\S+) "([^"\n]+)">>/g, (_, name: string, path: string, quote: string) => {
      const id = sources.commitIds.get(name);
      const lines = sources.snapshots.get(name)?.get(path)?.split("\n") ?? [];
      const line = lines.findIndex((one) => one.includes(quote)) + 1;
      if (id === undefined || line === 0) throw invalid(commit, `cites '${quote}' of ${path} in '${name}', where it does not stand`);
      return `commit ${id} ${path}#L${line} "${quote}"`;
    });
  const left = /<<(day|cite)\b.*/.exec(filled);
  if (left) throw invalid(commit, `has a placeholder that is not understood: ${left[0]}`);
  return filled;
}

function applyCommit(files: Map<string, string>, commit: DemoCommit, fill: (text: string) => string): void {
  const textOf = (path: string): string => {
    const text = files.get(path);
    if (text === undefined) throw invalid(commit, `changes ${path}, which is not there`);
    return text;
  };
  for (const [from, to] of Object.entries(commit.move)) {
    files.set(to, textOf(from));
    files.delete(from);
  }
  for (const path of commit.remove) {
    textOf(path);
    files.delete(path);
  }
  for (const [path, text] of Object.entries(commit.write)) files.set(path, fill(text));
  for (const { in: path, from, to } of commit.edit) {
    const parts = textOf(path).split(fill(from));
    if (parts.length !== 2) throw invalid(commit, `finds ${JSON.stringify(from)} ${parts.length - 1} times in ${path}, not once`);
    files.set(path, parts.join(fill(to)));
  }
  for (const [path, text] of Object.entries(commit.append)) files.set(path, textOf(path) + fill(text));
}

function commitText(args: { mark: number; first: boolean; second: number; author: string; message: string }): string {
  const who = `${args.author} ${args.second} +0000`;
  // fast-import goes on from the ref itself in a part that comes later; a root must not.
  const from = args.first ? "reset refs/heads/main\n" : "";
  const parent = args.first ? "" : `from :${args.mark - 1}\n`;
  return `${from}commit refs/heads/main\nmark :${args.mark}\nauthor ${who}\ncommitter ${who}\n${dataText(`${args.message.trimEnd()}\n`)}${parent}`;
}

function changesText(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string {
  const gone = [...before.keys()].filter((path) => !after.has(path)).map((path) => `D ${path}\n`);
  const changed = [...after].filter(([path, text]) => before.get(path) !== text);
  return [...gone, ...changed.map(([path, text]) => `M 100644 inline ${path}\n${dataText(text)}`), "\n"].join("");
}

function dataText(text: string): string {
  return `data ${new TextEncoder().encode(text).length}\n${text}\n`;
}

function invalid(commit: DemoCommit, what: string): MosError {
  return new MosError({
    code: "demo-data-invalid",
    message: `demo commit '${commit.say.split("\n")[0]}' ${what}`,
    hint: "mend the domain's history.yaml under demo/",
  });
}
