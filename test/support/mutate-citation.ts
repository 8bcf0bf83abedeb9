/** One citation and what happens to it or to its source, with what a check must say of it. */
export interface CitationCase {
  readonly id: string;
  readonly kind: (typeof mutationKinds)[number];
  readonly direction: "history" | "forged";
  readonly name: string;
  /** Files as they were first, when they were cited, and at the head. `null`: not there; a link: a symlink. */
  readonly first: Tree;
  readonly cited: Tree;
  readonly head: Tree;
  /** Which commit the footnote names: an id, or one of the history's. */
  readonly commit: "cited" | "first" | "side" | "later" | string;
  /** `path#L3-L5`, and the quote where the footnote has one. */
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly quote?: string;
  /** The lines that the sidecar was made of, where the page has one. */
  readonly anchored?: { readonly path: string; readonly from: number; readonly to: number; readonly quote?: string };
  readonly expected:
    | "ok"
    | "stale"
    | "missing"
    | { readonly path: string; readonly from: number; readonly to: number; readonly unsure?: true };
  /** The sidecar contradicts its footnote. */
  readonly contradicts?: true;
}

type Tree = Readonly<Record<string, string | { readonly link: string } | null>>;

export const mutationKinds = ["wrong-commit", "off-by-one", "edited-quote", "renamed-file", "moved-block", "dot-dot", "symlink"] as const;

type Given = Partial<Omit<CitationCase, "id" | "kind" | "direction" | "name">> & Pick<CitationCase, "expected">;
type Make = (scene: Scene) => Given;

/** A file of one case, whose words no other case has, and a cited line in it. */
interface Scene {
  readonly tag: string;
  readonly folder: string;
  readonly path: string;
  readonly lines: readonly string[];
  /** Of the cited line. */
  readonly at: number;
  readonly line: string;
  readonly number: number;
  readonly chance: () => number;
  readonly pick: (count: number) => number;
  sentence(): string;
}

/** Every kind in both directions, again and again with other texts until there are enough. The same seed gives the same cases. */
export function makeCitationCases(seed: number, count: number): CitationCase[] {
  const rows = mutationKinds.flatMap((kind) =>
    (["history", "forged"] as const).flatMap((direction) =>
      Object.entries(mutations[kind][direction]).map(([name, make]) => ({ kind, direction, name, make })),
    ),
  );
  const chance = startChance(seed);
  return Array.from({ length: count }, (_, index) => {
    const row = rows[index % rows.length] as (typeof rows)[number];
    const id = `case${String(index + 1).padStart(3, "0")}`;
    const scene = makeScene(id, chance);
    const given = row.make(scene);
    const cited = given.cited ?? { [scene.path]: text(scene.lines) };
    const base = { first: {}, cited, head: cited, commit: "cited", path: scene.path, from: scene.at, to: scene.at };
    return { ...base, ...given, id, kind: row.kind, direction: row.direction, name: row.name };
  });
}

