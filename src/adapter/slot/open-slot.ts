import { lstatSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RepoHandle } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import type { BoxResult, Mount } from "../../port/box.ts";
import { type Slot, type SlotRun, treeInBox } from "../../port/slot.ts";
import type { SlotArgs } from "./create-slots.ts";
import {
  cacheFolders,
  dropOldOutputs,
  findSetupOutput,
  hashSetupInputs,
  keepSetupOutput,
  noSetup,
  type SetupOutput,
  setupFailed,
} from "./setup-output.ts";
import { repositoryObjectsInBox, type SlotFolder } from "./slot-folder.ts";
import { collectScript, listIgnoredScript, prepareScript } from "./slot-scripts.ts";

const packBytesMax = 256 * 1024 * 1024;
/** Smaller work becomes loose objects, as git itself does below receive.unpackLimit, so that packs do not pile up. */
const looseBytesMax = 256 * 1024;
const gitWallMs = 300_000;

/** One claimed slot. See the port for what each verb promises. */
export async function openSlot(args: SlotArgs & { repo: RepoHandle; slot: SlotFolder; purpose: string }): Promise<Slot> {
  const { repo, slot, box, workspace } = args;
  const host = args.git.at(repo.path);
  const hostGitDir = await host.gitDir();
  let base: string | undefined;
  let setup: SetupOutput = noSetup;

  const mountsFor = (run: { writableTree: boolean; writableGit: boolean; readOnly?: readonly string[] }): Mount[] => [
    { from: slot.tree, to: treeInBox, writable: run.writableTree },
    { from: slot.gitDir, to: "/work/git", writable: run.writableGit },
    { from: join(slot.gitDir, "config"), to: "/work/git/config" },
    { from: join(slot.gitDir, "objects/info"), to: "/work/git/objects/info" },
    { from: join(hostGitDir, "objects"), to: repositoryObjectsInBox },
    ...(run.writableTree ? (run.readOnly ?? []).filter((path) => isOwnFolder(join(slot.tree, path))) : []).map((path) => ({
      from: join(slot.tree, path),
      to: join(treeInBox, path),
    })),
  ];

  const setupMounts = (): Mount[] => setup.paths.map((path) => ({ from: join(setup.dir, "files", path), to: join(treeInBox, path) }));

  const limits = (wallMs: number) => ({
    wallMs,
    outputBytes: workspace.config.limits.outputBytes,
    memoryBytes: workspace.config.limits.memoryMb * 1024 ** 2,
    processes: workspace.config.limits.processes,
  });

  const runGitScript = async (script: string, env: Record<string, string>): Promise<BoxResult> => {
    const result = await box.run({
      argv: ["/bin/sh", "-c", script],
      mounts: mountsFor({ writableTree: true, writableGit: true }),
      roots: [slot.dir],
      cwd: treeInBox,
      env,
      limits: limits(gitWallMs),
    });
    if (result.exitCode === 0) return result;
    const nested = /'(.+)' does not have a commit checked out/.exec(result.stderr)?.[1];
    if (nested !== undefined) throw refuseNested(nested);
    const words = result.stderr.trim().split("\n").slice(-3).join(" | ");
    throw new MosError({
      code: "slot-failed",
      message: `slot ${slot.id}: git ended with ${result.exitCode ?? result.endedBy}: ${words}`,
      hint: "Check the disk; mos doctor --fix removes a broken slot.",
    });
  };

  const prepareTree = async (commit: string, mountPoints: readonly string[]) =>
    runGitScript(prepareScript, { COMMIT: commit, MOUNT_POINTS: mountPoints.join("\n") });

  return {
    id: slot.id,
    repo,
    async prepare(commit) {
      base = commit;
      setup = await ensureSetup(commit);
      try {
        await prepareTree(commit, setup.paths);
      } catch (cause) {
        // What a ticket left may be beyond cleaning: the next claim makes the slot anew.
        rmSync(join(slot.dir, "ready"), { force: true });
        throw cause;
      }
    },
    run: (run: SlotRun) =>
      box.run({
        argv: ["/bin/sh", "-c", run.command],
        mounts: [
          ...mountsFor({ writableTree: run.writable ?? false, writableGit: false, ...(run.readOnly ? { readOnly: run.readOnly } : {}) }),
          ...(run.writable ? [{ from: join(slot.tree, ".git"), to: join(treeInBox, ".git") }] : []),
          ...setupMounts(),
        ],
        roots: [slot.dir, ...(setup.dir ? [setup.dir] : [])],
        tmpfs: setup.paths.flatMap((path) => cacheFolders.map((cache) => join(treeInBox, path, cache))),
        cwd: treeInBox,
        limits: limits(run.wallMs),
        ...(run.env ? { env: run.env } : {}),
        ...(run.input === undefined ? {} : { input: run.input }),
        ...(run.logFile ? { logFile: run.logFile } : {}),
        ...(run.signal ? { signal: run.signal } : {}),
        ...(run.onOutput ? { onOutput: run.onOutput } : {}),
      }),
    async collect({ message, ref }) {
      if (base === undefined) throw new Error("a slot is prepared before it is collected");
      const identity = await host.identity();
      if (!identity) throw noIdentity(repo);
      const result = await runGitScript(collectScript, {
        BASE: base,
        MESSAGE: message,
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
      await importPack(commit, tree, base);
      const moved = await host.updateRefs([{ ref, to: commit, from: undefined }], `mos: work of ${ref}`);
      if (moved.kind === "stale")
        throw new MosError({ code: "slot-failed", message: `${ref} moved meanwhile: ${moved.detail}`, hint: "Run the ticket again." });
      return { kind: "commit", commit, tree };
    },
  };

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
    const imported = await host.commit(commit);
    if (imported.tree !== tree || imported.parents.length !== 1 || imported.parents[0] !== onto) {
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
      mounts: mountsFor({ writableTree: true, writableGit: false }),
      roots: [slot.dir],
      cwd: treeInBox,
      network: "registries",
      limits: limits(workspace.config.limits.runSeconds * 1000),
      logFile: join(workspace.stateDir, "log", `setup-${repo.domain}-${repo.name}.log`),
    });
    if (result.exitCode !== 0) throw setupFailed(repo, result);
    const ignored = (await runGitScript(listIgnoredScript, {})).stdout.split("\0").filter((path) => path !== "");
    const again = findSetupOutput(dir);
    if (again) return again;
    const kept = keepSetupOutput({ tree: slot.tree, dir, ignored });
    dropOldOutputs(parent, hash);
    return kept;
  }
}

/** A link would show what it points at: only a folder that is really there is bound. */
function isOwnFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
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
