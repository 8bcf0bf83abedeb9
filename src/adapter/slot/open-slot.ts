import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RepoHandle } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import type { BoxResult, Mount } from "../../port/box.ts";
import { type Slot, type SlotRun, treeInBox } from "../../port/slot.ts";
import type { SlotArgs } from "./create-slots.ts";
import { countFolder } from "./kept-disk.ts";
import { isScratchWhole, makeScratch, type Scratch, scratchMounts } from "./scratch-git.ts";
import {
  dropOldOutputs,
  findSetupOutput,
  hashSetupInputs,
  keepSetupOutput,
  noSetup,
  type SetupOutput,
  setupFailed,
} from "./setup-output.ts";
import { markerOf, repositoryObjectsInBox, type SlotFolder } from "./slot-folder.ts";
import { makePlaceholders, ownMounts, setupMounts, writableTreeMounts } from "./slot-mounts.ts";
import {
  collectScript,
  diffScript,
  dropScratchScript,
  isUntouchedScript,
  listIgnoredScript,
  prepareKnownScript,
  prepareScript,
  restoreScript,
} from "./slot-scripts.ts";
import { findLeftovers, type Leftovers, renewWitness, type TreeWitness, takeWitness } from "./tree-witness.ts";

const packBytesMax = 256 * 1024 * 1024;
/** Smaller work becomes loose objects, as git itself does below receive.unpackLimit, so that packs do not pile up. */
const looseBytesMax = 256 * 1024;
/** Of git's words in an error: a path may be thousands long. */
const wordsMax = 500;
const gitWallMs = 300_000;

