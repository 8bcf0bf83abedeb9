/**
 * The one place where a corpus' names meet the real layout. A corpus speaks of
 *
 *   {{WS}}/domains/<name>            a domain's home
 *   {{WS}}/.mos/worktrees/<d>-T<n>   a ticket's worktree, three folders below the workspace
 *   {{WS}}/.mos/state.db             the store, with tickets in it; tickets/T1.json beside it
 *   {{WS}}/.mos/run/masterosd.*      the resident process
 *
 * Homes lie there as they are named. The rest has other names here, so every case is judged in three spellings:
 *
 *   corpus  as it is written. The workspace of the run has each of these names on its disk, as real things: the worktree is a
 *           linked one of music's repository, the store has a link called state.db. `mos hook` takes any worktree, so
 *           this is what a foreign agent system that keeps its own layout sees.
 *   slot    Master OS's own layout on the host: the tree of a slot, six folders below the workspace.
 *   box     inside the tool box, where the tree is /work/tree.
 *
 * No case is dropped, and none is made weaker: a name that no row knows stays as it is and is judged as it is.
 */
export interface Layout {
  /** The workspace's root, a real path. */
  readonly root: string;
  /** The ticket that stands for `music-T1`. */
  readonly ticket: string;
}

export type Spelling = "corpus" | "slot" | "box";

/** The agent's tree in each spelling. */
export function worktreeOf(layout: Layout, spelling: Spelling): string {
  const { root } = layout;
  return { corpus: `${root}/.mos/worktrees/music-T1`, slot: `${root}/.mos/slot/music/home/1/tree`, box: "/work/tree" }[spelling];
}

interface Row {
  readonly why: string;
  readonly from: RegExp;
  readonly to: (match: string[], layout: Layout, spelling: "slot" | "box") => string;
}

/** What lies above the worktree under a name of a corpus. */
const known = "(?:domains|\\.mos|state\\.db|store\\.db|polic|tickets|run/|worktrees|locks|log|sessions|hooks|[a-z]+-T\\d+)(?![a-z]*\\.md)";

/** A name ends here: what follows is no part of it. */
const end = "(?![\\w-])";

const rows: readonly Row[] = [
  {
    why: "the agent's worktree is the tree of its slot; in the tool box that is /work/tree",
    from: new RegExp(`{{WS}}/\\.mos/worktrees/music-T1${end}`, "g"),
    to: (_, layout, spelling) => worktreeOf(layout, spelling),
  },
  {
    why: "another ticket's worktree is the tree of its domain's slot",
    from: new RegExp(`{{WS}}/\\.mos/worktrees/([a-z]+)-T\\d+${end}`, "g"),
    to: ([, domain]) => `{{WS}}/.mos/slot/${domain}/home/1/tree`,
  },
  {
    why: "a ticket's branch bears the ticket's id",
    from: /\bagent\/music-T1\//g,
    to: (_, { ticket }) => `agent/${ticket}/`,
  },
  { why: "all worktrees lie under slot", from: /{{WS}}\/\.mos\/worktrees/g, to: () => "{{WS}}/.mos/slot" },
  {
    why: "what is reached by .. counts folders: the tree lies three deeper in a slot, and two below / in the box",
    from: new RegExp(`(^|[^\\w./~-]|/work/tree/|/home/1/tree/)((?:\\.\\./)+)(?=${known})`, "g"),
    to: ([, before = "", ups = ""], { root }, spelling) => `${before}${climb(ups.length / 3, root, spelling)}`,
  },
  {
    why: "the same where nothing follows: the workspace itself",
    from: /(^|[\s"'=(])\.\.\/\.\.\/\.\.(?=$|[\s"';|&)])/g,
    to: ([, before = ""], { root }, spelling) => `${before}${climb(3, root, spelling).slice(0, -1)}`,
  },
  {
    why: "the same, counted by a program",
    from: /(\[(['"])\.\.\2\])\s*\*\s*3/g,
    to: ([, list = "", quote = '"'], { root }, spelling) =>
      spelling === "slot" ? `${list}*6` : `${list}*2+[${quote}${root.slice(1)}${quote}]`,
  },
  {
    why: "a sibling of the worktree is another domain's slot",
    from: /(\/slot\/|\.\.\/)([a-z]+)-T\d+(?![\w-])/g,
    to: ([, slot, domain]) => `${slot}${domain}/home/1/tree`,
  },
  { why: "the store is one file, store.db", from: /(\.mos|\.\.)\/state\.db/g, to: ([, folder]) => `${folder}/store.db` },
  { why: "a ticket is a row of the store, no file", from: /(\.mos|\.\.)\/tickets\/[\w.-]+/g, to: ([, folder]) => `${folder}/store.db` },
  {
    why: "the resident process is found through daemon.json",
    from: /(\.mos|\.\.)\/run\/(?:masterosd|policyd)\.(?:sock|pid)/g,
    to: ([, folder]) => `${folder}/run/daemon.json`,
  },
];

/** What is reached from the worktree by three steps upward, whatever it is called; in a text that stays where it begins. */
const fromAbove: Row = {
  why: "the same for names that no other row knows",
  from: new RegExp(`(^|[\\s"'\`=(:<>])((?:\\.\\./){3,})(?!${known})(?=[\\w*?{[$])`, "g"),
  to: ([, before = "", ups = ""], { root }, spelling) => `${before}${climb(ups.length / 3, root, spelling)}`,
};
const changesFolder = /\b(cd|pushd)\s/;

/** Every string of a call, in one spelling. */
export function mapNames<Value>(value: Value, layout: Layout, spelling: Spelling): Value {
  if (typeof value === "string") return mapText(value, layout, spelling) as Value;
  if (Array.isArray(value)) return value.map((one) => mapNames(one, layout, spelling)) as Value;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapNames(one, layout, spelling)])) as Value;
}

function mapText(text: string, layout: Layout, spelling: Spelling): string {
  if (spelling === "corpus") return text.replaceAll("{{WS}}", layout.root);
  const plain = mapEncoded(text, layout, spelling);
  return [...(changesFolder.test(text) ? [] : [fromAbove]), ...rows]
    .reduce((mapped, row) => mapped.replace(row.from, (...match) => row.to(match, layout, spelling)), plain)
    .replaceAll("{{WS}}", layout.root);
}

/** A name that is hidden in base64 is mapped in there: else it would lead nowhere here, and be "stopped" by that alone. */
function mapEncoded(text: string, layout: Layout, spelling: "slot" | "box"): string {
  return text.replace(/[A-Za-z0-9+/]{12,}={0,2}/g, (word) => {
    const inner = Buffer.from(word, "base64").toString("latin1");
    if (!/^[\t\n\x20-\x7e]+$/.test(inner) || !/\.\.\/|domains|\.mos/.test(inner)) return word;
    const mapped = mapText(inner, layout, spelling);
    return mapped === inner ? word : Buffer.from(mapped, "latin1").toString("base64");
  });
}

/** From the worktree up `count` folders of a corpus: 1 worktrees, 2 the state folder, 3 the workspace, more: above it. */
function climb(count: number, root: string, spelling: "slot" | "box"): string {
  if (spelling === "slot") return "../".repeat(count === 1 ? 4 : count + 3);
  const at = ["", "/.mos/slot", "/.mos", ""][count];
  return at === undefined ? "../".repeat(count) : `../..${root}${at}/`;
}
