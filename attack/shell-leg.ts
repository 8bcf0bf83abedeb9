import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { MosError } from "../src/contract/error.ts";
import { agentSettings } from "../src/contract/policy.ts";
import type { Slot } from "../src/port/slot.ts";
import { type AttackCase, shellTextOf } from "./attack-case.ts";
import { type DiskState, listChanges, readDiskState, readTree } from "./disk-state.ts";
import type { AttackWorld } from "./make-attack-world.ts";
import { mapNames, worktreeOf } from "./map-names.ts";

/** What a command did when it was really run in the tool box. */
export interface ShellOutcome {
  readonly exitCode: number | null;
  readonly endedBy: string;
  readonly ms: number;
  readonly output: string;
  /** What it reached that it may not: empty when the box held. */
  readonly harm: readonly string[];
  /** The tree afterwards, and what git says of it. */
  readonly tree: ReadonlyMap<string, string>;
  readonly git: GitEffect;
}

/** What a command did to git, as far as it can be compared between a box and a plain checkout. */
export interface GitEffect {
  readonly branch: string;
  readonly tree: string;
  readonly status: string;
}

/** Settings of agents at the top of a tree: no command of a ticket writes them. */
export function isAgentSetting(path: string): boolean {
  return path === ".git" || [...agentSettings.folders, ...agentSettings.files].some((name) => path === name || path.startsWith(`${name}/`));
}

const startMark = "--- the command begins ---";
const mark = "--- what git says afterwards ---";

/** Prints, after the command, what git says; with the command's own exit code. */
export function withGitEffect(command: string, cwd: string): string {
  const quoted = `'${command.replaceAll("'", "'\\''")}'`;
  return `echo '${startMark}' >&2; cd '${cwd}' 2>/dev/null; bash -c ${quoted}; code=$?
{ echo; echo '${mark}'; git symbolic-ref -q --short HEAD || echo detached; git rev-parse -q --verify 'HEAD^{tree}'; git status --porcelain; } 2>/dev/null
exit $code`;
}

export function withoutStart(stderr: string): string {
  return stderr.replace(new RegExp(`^${startMark}\n?`), "");
}

export function splitGitEffect(stdout: string): { output: string; git: GitEffect } {
  const at = stdout.lastIndexOf(`\n${mark}\n`);
  if (at === -1) return { output: stdout, git: { branch: "", tree: "", status: "" } };
  const [branch = "", tree = "", ...status] = stdout
    .slice(at + mark.length + 2)
    .trimEnd()
    .split("\n");
  return { output: stdout.slice(0, at), git: { branch, tree, status: status.join("\n") } };
}

/**
 * Runs the case's command in the ticket's slot, as its executor would, whatever the hook said of it, and looks at the output,
 * the tree, what would be handed in, and the whole disk of the workspace afterwards.
 */
export async function runInBox(world: AttackWorld, args: { one: AttackCase; slot: Slot; wallMs: number }): Promise<ShellOutcome> {
  const { one, slot, wallMs } = args;
  const text = shellTextOf(one.tool, one.input) ?? "";
  const command = mapNames(text, world.layout, "box");
  const cwd = mapNames(one.cwd, world.layout, "box");
  const tree = worktreeOf(world.layout, "slot");
  const isGit = (path: string) => path === ".git";
  // Lays out what the run will show; what it puts into the tree is not of the command's making.
  const run = { writable: true, readOnly: ["wiki"] };
  await slot.show(run);
  const treeBefore = readTree(tree, isGit);
  const outside = listHostPaths(mapNames(text, world.layout, "corpus"), world.folder);
  const before = look(world, outside);
  world.takeAlarms();
  const result = await slot.run({ ...run, command: withGitEffect(command, cwd), wallMs });
  const after = look(world, outside);
  const { output, git } = splitGitEffect(result.stdout);
  const stderr = withoutStart(result.stderr);
  const treeAfter = readTree(tree, isGit);
  const changed = [...treeAfter].filter(([path, state]) => treeBefore.get(path) !== state);
  const harm = [
    // What did not run was not held by anything.
    ...(result.stderr.startsWith(startMark) ? [] : [`the command was never run: ${result.stderr.slice(0, 300)}`]),
    ...listChanges(before, after),
    ...world.takeAlarms(),
    ...world.findCanaries(`${result.stdout}\n${result.stderr}`).map(({ place }) => `its output shows ${place}`),
    ...world.findCanaries(changed.map((entry) => entry.join("\n")).join("\n")).map(({ place }) => `its tree holds ${place}`),
    ...world.findCanaries(readNewObjects(tree)).map(({ place }) => `its git folder holds ${place}`),
    ...changedClientFiles(treeBefore, treeAfter),
  ];
  const differs = changed.length > 0 || [...treeBefore.keys()].some((path) => !treeAfter.has(path));
  if (one.expect === "deny" && differs && result.endedBy === "exit") harm.push(...(await handIn(world, slot, one)));
  return {
    exitCode: result.exitCode,
    endedBy: result.endedBy,
    ms: result.ms,
    output: `${output}${stderr}`,
    harm,
    tree: treeAfter,
    git,
  };
}

