import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RepoHandle } from "../../contract/config.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { isLandingsWord, threadOf } from "../../core/knowledge/update-thread.ts";
import { isInsideTouches } from "../../core/schedule/is-inside-touches.ts";
import type { Repo } from "../../port/git.ts";
import type { World } from "../../port/world.ts";

export type MergedWork = { kind: "clean"; tree: string } | { kind: "conflict"; paths: string[] };

interface MergeArgs {
  readonly ticket: Ticket;
  readonly repo: RepoHandle;
  /** Main. */
  readonly base: string;
  /** The work. */
  readonly commit: string;
}

/**
 * Main and the work as one tree, without a checkout (G1). Where they conflict only in files that the ticket declared so, the
 * conflict is mended (T7): what is only appended to keeps the lines of both, what is generated is made again, in a slot, by
 * its declared command. A thread that the ticket wrote itself conflicts with no landing's word on it (K8). Any other conflict
 * stays one. Changes nothing that lasts; may be repeated.
 */
export async function mergeWork(world: World, args: MergeArgs): Promise<MergedWork> {
  const git = world.git.at(args.repo.path);
  const { ticket, base, commit } = args;
  const merged = await git.mergeTree({ ours: base, theirs: commit });
  if (merged.kind === "clean") return merged;
  const generated = ticket.generates.filter(({ path }) => merged.paths.includes(path));
  const isGenerated = (path: string) => generated.some((one) => one.path === path);
  const isAppended = (path: string) => ticket.appends.length > 0 && isInsideTouches(path, ticket.appends);
  const isThread = (path: string) => path === threadOf(ticket);
  const isMendable = (path: string) => isGenerated(path) || isAppended(path) || isThread(path);
  const ancestor = merged.paths.every(isMendable) ? await git.mergeBase(base, commit) : undefined;
  if (ancestor === undefined) return merged;
  const files: Record<string, string> = {};
  for (const path of merged.paths) {
    const place = { ...args, ancestor, path };
    const text = isGenerated(path)
      ? await git.readFile(base, path)
      : await (isAppended(path) ? uniteSides(git, place) : takeOwnThread(git, place));
    if (text === undefined) return merged;
    files[path] = text;
  }
  const agreed = await mergeAgreed(git, { ...args, ancestor, files });
  if (agreed.kind === "conflict" || generated.length === 0) return agreed;
  return await regenerateFiles(world, { ...args, tree: agreed.tree, generated, conflict: merged });
}

/** Both sides with the same text where they conflicted, so that the rest merges as git merges it. */
async function mergeAgreed(git: Repo, args: MergeArgs & { ancestor: string; files: Record<string, string> }): Promise<MergedWork> {
  const { base, commit, ancestor, files } = args;
  const [ours, theirs] = await Promise.all(
    [base, commit].map(async (side) =>
      git.commitTree({ tree: await git.editTree(side, files), parents: [ancestor], message: "agreed where they conflict" }),
    ),
  );
  return await git.mergeTree({ ours: ours as string, theirs: theirs as string });
}

/** What the ticket wrote, where all that main has against it is what the gate itself said of the thread meanwhile. */
async function takeOwnThread(git: Repo, args: MergeArgs & { ancestor: string; path: string }): Promise<string | undefined> {
  const [ours, ancestor, theirs] = await Promise.all([args.base, args.ancestor, args.commit].map((side) => git.readFile(side, args.path)));
  if (ours === undefined || ancestor === undefined || theirs === undefined) return undefined;
  return isLandingsWord({ before: ancestor, after: ours }) ? theirs : undefined;
}

async function uniteSides(git: Repo, args: MergeArgs & { ancestor: string; path: string }): Promise<string | undefined> {
  const [ours, ancestor, theirs] = await Promise.all([args.base, args.ancestor, args.commit].map((side) => git.readFile(side, args.path)));
  // Not there before: both sides are all that was added.
  if (ours === undefined || theirs === undefined) return undefined;
  // In the repository's own git folder, never in a shared one: a kill leaves what it holds. The sweep takes it.
  const folder = await mkdtemp(join(await git.gitDir(), "mos-unite-"));
  try {
    const names = ["ours", "ancestor", "theirs"].map((name) => join(folder, name));
    await Promise.all([ours, ancestor ?? "", theirs].map((text, index) => writeFile(names[index] as string, text)));
    await git.run(["merge-file", "--union", ...names]);
    return await readFile(names[0] as string, "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Generated = Ticket["generates"];

/** Runs the declared commands on the merged tree. One that fails, or that changes anything else, leaves the conflict as it is. */
async function regenerateFiles(
  world: World,
  args: MergeArgs & { tree: string; generated: Generated; conflict: MergedWork },
): Promise<MergedWork> {
  const { ticket, repo, tree, generated, signal } = { ...args, signal: world.signal };
  const git = world.git.at(repo.path);
  const onto = await git.commitTree({ tree, parents: [args.base], message: `${ticket.id}: merged, before its generated files` });
  const ref = `refs/mos/gate/${ticket.id}/${onto}`;
  return await world.slots.withSlot({ repo, purpose: `generate ${ticket.id}`, signal }, async (slot): Promise<MergedWork> => {
    await slot.prepare(onto);
    for (const [index, { run }] of generated.entries()) {
      const result = await slot.run({
        command: run,
        writable: true,
        readOnly: ticket.role === "executor" ? ["wiki"] : [],
        wallMs: world.workspace.config.limits.runSeconds * 1000,
        logFile: join(world.workspace.stateDir, "log", "ticket", ticket.id, `${ticket.epoch}-generate-${index + 1}.log`),
        signal,
      });
      signal.throwIfAborted();
      if (result.exitCode !== 0) return args.conflict;
    }
    const made = await slot.collect({ message: `${ticket.id}: generated files`, ref });
    if (made.kind === "empty") return { kind: "clean", tree };
    await git.updateRefs([{ ref, to: undefined, from: made.commit }], `mos: ${ticket.id} has its generated files`);
    const changed = await git.changedPaths({ from: onto, to: made.commit });
    const isOwn = changed.every((change) => generated.some(({ path }) => path === change.path));
    return isOwn ? { kind: "clean", tree: made.tree } : args.conflict;
  });
}