const mutations: Record<(typeof mutationKinds)[number], Record<"history" | "forged", Record<string, Make>>> = {
  "wrong-commit": {
    history: {
      "its commit was amended away": (scene) => ({ commit: "side", quote: scene.line, expected: "missing" }),
    },
    forged: {
      "no such commit": (scene) => ({ commit: hex(scene), quote: scene.line, expected: "missing" }),
      "a commit before the words were written": (scene) => ({
        first: { [scene.path]: text(scene.lines.filter((line) => line !== scene.line)) },
        ...{ commit: "first", quote: scene.line, expected: "missing" },
      }),
      "a later commit that says it too": (scene) => ({ commit: "later", quote: scene.line, expected: "ok" }),
    },
  },
  "off-by-one": {
    history: {
      "lines came above": (scene) => {
        const more = 1 + scene.pick(4);
        const head = [...Array.from({ length: more }, () => scene.sentence()), ...scene.lines];
        return { head: { [scene.path]: text(head) }, quote: scene.line, expected: at(scene.path, scene.at + more) };
      },
      "the line above went": (scene) => ({
        head: { [scene.path]: text(scene.lines.toSpliced(scene.at - 2, 1)) },
        expected: at(scene.path, scene.at - 1),
      }),
      "lines came below": (scene) => ({ head: { [scene.path]: text([...scene.lines, scene.sentence()]) }, expected: "ok" }),
    },
    forged: {
      "one line further, with its quote": (scene) => ({ ...shift(scene), quote: scene.line, expected: "missing" }),
      "one line further, without a quote, the sidecar left behind": (scene) => ({
        ...shift(scene),
        anchored: own(scene),
        ...{ expected: "missing", contradicts: true },
      }),
      "one line further, without a quote or a sidecar: another line is cited": (scene) => ({ ...shift(scene), expected: "ok" }),
    },
  },
  "edited-quote": {
    history: {
      "a word of the source changed": (scene) => ({ ...become(scene, scene.line.replace("ships", "sends")), expected: "stale" }),
      "a number grew by a digit": (scene) => ({
        ...become(scene, scene.line.replace(` ${scene.number} `, ` ${scene.number}0 `)),
        quote: scene.line.slice(0, scene.line.indexOf(" boxes")),
        expected: "stale",
      }),
      "only white space and dashes changed": (scene) => ({
        ...become(scene, scene.line.replace(" ships", "   ships").replace("-", "\u2013")),
        expected: "ok",
      }),
    },
    forged: {
      "a word": (scene) => ({ quote: scene.line.replace("ships", "never ships"), expected: "missing" }),
      "a number": (scene) => ({ quote: scene.line.replace(` ${scene.number} `, ` ${scene.number + 1} `), expected: "missing" }),
      "half a word": (scene) => ({ quote: scene.line.slice(0, -3), expected: "missing" }),
      "other white space": (scene) => ({ quote: scene.line.replaceAll(" ", "  ").replace("-", "\u2014"), expected: "ok" }),
      "a quote that the sidecar does not know": (scene) => ({
        quote: scene.line,
        anchored: { ...own(scene), quote: scene.tag },
        ...{ expected: "ok", contradicts: true },
      }),
    },
  },
  "renamed-file": {
    history: {
      renamed: (scene) => {
        const path = `${scene.folder}/renamed.md`;
        return { head: { [scene.path]: null, [path]: text(scene.lines) }, quote: scene.line, expected: at(path, scene.at) };
      },
      "renamed and edited": (scene) => {
        const path = `${scene.folder}/deep/er.md`;
        return { head: { [scene.path]: null, [path]: text([scene.sentence(), ...scene.lines]) }, expected: at(path, scene.at + 1) };
      },
      "renamed into the wiki": (scene) => ({
        head: { [scene.path]: null, [`wiki/notes/${scene.tag}.txt`]: text(scene.lines) },
        ...{ quote: scene.line, expected: "stale" },
      }),
      removed: (scene) => ({ head: { [scene.path]: null }, expected: "stale" }),
    },
    forged: {
      "a name that no file had": (scene) => ({ path: `${scene.folder}/other.md`, quote: scene.line, expected: "missing" }),
      "the name in capitals": (scene) => ({ path: `${scene.folder}/NOTES.md`, quote: scene.line, expected: "missing" }),
    },
  },
  "moved-block": {
    history: {
      "within the file, past twins": (scene) => {
        const { lines, cite, block } = twins(scene);
        const rest = lines.toSpliced(cite - 3, 5);
        const head = [...rest, ...block];
        return {
          cited: { [scene.path]: text(lines) },
          head: { [scene.path]: text(head) },
          ...cell(cite),
          expected: at(scene.path, rest.length + 3),
        };
      },
      "a twin takes its place": (scene) => {
        const { lines, cite, block } = twins(scene);
        const rest = lines.toSpliced(cite - 3, 5);
        const head = [...rest.slice(0, cite - 1), `the same for ${scene.tag}`, scene.sentence(), scene.sentence(), ...block];
        head[cite - 2] = scene.sentence();
        head[cite - 3] = scene.sentence();
        const where = head.findIndex((line, index) => line === block[2] && head[index - 1] === block[1]) + 1;
        return { cited: { [scene.path]: text(lines) }, head: { [scene.path]: text(head) }, ...cell(cite), expected: at(scene.path, where) };
      },
      "into another file, a twin stays": (scene) => {
        const { lines, cite, block } = twins(scene);
        const path = `${scene.folder}/moved.md`;
        const head = { [scene.path]: text(lines.toSpliced(cite - 3, 5)), [path]: text([scene.sentence(), ...block, scene.sentence()]) };
        return { cited: { [scene.path]: text(lines) }, head, ...cell(cite), expected: at(path, 4) };
      },
      "twice, all alike": (scene) => {
        const { lines, cite, block } = twins(scene);
        const [one, two] = [`${scene.folder}/a.md`, `${scene.folder}/b.md`];
        const head = { [scene.path]: text(lines.toSpliced(cite - 3, 5)), [one]: text(block), [two]: text(block) };
        return { cited: { [scene.path]: text(lines) }, head, ...cell(cite), expected: { ...at(one, 3), unsure: true } };
      },
    },
    forged: {
      "the lines of a twin": (scene) => {
        const { lines, cite, twin } = twins(scene);
        const said = `the same for ${scene.tag}`;
        return {
          cited: { [scene.path]: text(lines) },
          ...{ from: twin, to: twin, quote: said, anchored: { path: scene.path, from: cite, to: cite, quote: said } },
          ...{ expected: "ok", contradicts: true },
        };
      },
    },
  },
  "dot-dot": {
    history: {
      "renamed to a name that begins with dots": (scene) => {
        const path = `${scene.folder}/..${scene.tag}/...md`;
        return { head: { [scene.path]: null, [path]: text(scene.lines) }, quote: scene.line, expected: at(path, scene.at) };
      },
    },
    forged: {
      "a way round": (scene) => ({ path: `${scene.folder}/../${scene.path}`, quote: scene.line, expected: "missing" }),
      "out of the repository": (scene) => ({ path: `../music/${scene.path}`, quote: scene.line, expected: "missing" }),
      "a dot": (scene) => ({ path: `./${scene.path}`, quote: scene.line, expected: "missing" }),
      absolute: (scene) => ({ path: "/etc/passwd", from: 1, to: 1, quote: `root ${scene.tag}`, expected: "missing" }),
    },
  },
  symlink: {
    history: {
      "became a link to a copy": (scene) => {
        const path = `${scene.folder}/real.md`;
        return { head: { [scene.path]: { link: "real.md" }, [path]: text(scene.lines) }, quote: scene.line, expected: at(path, scene.at) };
      },
      "became a link to the outside": (scene) => ({ head: { [scene.path]: { link: "/etc/passwd" } }, expected: "stale" }),
      "its folder became a link": (scene) => ({
        head: {
          [scene.path]: null,
          [`${scene.folder}`]: { link: `${scene.tag}-real` },
          [`${scene.folder}-real/notes.md`]: text(scene.lines),
        },
        expected: at(`${scene.folder}-real/notes.md`, scene.at),
      }),
      "a link to it came": (scene) => ({
        head: { [scene.path]: text(scene.lines), [`${scene.folder}/link.md`]: { link: "notes.md" } },
        expected: "ok",
      }),
    },
    forged: {
      "the path of a link": (scene) => ({
        cited: { [scene.path]: text(scene.lines), [`${scene.folder}/link.md`]: { link: "notes.md" } },
        ...{ path: `${scene.folder}/link.md`, quote: scene.line, expected: "missing" },
      }),
      "a path through a linked folder": (scene) => ({
        cited: { [scene.path]: text(scene.lines), [`${scene.folder}-link`]: { link: scene.tag } },
        ...{ path: `${scene.folder}-link/notes.md`, quote: scene.line, expected: "missing" },
      }),
    },
  },
};