/** One claimed slot. See the port for what each verb promises. */
export async function openSlot(
  args: SlotArgs & {
    repo: RepoHandle;
    slot: SlotFolder;
    ticket?: string;
    leftAt?: string;
    /** Of whoever has the slot: `setup` ends with it. */
    signal?: AbortSignal;
    /** What this process saw of trees, by the slot's folder. */
    witnesses: Map<string, TreeWitness>;
    /** Called when one more output of `setup` is kept. */
    boundKept: () => Promise<void>;
  },
): Promise<Slot> {
  const { repo, slot, box, workspace, witnesses } = args;
  const host = args.git.at(repo.path);
  const objects: Mount = { from: join(await host.gitDir(), "objects"), to: repositoryObjectsInBox };
  const placeholders = new Set<string>();
  let base: string | undefined = args.leftAt;
  let setup: SetupOutput = noSetup;
  let scratch: Scratch | undefined;

  const asUid = slot.owner === undefined ? {} : { asUid: slot.owner };
  const limits = (wallMs: number) => ({
    wallMs,
    outputBytes: workspace.config.limits.outputBytes,
    memoryBytes: workspace.config.limits.memoryMb * 1024 ** 2,
    processes: workspace.config.limits.processes,
  });

  const tryGitScript = (script: string, env: Record<string, string>, input?: string): Promise<BoxResult> =>
    box.run({
      argv: ["/bin/sh", "-c", script],
      mounts: [...ownMounts(slot, { writableTree: true, writableGit: true }), objects],
      roots: [slot.dir],
      ...asUid,
      cwd: treeInBox,
      env,
      limits: limits(gitWallMs),
      ...(input === undefined ? {} : { input }),
    });

  const runGitScript = async (script: string, env: Record<string, string>): Promise<BoxResult> => {
    const result = await tryGitScript(script, env);
    if (result.exitCode === 0) return result;
    const nested = /'(.+)' does not have a commit checked out/.exec(result.stderr)?.[1];
    if (nested !== undefined) throw refuseNested(nested);
    const words = result.stderr.trim().split("\n").slice(-3).join(" | ");
    throw new MosError({
      code: "slot-failed",
      message: `slot ${slot.id}: git ended with ${result.exitCode ?? result.endedBy}: ${words.slice(-wordsMax)}`,
      hint: "Check the disk; mos doctor --fix removes a broken slot.",
    });
  };

  /** What this process saw of the tree, while the slot is still at that commit; it is forgotten until the tree is looked at again. */
  const takeBack = (mountPoints: string): TreeWitness | undefined => {
    const witness = witnesses.get(slot.dir);
    witnesses.delete(slot.dir);
    const isHere = witness?.mountPoints === mountPoints && readHead(slot) === witness.commit;
    return isHere ? witness : undefined;
  };

  const takeNew = async (commit: string, mountPoints: string): Promise<void> => {
    const witness = await takeWitness({ tree: slot.tree, repo: host, commit, mountPoints });
    if (witness) witnesses.set(slot.dir, witness);
  };

  const lookForLeftovers = (commit: string, witness: TreeWitness): Promise<Leftovers> =>
    findLeftovers({ tree: slot.tree, repo: host, commit, witness }).catch(() => ({ kind: "unsure" }));

  const prepareTree = async (commit: string, points: readonly string[]) => {
    scratch = undefined;
    placeholders.clear();
    const mountPoints = points.join("\n");
    const before = takeBack(mountPoints);
    const env = { COMMIT: commit, MOUNT_POINTS: mountPoints };
    const left = before ? await lookForLeftovers(commit, before) : undefined;
    if (before && left?.kind === "found") {
      const { paths, folders } = left;
      const input = paths.length > 0 ? { LEFT: "some", given: `${paths.join("\0")}\0` } : { LEFT: "", given: undefined };
      const result = await tryGitScript(prepareKnownScript, { ...env, LEFT: input.LEFT }, input.given);
      // Whatever it says is something that did not go as expected: then the tree is looked through as a whole.
      if (result.exitCode === 0 && result.stderr === "") {
        witnesses.set(slot.dir, renewWitness({ tree: slot.tree, commit, before, folders }));
        return;
      }
    }
    await runGitScript(prepareScript, env);
    await takeNew(commit, mountPoints);
  };

  const restoreTree = async (commit: string): Promise<string[]> => {
    scratch = undefined;
    const mountPoints = setup.paths.join("\n");
    const before = takeBack(mountPoints);
    const env = { COMMIT: commit, MOUNT_POINTS: mountPoints };
    const left = before ? await lookForLeftovers(commit, before) : undefined;
    if (before && left?.kind === "found" && left.paths.length === 0) {
      const result = await tryGitScript(isUntouchedScript, env);
      if (result.exitCode === 0 && result.stderr === "") {
        witnesses.set(slot.dir, renewWitness({ tree: slot.tree, commit, before, folders: left.folders }));
        return [];
      }
    }
    const { stdout } = await runGitScript(restoreScript, env);
    await takeNew(commit, mountPoints);
    return stdout.split("\0").slice(0, -1).slice(0, 100);
  };

  const openScratch = async (commit: string): Promise<Scratch> => {
    if (scratch && isScratchWhole(slot, scratch)) return scratch;
    if (scratch) await runGitScript(dropScratchScript, {});
    scratch = { commit, main: repo.branch, branch: args.ticket === undefined ? "agent/work" : `agent/${args.ticket}/work` };
    makeScratch(slot, scratch);
    return scratch;
  };

  const show: Slot["show"] = async (run) => {
    const seen = { ...asUid, roots: [slot.dir, ...(setup.dir ? [setup.dir] : [])], ...setupMounts(slot, setup) };
    if (!run.writable) return { ...seen, mounts: [...ownMounts(slot, {}), objects, ...seen.mounts] };
    if (base === undefined) throw new Error("a slot is prepared before its tree is written");
    const mine = scratchMounts(slot, await openScratch(base));
    if (args.ticket !== undefined) for (const name of makePlaceholders(slot)) placeholders.add(name);
    return { ...seen, mounts: [...writableTreeMounts(slot, run.readOnly ?? []), ...mine, objects, ...seen.mounts] };
  };

  return {
    id: slot.id,
    repo,
    show,
    async prepare(commit) {
      base = commit;
      setup = await ensureSetup(commit);
      try {
        await prepareTree(commit, setup.paths);
      } catch (cause) {
        // What a ticket left may be beyond cleaning: the next claim makes the slot anew.
        rmSync(markerOf(slot.dir), { force: true });
        throw cause;
      }
    },
    async restore() {
      if (base === undefined) throw new Error("a slot is prepared before it is restored");
      return restoreTree(base);
    },
    run: async (run: SlotRun) =>
      box.run({
        ...(await show(run)),
        argv: ["/bin/sh", "-c", run.command],
        cwd: treeInBox,
        limits: limits(run.wallMs),
        ...(run.env ? { env: run.env } : {}),
        ...(run.input === undefined ? {} : { input: run.input }),
        ...(run.logFile ? { logFile: run.logFile } : {}),
        ...(run.signal ? { signal: run.signal } : {}),
        ...(run.onOutput ? { onOutput: run.onOutput } : {}),
      }),
    async collect({ message, ref, inspect }) {
      if (base === undefined) throw new Error("a slot is prepared before it is collected");
      const identity = await host.identity();
      if (!identity) throw noIdentity(repo);
      const result = await runGitScript(collectScript, {
        BASE: base,
        BASE_TREE: (await host.commitFacts(base))?.tree ?? (await host.commit(base)).tree,
        MESSAGE: message,
        PLACEHOLDERS: [...placeholders].join("\n"),
        GIT_AUTHOR_NAME: identity.name,
        GIT_AUTHOR_EMAIL: identity.email,
        GIT_COMMITTER_NAME: identity.name,
        GIT_COMMITTER_EMAIL: identity.email,
      });
      const answer = result.stdout.trim();
      if (answer === "empty") return { kind: "empty" };
      const match = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64})$/.exec(answer);
      if (!match)
        throw new MosError({
          code: "slot-failed",
          message: `slot ${slot.id}: unexpected answer "${answer.slice(0, 200)}"`,
          hint: "Run the ticket again.",
        });
      const [commit, tree] = [match[1] as string, match[2] as string];
      if (inspect) inspect(await readDiff(base, commit));
      await importPack(commit, tree, base);
      const moved = await host.updateRefs([{ ref, to: commit, from: undefined }], `mos: work of ${ref}`);
      if (moved.kind === "stale")
        throw new MosError({ code: "slot-failed", message: `${ref} moved meanwhile: ${moved.detail}`, hint: "Run the ticket again." });
      return { kind: "commit", commit, tree };
    },
  };

  async function readDiff(from: string, to: string): Promise<string> {
    const { stdout, truncated } = await runGitScript(diffScript, { BASE: from, COMMIT: to });
    if (!truncated) return stdout;
    throw new MosError({
      code: "work-refused",
      message: `the change in slot ${slot.id} is too large to be looked through`,
      hint: "Run the ticket again.",
    });
  }

  /** The pack is untrusted: strictly checked, and the commit must be what the box said on the base that it was given. */
  async function importPack(commit: string, tree: string, onto: string): Promise<void> {
    const pack = join(slot.gitDir, "out.pack");
    const bytes = statSync(pack).size;
    if (bytes > packBytesMax) {
      throw new MosError({
        code: "work-too-large",
        message: `the change in slot ${slot.id} is ${bytes} bytes packed, over ${packBytesMax}`,
        hint: "Keep generated files out of git, or split the ticket.",
      });
    }
    const unpack = bytes < looseBytesMax ? ["unpack-objects", "-q", "--strict"] : ["index-pack", "--stdin", "--fix-thin", "--strict"];
    await host.run(unpack, { input: readFileSync(pack) });
    const imported = await host.commitFacts(commit);
    if (imported?.tree !== tree || imported.parents.length !== 1 || imported.parents[0] !== onto) {
      throw new MosError({
        code: "slot-failed",
        message: `slot ${slot.id} handed in a commit that is not on its base`,
        hint: "Run the ticket again.",
      });
    }
  }

  async function ensureSetup(commit: string): Promise<SetupOutput> {
    if (!repo.setup) return noSetup;
    const hash = await hashSetupInputs(repo, host, commit);
    const parent = join(workspace.stateDir, "setup", repo.domain, repo.name);
    const dir = join(parent, hash);
    const found = findSetupOutput(dir);
    if (found) return found;
    mkdirSync(parent, { recursive: true });
    await prepareTree(commit, []);
    const result = await box.run({
      argv: ["/bin/sh", "-c", repo.setup],
      mounts: [...ownMounts(slot, { writableTree: true }), { from: join(slot.tree, ".git"), to: join(treeInBox, ".git") }, objects],
      roots: [slot.dir],
      ...asUid,
      cwd: treeInBox,
      network: "registries",
      limits: limits(workspace.config.limits.runSeconds * 1000),
      logFile: join(workspace.stateDir, "log", "setup", repo.domain, `${repo.name}.log`),
      ...(args.signal ? { signal: args.signal } : {}),
    });
    // Ended before its end it made nothing whole, and has not failed.
    args.signal?.throwIfAborted();
    if (result.exitCode !== 0) throw setupFailed(repo, result);
    const ignored = (await runGitScript(listIgnoredScript, {})).stdout.split("\0").filter((path) => path !== "");
    const again = findSetupOutput(dir);
    if (again) return again;
    const kept = keepSetupOutput({ tree: slot.tree, dir, ignored, ...(slot.owner === undefined ? {} : { owner: slot.owner }) });
    dropOldOutputs(parent, hash, Date.parse(args.clock.now()));
    await countFolder(dir);
    await args.boundKept();
    return kept;
  }
}

function readHead(slot: SlotFolder): string {
  const head = join(slot.gitDir, "HEAD");
  return existsSync(head) ? readFileSync(head, "utf8").trim() : "";
}

function refuseNested(path: string): MosError {
  return new MosError({
    code: "work-refused",
    message: `its commands made a git repository of its own in ${path}, which cannot be landed`,
    hint: `Have them remove ${path}.git, or put ${path} into .gitignore.`,
  });
}

export function noIdentity(repo: RepoHandle): MosError {
  return new MosError({
    code: "no-git-identity",
    message: `git does not know who commits in ${repo.path}`,
    hint: 'Run: git config --global user.name "Your Name" && git config --global user.email you@example.com',
  });
}
