import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import type { ModelRole } from "../../contract/agent.ts";
import type { Workspace } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";

const fileBytesMax = 64 * 1024;

export interface Guidance {
  readonly text: string;
  /** `roles/music/scout.md` of the workspace, or `role/scout.md` of the program. */
  readonly source: string;
}

/** Where a role's file is looked for, the first that is there: the operator's for the domain, for all, and ours. */
export function listGuidance(workspace: Workspace, role: ModelRole, domain: string | undefined): readonly string[] {
  return [...(domain === undefined ? [] : [`roles/${domain}/${role}.md`]), `roles/${role}.md`].map((name) => join(workspace.root, name));
}

/**
 * What a role is told about its work (R5). The operator's own file takes the place of ours; one that lies in a domain's
 * repository, or is reached through one, is an agent's to write, so it is refused and never skipped over in silence.
 *
 * @throws MosError `role-file-refused`, `role-file-unreadable`
 */
export async function readGuidance(workspace: Workspace, args: { role: ModelRole; domain?: string; promptDir: string }): Promise<Guidance> {
  for (const path of listGuidance(workspace, args.role, args.domain)) {
    const text = await readOwn(workspace, path);
    if (text !== undefined) return { text, source: path.slice(workspace.root.length + 1) };
  }
  const shipped = join(args.promptDir, `${args.role}.md`);
  const text = await readBounded(shipped, shipped);
  if (text === undefined) throw refuse("role-file-unreadable", `${shipped} is not there`, "Install master-os again.");
  return { text, source: `role/${args.role}.md` };
}

/** A file that may not be believed, or cannot be read, is the operator's to mend: a value for whoever would start a run. */
export async function findGuidance(workspace: Workspace, args: Parameters<typeof readGuidance>[1]): Promise<Guidance | MosError> {
  return readGuidance(workspace, args).catch((error: unknown) => {
    if (error instanceof MosError) return error;
    throw error;
  });
}

async function readOwn(workspace: Workspace, path: string): Promise<string | undefined> {
  const real = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw refuse("role-file-unreadable", `${path}: ${error.message}`, "Make it a file that you may read.");
  });
  if (real === undefined) return undefined;
  for (const place of [
    workspace.stateDir,
    ...[...workspace.domains, workspace.operator].flatMap(({ repos }) => repos.map((repo) => repo.path)),
  ]) {
    const within = await realpath(place).catch(() => place);
    if (isWithin(real, within) || isWithin(path, place))
      throw refuse(
        "role-file-refused",
        `${path} lies in ${place}, where agents write`,
        "Keep roles/ outside every repository of a domain.",
      );
  }
  return readBounded(real, path);
}

async function readBounded(real: string, shown: string): Promise<string | undefined> {
  const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw refuse("role-file-unreadable", `${shown}: ${error.message}`, "Make it a file that you may read.");
  });
  if (!file) return undefined;
  try {
    const found = await file.stat();
    if (!found.isFile()) throw refuse("role-file-refused", `${shown} is no file`, "Write the role's guidance as a Markdown file.");
    if ((found.mode & 0o002) !== 0)
      throw refuse("role-file-refused", `${shown} may be written by every user of this machine`, `chmod o-w ${shown}`);
    if (found.size > fileBytesMax) throw refuse("role-file-refused", `${shown} is larger than ${fileBytesMax} bytes`, "Make it shorter.");
    const text = await file.readFile("utf8");
    if (text.trim() === "") throw refuse("role-file-refused", `${shown} is empty`, "Write the guidance, or remove the file.");
    return text;
  } finally {
    await file.close();
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function refuse(code: string, message: string, hint: string): MosError {
  return new MosError({ code, message, hint });
}