function makeScene(tag: string, chance: () => number): Scene {
  const pick = (count: number) => Math.floor(chance() * count);
  let last = 0;
  const sentence = () => {
    last += 1 + pick(3);
    return `Line ${last} of ${tag}-${last} is ${words[pick(words.length)]} ${words[pick(words.length)]}.`;
  };
  const number = 11 + pick(900);
  const line = `The ${words[pick(words.length)]} of ${tag} ships ${number} boxes - by ${words[pick(words.length)]} afternoon`;
  const above = Array.from({ length: 2 + pick(6) }, sentence);
  const lines = [...above, line, ...Array.from({ length: 2 + pick(6) }, sentence)];
  return { tag, folder: `cases/${tag}`, path: `cases/${tag}/notes.md`, lines, at: above.length + 1, line, number, chance, pick, sentence };
}

/** Three places that say the same, each among lines of its own; the middle one is cited, `block` is it with two lines on each side. */
function twins(scene: Scene): { lines: string[]; cite: number; twin: number; block: string[] } {
  const same = `the same for ${scene.tag}`;
  const part = () => [scene.sentence(), scene.sentence(), same, scene.sentence(), scene.sentence()];
  const lines = [...part(), ...part(), ...part()];
  return { lines, cite: 8, twin: scene.pick(2) === 0 ? 3 : 13, block: lines.slice(5, 10) };
}

function shift(scene: Scene): { from: number; to: number } {
  const line = scene.at + (scene.pick(2) === 0 ? 1 : -1);
  return { from: line, to: line };
}

function own(scene: Scene): { path: string; from: number; to: number } {
  return { path: scene.path, from: scene.at, to: scene.at };
}

function become(scene: Scene, line: string): Pick<CitationCase, "head" | "quote"> {
  return { head: { [scene.path]: text(scene.lines.toSpliced(scene.at - 1, 1, line)) }, quote: scene.line };
}

function cell(line: number): { from: number; to: number } {
  return { from: line, to: line };
}

function at(path: string, line: number): { path: string; from: number; to: number } {
  return { path, from: line, to: line };
}

function hex(scene: Scene): string {
  return Array.from({ length: 40 }, () => scene.pick(16).toString(16)).join("");
}

function text(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}

/** mulberry32 */
function startChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

const words = "plant harbour letter window copper garden winter ledger bridge orchard lantern valley market quarry ribbon saddle".split(
  " ",
);
