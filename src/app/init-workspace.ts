import { access, constants, mkdir, readdir, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { MosError } from "../contract/error.ts";
import { makeJsonSchemas } from "../contract/json-schema.ts";
import { type PlannedFile, planHomeFiles } from "../core/workspace/home-files.ts";
import { baselinePlaceholder, describePlaybooks, makeStartingConfig } from "../core/workspace/starting-config.ts";
import type { Git } from "../port/git.ts";
import { installRefAlarm } from "./home/ref-alarm.ts";
import { makeStagingFolder } from "./home/stage-folder.ts";
import { noIdentity, startRepository } from "./home/start-repository.ts";
import { describeAlarm } from "./install-alarms.ts";

export interface InitPlan {
  /** Absolute; made when it is not there. */
  readonly root: string;
  /** Relative to `root`, in the order to show them. */
  readonly files: readonly PlannedFile[];
}

const operatorFolder = "operator";

/**
 * What `mos init` would write, nothing written yet. `operator/` becomes a git repository with its files committed.
 *
 * @throws MosError `workspace-exists`, `workspace-nested`, `init-clash`, `not-a-folder`, `folder-unwritable`, `no-git-identity`
 */
export async function planInit(args: { git: Git; dir: string }): Promise<InitPlan> {
  const root = resolve(args.dir);
  await refuseWorkspace(root);
  const ground = await findGround(root);
  if (!(await args.git.at(ground).identity())) throw noIdentity(ground);
  const files: PlannedFile[] = [
    { path: "mos.yaml", content: makeStartingConfig() },
    ...planHomeFiles({ domain: "operator", existing: [] }).map((file) => ({ ...file, path: `${operatorFolder}/${file.path}` })),
    { path: "playbooks/README.md", content: describePlaybooks() },
    { path: ".mos/.gitignore", content: "*\n", generated: true },
    ...Object.entries(makeJsonSchemas()).map(([name, content]) => ({ path: `.mos/schema/${name}`, content, generated: true })),
  ];
  await refuseClashes(root, files);
  return { root, files };
}

/**
 * Writes the plan. All is made in a staging folder: a root that is not there is that folder, renamed; into one that is
 * there the parts are renamed one by one, mos.yaml last. What fails takes its traces with it, and a folder without
 * mos.yaml is no workspace. A kill between two renames leaves folders that a second `mos init` names.
 *
 * @throws MosError as `planInit` (the world may have changed since), `git-failed`
 */
export async function applyInit(args: { git: Git; plan: InitPlan }): Promise<{ root: string; operatorBaseline: string }> {
  const { root, files } = args.plan;
  await refuseWorkspace(root);
  await refuseClashes(root, files);
  const isNew = !(await exists(root));
  const ground = isNew ? dirname(root) : root;
  const made = await mkdir(ground, { recursive: true }).catch((cause: unknown) => failToWrite(ground, cause));
  const moved: string[] = [];
  let staging: string | undefined;
  try {
    staging = await makeStagingFolder(ground).catch((cause: unknown) => failToWrite(ground, cause));
    const operatorBaseline = await stage(args.git, staging, files);
    if (isNew) await rename(staging, root);
    else {
      for (const top of listTops(files)) {
        await rename(join(staging, top), join(root, top));
        moved.push(top);
      }
      await rmdir(staging);
    }
    return { root, operatorBaseline };
  } catch (error) {
    for (const top of moved) await rm(join(root, top), { recursive: true, force: true });
    if (staging !== undefined) await rm(staging, { recursive: true, force: true });
    if (made !== undefined) await removeEmptyFolders(ground, dirname(made));
    throw error;
  }
}

/** mos.yaml last: it makes the folder a workspace. */
function listTops(files: readonly PlannedFile[]): string[] {
  const tops = [...new Set(files.map(({ path }) => path.split("/")[0] as string))];
  return tops.toSorted((a, b) => Number(a === "mos.yaml") - Number(b === "mos.yaml"));
}

async function stage(git: Git, staging: string, files: readonly PlannedFile[]): Promise<string> {
  const isOperators = ({ path }: PlannedFile) => path.startsWith(`${operatorFolder}/`);
  const baseline = await startRepository(git, {
    path: join(staging, operatorFolder),
    files: files.filter(isOperators).map(({ path, content }) => ({ path: path.slice(operatorFolder.length + 1), content })),
    message: "chore: begin the operator's home\n",
  });
  await installRefAlarm(git.at(join(staging, operatorFolder)), describeAlarm({ branch: "main", domain: "operator", name: "home" }));
  for (const file of files.filter((one) => !isOperators(one))) {
    const path = join(staging, file.path);
    await mkdir(dirname(path), { recursive: true, mode: file.path.startsWith(".mos/") ? 0o700 : 0o777 });
    await writeFile(path, file.path === "mos.yaml" ? file.content.replace(baselinePlaceholder, baseline) : file.content);
  }
  return baseline;
}

async function refuseWorkspace(root: string): Promise<void> {
  for (let dir = root; ; dir = dirname(dir)) {
    if (await exists(join(dir, "mos.yaml"))) {
      const same = dir === root;
      throw new MosError({
        code: same ? "workspace-exists" : "workspace-nested",
        message: same ? `${root} is a workspace already: it has a mos.yaml` : `${root} lies inside the workspace ${dir}`,
        hint: same ? "Use it as it is, or give another folder." : "Give a folder outside of it; one workspace holds all of your domains.",
      });
    }
    if (dir === dirname(dir)) return;
  }
}

/** The folder itself, or the nearest that is there: it must be one that we may write. */
async function findGround(root: string): Promise<string> {
  for (let dir = root; ; dir = dirname(dir)) {
    const found = await stat(dir).catch(() => undefined);
    if (found === undefined && dir !== dirname(dir)) continue;
    if (!found?.isDirectory())
      throw new MosError({ code: "not-a-folder", message: `${dir} is not a folder`, hint: "Give the path of a folder, new or empty." });
    await access(dir, constants.W_OK | constants.X_OK).catch((cause: unknown) => failToWrite(dir, cause));
    return dir;
  }
}

async function refuseClashes(root: string, files: readonly PlannedFile[]): Promise<void> {
  const there = new Set(await readdir(root).catch(() => []));
  const clashes = listTops(files).filter((top) => there.has(top));
  if (clashes.length > 0)
    throw new MosError({
      code: "init-clash",
      message: `${root} has ${clashes.join(", ")} already, which a workspace needs for itself`,
      hint: `Move ${clashes.length === 1 ? "it" : "them"} away, or give another folder than '${basename(root)}'. Nothing was written.`,
    });
}

async function removeEmptyFolders(from: string, upTo: string): Promise<void> {
  for (let dir = from; dir !== upTo && dir !== dirname(dir); dir = dirname(dir)) await rmdir(dir).catch(() => undefined);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function failToWrite(path: string, cause: unknown): never {
  throw new MosError({
    code: "folder-unwritable",
    message: `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "Give a folder that you may write, on a disk with room.",
    cause,
  });
}
