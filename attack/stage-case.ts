import {
  chmodSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import type { Slot } from "../src/port/slot.ts";
import type { AttackCase } from "./attack-case.ts";
import { readTree } from "./disk-state.ts";
import type { AttackWorld } from "./make-attack-world.ts";
import { mapNames, worktreeOf } from "./map-names.ts";

const setupMs = 30_000;

export interface Stage {
  /** Runs the case's preparation, as the workspace's owner, where the corpus says. Nothing to do: nothing is touched. */
  prepare(one: AttackCase): Promise<void>;
  /** Brings the slot to what the case's preparation left in the worktree: commit, files, git's configuration. */
  carry(one: AttackCase, slot: Slot): Promise<void>;
  /** Takes back what `prepare` and `carry` did. */
  restore(one: AttackCase): Promise<void>;
}

/** Prepares cases, one at a time, and puts everything back from a copy that was taken at the start. */
export function createStage(world: AttackWorld): Stage {
  const { root } = world.layout;
  const worktree = worktreeOf(world.layout, "corpus");
  // What a slot shows as git's configuration to the commands of a ticket.
  const slotConfigFile = join(dirname(worktreeOf(world.layout, "slot")), "pins/config");
  const kept = join(world.folder, "kept");
  const parts = ["domains", ".mos/worktrees"];
  for (const part of parts)
    cpSync(join(root, part), join(kept, part), { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  const env = { PATH: process.env.PATH ?? "/usr/bin:/bin", HOME: world.home, LC_ALL: "C.UTF-8" };
  const git = async (...words: string[]) => (await execa("git", words, { env, extendEnv: false })).stdout;
  const listConfig = async (file: string) =>
    (await git("config", "--file", file, "--list", "-z")).split("\0").filter((line) => line !== "");
  let slotConfig: string | undefined;

  return {
    prepare: async (one) => {
      for (const text of one.setup) {
        await execa("bash", ["-c", text.replaceAll("{{WS}}", root)], {
          cwd: worktree,
          env,
          extendEnv: false,
          reject: false,
          stdio: "ignore",
          timeout: setupMs,
        });
      }
    },
    carry: async (one, slot) => {
      const broken = !existsSync(join(worktree, ".git"));
      await slot.prepare((await git("-C", broken ? join(root, "domains/music") : worktree, "rev-parse", "HEAD")).trim());
      if (one.setup.length === 0) return;
      carryFiles(world, worktree);
      const before = new Set(await listConfig(join(kept, "domains/music/.git/config")));
      const added = (await listConfig(join(root, "domains/music/.git/config"))).filter((line) => !before.has(line));
      if (added.length === 0) return;
      slotConfig = readFileSync(slotConfigFile, "utf8");
      for (const line of added) {
        const at = line.indexOf("\n");
        const value = mapNames(line.slice(at + 1).replaceAll(root, "{{WS}}"), world.layout, "box");
        await git("config", "--file", slotConfigFile, line.slice(0, at), value);
      }
    },
    restore: async (one) => {
      if (one.setup.length === 0) return;
      if (slotConfig !== undefined) writeFileSync(slotConfigFile, slotConfig);
      slotConfig = undefined;
      for (const part of parts) {
        const fresh = join(world.folder, "fresh");
        cpSync(join(kept, part), fresh, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
        rmSync(join(root, part), { recursive: true, force: true });
        renameSync(fresh, join(root, part));
      }
    },
  };
}

/** What the preparation made, changed or removed in the worktree, done again in the slot's tree, with the names of the box. */
function carryFiles(world: AttackWorld, worktree: string): void {
  const tree = worktreeOf(world.layout, "slot");
  const { uid, gid } = lstatSync(tree);
  const isGit = (path: string) => path === ".git";
  const [wanted, there] = [readTree(worktree, isGit), readTree(tree, isGit)];
  for (const path of there.keys()) if (!wanted.has(path)) rmSync(join(tree, path), { recursive: true, force: true });
  for (const [path, state] of wanted) {
    if (there.get(path) === state) continue;
    const made = mkdirSync(dirname(join(tree, path)), { recursive: true });
    if (made !== undefined) for (let at = dirname(join(tree, path)); at.length >= made.length; at = dirname(at)) lchownSync(at, uid, gid);
    rmSync(join(tree, path), { recursive: true, force: true });
    if (state.startsWith("link ")) symlinkSync(state.slice("link ".length), join(tree, path));
    else {
      const text = mapNames(state.slice(2).replaceAll(world.layout.root, "{{WS}}"), world.layout, "box");
      writeFileSync(join(tree, path), Buffer.from(text, "latin1"));
      chmodSync(join(tree, path), state.startsWith("x") ? 0o755 : 0o644);
    }
    lchownSync(join(tree, path), uid, gid);
  }
}
