import { createHash, randomUUID } from "node:crypto";
import { chmod, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Workspace } from "../contract/config.ts";
import { MosError } from "../contract/error.ts";
import { clockStepMs, policyFileName, writePolicyFile } from "../core/policy-file/policy-file.ts";
import type { ConfigFile } from "../port/config-file.ts";
import { compileWorkspacePolicy, type PolicyPlaces } from "./compile-workspace-policy.ts";

/** What became of the policy: in place as mos.yaml has it, or not to be written, and why. */
export type PolicyWritten = { readonly kind: "written" | "current" } | { readonly kind: "failed"; readonly error: MosError };

/**
 * Reads mos.yaml and puts the policy that follows from it in place by rename, where it is not there already as it would be
 * made now. When it cannot be written the old one goes too: a hook without a policy denies, one with a policy that no longer
 * holds might not. The file bears the time of the mos.yaml that it was made of, so that a hook sees when that has changed.
 */
export async function loadAndWritePolicy(
  configFile: Pick<ConfigFile, "root" | "load">,
  places: PolicyPlaces,
): Promise<{ workspace: Workspace; policy: PolicyWritten }> {
  const config = join(configFile.root, "mos.yaml");
  // Before it is read: what changes in between makes the policy old at once.
  const madeOfMs = (await stat(config).catch(() => undefined))?.mtimeMs ?? 0;
  const workspace = await configFile.load();
  return { workspace, policy: await writePolicy(workspace, places, madeOfMs) };
}

async function writePolicy(workspace: Workspace, places: PolicyPlaces, madeOfMs: number): Promise<PolicyWritten> {
  const { stateDir } = workspace;
  const file = join(stateDir, policyFileName);
  try {
    const text = await compileText(workspace, places);
    if (await isCurrent({ file, text, madeOfMs })) return { kind: "current" };
    await mkdir(join(stateDir, "run"), { recursive: true, mode: 0o700 });
    await replaceWhole({ file, text, madeOfMs });
    return { kind: "written" };
  } catch (cause) {
    await rm(file, { force: true }).catch(() => undefined);
    const error = new MosError({
      code: "policy-not-written",
      message: `${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: "Until it can, every guard denies. Make the workspace's .mos folder writable, and see that its disk has room.",
      cause,
    });
    return { kind: "failed", error };
  }
}

async function compileText(workspace: Workspace, places: PolicyPlaces): Promise<string> {
  const policyText = JSON.stringify(await compileWorkspacePolicy(workspace, places));
  return writePolicyFile({ checksum: createHash("sha256").update(policyText).digest("hex"), policyText });
}

async function isCurrent({ file, text, madeOfMs }: { file: string; text: string; madeOfMs: number }): Promise<boolean> {
  try {
    const made = await stat(file);
    return madeOfMs <= made.mtimeMs + clockStepMs && (made.mode & 0o022) === 0 && (await readFile(file, "utf8")) === text;
  } catch {
    return false;
  }
}

async function replaceWhole({ file, text, madeOfMs }: { file: string; text: string; madeOfMs: number }): Promise<void> {
  const fresh = `${file}.${process.pid}.${randomUUID()}`;
  try {
    const handle = await open(fresh, "wx", 0o644);
    try {
      await handle.writeFile(text);
      await handle.utimes(madeOfMs / 1000, madeOfMs / 1000);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await chmod(fresh, 0o644);
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw error;
  }
}
