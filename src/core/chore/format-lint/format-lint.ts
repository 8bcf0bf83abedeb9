import { type Chore, type ChoreArgs, type ChoreFinding, type ChoreWorld, findingsMax } from "../chore.ts";
import { isSamplePath } from "../is-sample-path.ts";
import { readEditorConfig } from "./apply-editor-config.ts";
import { chooseCommands } from "./choose-commands.ts";
import { readFlake8Fixer } from "./fix-flake8.ts";

const commandSeconds = 90;

/**
 * What the repository's own formatter and linter would change. They run on a copy, and of what they did only the files
 * that were asked for come back: a ticket never strays outside its touches.
 */
export const formatLint: Chore = {
  id: "format-lint",

  async find(world) {
    const wanted = await rehearse(world);
    if (!wanted) return [];
    return [...wanted.texts].slice(0, findingsMax).map(([path, text]) => describeFile(world, path, text, wanted.command));
  },

  async fix(world, args) {
    const wanted = await rehearse(world);
    if (!wanted) throw new Error("the formatter did not end in its time, or the tree is too large to try it on a copy");
    const edits = within(wanted.texts, args).map(([path, text]) => ({ path, text }));
    return { edits, changed: edits.map(({ path }) => `${path} is as ${wanted.command} leaves it`) };
  },

  async check(world, args) {
    const wanted = await rehearse(world);
    if (!wanted) return ["the formatter did not end in its time, or the tree is too large to try it on a copy"];
    return within(wanted.texts, args).map(([path]) => `${path}: ${wanted.command} would change it`);
  },
};

interface Wanted {
  /** For people. */
  readonly command: string;
  readonly texts: ReadonlyMap<string, string>;
}

/** `undefined`: it could not be tried. */
async function rehearse(world: ChoreWorld): Promise<Wanted | undefined> {
  const commands = chooseCommands(world);
  const fixers = [readEditorConfig(world), readFlake8Fixer(world)].filter((fixer) => fixer !== undefined);
  const texts = new Map<string, string>();
  if (commands.length > 0) {
    // A linter that is left with what it cannot fix ends in 1, and the next one runs all the same.
    const done = await world.rehearsal.run(commands.map((command) => `(${command})`).join("\n"), { seconds: commandSeconds });
    if (!done || done.exitCode === null) return undefined;
    for (const [path, text] of done.changed) if (isOwn(path)) texts.set(path, text);
  }
  for (const path of fixers.length > 0 ? world.tree.paths.filter(isOwn) : []) {
    const before = world.tree.read(path);
    if (before === undefined) continue;
    const after = fixers.reduce((text, fixer) => fixer(path, text), texts.get(path) ?? before);
    if (after !== before) texts.set(path, after);
    else texts.delete(path);
  }
  const command = commands.length > 0 ? commands.map((text) => `\`${text}\``).join(" and ") : "the repository's .editorconfig or linter";
  return { command, texts: new Map([...texts].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** The wiki is the librarian's. */
function isOwn(path: string): boolean {
  return !isSamplePath(path) && !path.startsWith("wiki/");
}

function within(texts: ReadonlyMap<string, string>, args: ChoreArgs): [string, string][] {
  return [...texts].filter(([path]) => args.targets.length === 0 || args.targets.includes(path));
}

function describeFile(world: ChoreWorld, path: string, text: string, command: string): ChoreFinding {
  const before = (world.tree.read(path) ?? "").split(/\r?\n/);
  const after = text.split(/\r?\n/);
  const at = before.findIndex((line, index) => line !== after[index]);
  const line = at === -1 ? before.length : at + 1;
  return {
    subject: path,
    text: `${command} would change ${path}, first in line ${line}`,
    evidence: [{ path, line }],
    values: { path, command },
  };
}
