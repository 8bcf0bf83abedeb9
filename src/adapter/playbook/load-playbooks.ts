import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { MosError } from "../../contract/error.ts";
import type { Playbook } from "../../contract/playbook.ts";
import { parsePlaybook } from "../../core/playbook/parse-playbook.ts";

const fileBytesMax = 256 * 1024;
const filesMax = 200;

export interface LoadedPlaybooks {
  /** By id. */
  readonly playbooks: readonly Playbook[];
  /** What the operator should know: a playbook of theirs stands in for a built-in one. */
  readonly notes: readonly string[];
}

/**
 * The built-in playbooks, and the operator's own from `<root>/playbooks/`. One of theirs with the id of a built-in one
 * takes its place.
 *
 * @throws MosError `playbook-invalid` with file, line, key and remedy; `playbook-unreadable`
 */
export async function loadPlaybooks(root: string): Promise<LoadedPlaybooks> {
  const builtIn = await readFolder(findBuiltInFolder(), "playbook");
  const own = await readFolder(join(root, "playbooks"), "playbooks");
  const byId = new Map(builtIn.map(({ playbook }) => [playbook.id, playbook]));
  const seen = new Map<string, string>();
  const notes: string[] = [];
  for (const { file, playbook } of own) {
    const first = seen.get(playbook.id);
    if (first !== undefined) throw twice(playbook.id, first, file);
    seen.set(playbook.id, file);
    if (byId.has(playbook.id)) notes.push(`${file} takes the place of the built-in playbook ${playbook.id}.`);
    byId.set(playbook.id, playbook);
  }
  return { playbooks: [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), notes };
}

/** `playbook/` of this package: beside `dist/` when bundled, beside `src/` in a checkout. */
export function findBuiltInFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let levels = 0; levels < 6; levels += 1) {
    if (existsSync(join(folder, "playbook", "broken-links.yaml"))) return join(folder, "playbook");
    folder = dirname(folder);
  }
  throw new MosError({ code: "playbook-unreadable", message: "the built-in playbooks are not there", hint: "Install master-os again." });
}

async function readFolder(folder: string, shown: string): Promise<{ file: string; playbook: Playbook }[]> {
  const names = (await listFolder(folder)).filter((name) => /^[^.].*\.ya?ml$/.test(name)).sort();
  if (names.length > filesMax) throw unreadable(shown, `it holds ${names.length} playbooks; ${filesMax} is the most`);
  return Promise.all(
    names.map(async (name) => ({ file: `${shown}/${name}`, playbook: await readPlaybook(join(folder, name), `${shown}/${name}`) })),
  );
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw unreadable(folder, cause instanceof Error ? cause.message : String(cause));
  }
}

async function readPlaybook(path: string, file: string): Promise<Playbook> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw unreadable(path, cause instanceof Error ? cause.message : String(cause));
  }
  if (text.length > fileBytesMax) throw unreadable(file, `it is larger than ${fileBytesMax} characters`);
  return parsePlaybook({ text, file });
}

function unreadable(path: string, reason: string): MosError {
  return new MosError({
    code: "playbook-unreadable",
    message: `${path}: ${reason}`,
    hint: "Make it a folder of playbooks (YAML files) that you may read.",
  });
}

function twice(id: string, first: string, second: string): MosError {
  return new MosError({
    code: "playbook-invalid",
    message: `${second}: the id ${id} is that of ${first} too`,
    hint: "Give one of the two another id.",
  });
}
