import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openConfigFile } from "../../src/adapter/workspace/edit-config.ts";
import { loadAndWritePolicy } from "../../src/app/write-policy.ts";
import type { Store } from "../../src/port/store.ts";
import { makeWorkspace } from "./make-workspace.ts";

export interface HookWorkspace {
  readonly root: string;
  readonly stateDir: string;
  readonly policy: string;
  readonly spool: string;
  /** A ticket's tree in music, with a file `a.txt`. */
  readonly worktree: string;
  readonly store: Store;
  /** The options of a hook for music's executor. */
  readonly options: readonly string[];
  /** As Claude Code sends them: one that nobody minds, and one that reads a sealed domain. */
  readonly harmless: string;
  readonly forbidden: string;
  /** The policy that mos.yaml means now. */
  writePolicy(): Promise<void>;
  remove(): Promise<void>;
}

/** A workspace with `music` and a sealed `trading`, its policy, and what a hook is given in it. */
export async function makeHookWorkspace(): Promise<HookWorkspace> {
  const bench = await makeWorkspace();
  const { root } = bench;
  const worktree = join(root, ".mos/slot/music/home/1/tree");
  const options = ["--role", "executor", "--domain", "music", "--ticket", "MUS-1", "--worktree", worktree, "--workspace", root];
  const call = (path: string) =>
    JSON.stringify({ session_id: "s", hook_event_name: "PreToolUse", cwd: worktree, tool_name: "Read", tool_input: { file_path: path } });
  const writePolicy = async () => {
    const { policy } = await loadAndWritePolicy(openConfigFile(root), {
      home: join(bench.folder, "home"),
      programDir: join(root, "../program"),
    });
    if (policy.kind === "failed") throw policy.error;
  };
  try {
    await bench.add({ name: "music", create: true, prefix: "MUS" });
    await bench.add({ name: "trading", create: true, prefix: "TRA", sealed: true });
    writeFileSync(join(root, "trading/secret.env"), "KEY=made-up\n");
    mkdirSync(worktree, { recursive: true });
    writeFileSync(join(worktree, "a.txt"), "a\n");
    await writePolicy();
  } catch (error) {
    await bench.remove();
    throw error;
  }
  return {
    root,
    stateDir: join(root, ".mos"),
    policy: join(root, ".mos/policy.json"),
    spool: join(root, ".mos/run/spool"),
    worktree,
    store: bench.store,
    options,
    harmless: call(join(worktree, "a.txt")),
    forbidden: call(join(root, "trading/secret.env")),
    writePolicy,
    remove: bench.remove,
  };
}
