import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openStore } from "../../src/adapter/store-libsql/open-store.ts";
import { openConfigFile } from "../../src/adapter/workspace/edit-config.ts";
import { makeProofWorkspace, type ProofWorkspace } from "../../src/app/prove/make-proof-workspace.ts";
import type { ProofLauncher } from "../../src/app/prove/prove-way.ts";
import { createFixedClock } from "./fixed-clock.ts";
import { makeGit } from "./make-workspace.ts";
import { offlineUrl, runOffline } from "./run-offline.ts";

/** A proof's workspace in a temporary folder, and whatever removes it. */
export async function openProof(): Promise<{ workspace: ProofWorkspace; git: ReturnType<typeof makeGit>; folder: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "mos-prove-test-"));
  const git = makeGit(folder);
  const clock = createFixedClock("2026-11-20T08:00:00.000Z");
  const open = async (root: string) => {
    const configFile = openConfigFile(root);
    const store = await openStore({ file: join(root, ".mos", "store.db"), clock, create: true });
    return { workspace: await configFile.load(), git, store, configFile, close: () => store.close() };
  };
  const workspace = await makeProofWorkspace({ root: join(folder, "os"), secret: "0123456789abcdef", git, open });
  return { workspace, git, folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Claude Code with nothing of ours around it: no box but a network of its own, no hook, no palette, everything allowed. What
 * a proof says of it shows that a proof can fail.
 */
export function launchNaked(args: { program: string; folder: string }): ProofLauncher {
  const tree = join(args.folder, "tree");
  const home = join(args.folder, "naked-home");
  for (const folder of [tree, home]) mkdirSync(folder, { recursive: true });
  return {
    profile: "naked",
    tree,
    home,
    watched: [tree, home],
    attack: async () => async () => {},
    start: async ({ way, prompt, upstream }) => {
      for (const [name, content] of Object.entries(way.files ?? {})) {
        const file = name.startsWith("~/") ? join(home, name.slice(2)) : join(tree, name);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      const run = await runOffline({
        program: args.program,
        argv: ["-p", prompt, "--permission-mode", "bypassPermissions", ...(way.argv ?? [])],
        cwd: tree,
        env: {
          HOME: home,
          IS_SANDBOX: "1",
          ANTHROPIC_BASE_URL: offlineUrl,
          ANTHROPIC_API_KEY: "made-up",
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
          DISABLE_AUTOUPDATER: "1",
          ...way.env,
        },
        socket: upstream,
      });
      return { exitCode: run.exitCode ?? null, words: `${run.stdout}${run.stderr}`.slice(0, 300) };
    },
  };
}
