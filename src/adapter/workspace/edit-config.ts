import { access, constants, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Workspace } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import { makeJsonSchemas } from "../../contract/json-schema.ts";
import type { ConfigDraft, ConfigFile } from "../../port/config-file.ts";
import { meansTheSame, removeFromText, setInText } from "./change-yaml.ts";
import { configName } from "./find-workspace.ts";
import { holdLock } from "./hold-lock.ts";
import { loadWorkspace, readConfigText, resolveWorkspace } from "./load-workspace.ts";
import { parseConfig } from "./parse-config.ts";
import { replaceFile } from "./replace-file.ts";

/** The workspace's mos.yaml behind its port. */
export function openConfigFile(root: string, options: { waitMs?: number } = {}): ConfigFile {
  const absolute = resolve(root);
  return { root: absolute, load: () => loadWorkspace(absolute), edit: (change) => editConfig(absolute, change, options) };
}

/**
 * Changes mos.yaml and gives the workspace that it now means. Order, in one lock: read, change, validate, see that
 * nobody's editor wrote meanwhile, replace by rename. A crash at any point leaves the old file or the new one.
 *
 * @throws MosError `config-invalid`, `config-busy`, `config-changed`, `config-unwritable`, and whatever `change` throws
 */
export async function editConfig(
  root: string,
  change: (draft: ConfigDraft) => Promise<void> | void,
  { waitMs = 10_000 }: { waitMs?: number } = {},
): Promise<Workspace> {
  const path = join(root, configName);
  await access(root, constants.W_OK).catch((cause) => failToWrite(path, cause));
  return holdLock({ path: join(root, ".mos", "config.lock"), waitMs }, async () => {
    const before = await readConfigText(root);
    const { config } = parseConfig(before);
    let after = before;
    await change({
      config,
      set: (at, value) => {
        after = setInText(after, at, value);
      },
      remove: (at) => {
        after = removeFromText(after, at);
      },
      validate: async () => resolveWorkspace(root, parseConfig(after)),
    });
    if (meansTheSame(after, before)) after = before;
    const workspace = await resolveWorkspace(root, parseConfig(after));
    if ((await readConfigText(root)) !== before)
      throw new MosError({
        code: "config-changed",
        message: `${path} was changed by someone else meanwhile; it is left as they wrote it`,
        hint: "Look at the file, then run the command again.",
      });
    await writeSchemas(workspace.stateDir).catch((cause: unknown) => failToWrite(workspace.stateDir, cause));
    // Last: who fails here has changed nothing, so a caller may take back what belongs to it.
    if (after !== before) await replaceFile(path, after).catch((cause: unknown) => failToWrite(path, cause));
    return workspace;
  });
}

/** Puts the schemas that mos.yaml's first line points at beside the store, where they differ. */
async function writeSchemas(stateDir: string): Promise<void> {
  const folder = join(stateDir, "schema");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(makeJsonSchemas())) {
    const path = join(folder, name);
    if ((await readFile(path, "utf8").catch(() => "")) !== text) await writeFile(path, text);
  }
}

function failToWrite(path: string, cause: unknown): never {
  throw new MosError({
    code: "config-unwritable",
    message: `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "Make the workspace's folder writable, and see that its disk has room.",
    cause,
  });
}