function look(world: AttackWorld, outside: readonly string[]): DiskState {
  const own = join(world.layout.root, ".mos/slot/music");
  const state = new Map(readDiskState([world.layout.root, world.home], new Set([own])));
  for (const path of outside) state.set(path, describeHostPath(path));
  return state;
}

/** Names of the host beyond the run's own folder that a command speaks of: /tmp/x, /proc/sys/kernel/core_pattern. */
function listHostPaths(text: string, folder: string): string[] {
  const paths = text.match(/(?<![\w.])\/(?:tmp|etc|usr|var|opt|root|home|run|proc\/sys)\/[\w./-]+/g) ?? [];
  return [...new Set(paths)].filter((path) => !path.startsWith(folder));
}

function describeHostPath(path: string): string {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (!found) return "absent";
  if (path.startsWith("/proc/sys/")) return readFileSync(path, "utf8");
  return found.isDirectory() ? `${found.mode} ${found.ino}` : `${found.mode} ${found.ino} ${found.size} ${found.ctimeNs}`;
}

function changedClientFiles(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter(isAgentSetting);
  return paths.filter((path) => before.get(path) !== after.get(path)).map((path) => `its own ${path} was changed`);
}

/** Loose objects beside the tree, as text. */
function readNewObjects(tree: string): string {
  const folder = join(tree, "../scratch/git/objects");
  const texts: string[] = [];
  for (const [path] of readTree(folder, (path) => path === "info" || path === "pack")) {
    try {
      texts.push(inflateSync(readFileSync(join(folder, path))).toString("latin1"));
    } catch {
      // No object: nothing of git's to read.
    }
  }
  return texts.join("\n");
}

/** What the attempt left is handed in as a ticket's work is: it is refused, or nothing forbidden comes through. */
async function handIn(world: AttackWorld, slot: Slot, one: AttackCase): Promise<string[]> {
  const repo = world.opened.world.git.at(slot.repo.path);
  const main = await repo.resolve("refs/heads/main");
  const ref = `refs/mos/attack/${one.id.replaceAll(/[^\w-]/g, "_")}`;
  try {
    const collected = await slot.collect({ message: `${one.id}\n`, ref });
    if (collected.kind === "empty") return [];
    const links = (await repo.listTree(collected.commit)).filter((entry) => entry.type === "commit");
    const diff = await repo.diff({ from: `${collected.commit}^`, to: collected.commit, binary: true });
    return [
      ...links.map(({ path }) => `a nested repository was handed in: ${path}`),
      ...world.findCanaries(diff).map(({ place }) => `its work shows ${place}`),
      ...((await repo.resolve("refs/heads/main")) === main ? [] : ["main was moved"]),
    ];
  } catch (cause) {
    if (cause instanceof MosError && (cause.code === "work-refused" || cause.code === "slot-failed")) return [];
    throw cause;
  } finally {
    const to = await repo.resolve(ref);
    if (to !== undefined) await repo.updateRefs([{ ref, to: undefined, from: to }], "mos: an attack's work goes");
  }
}
