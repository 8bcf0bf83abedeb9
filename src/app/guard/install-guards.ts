import { constants } from "node:fs";
import { access, chmod, copyFile, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { exitCode, MosError } from "../../contract/error.ts";
import { guardScript } from "../../core/guard/guard-script.ts";
import { findGuardTarget, type GuardPlaces, type GuardScope, type GuardTarget, scriptOf } from "../../core/guard/guard-target.ts";
import type { ClientName } from "../../port/agent-client.ts";
import type { Store } from "../../port/store.ts";

/** One file as it is and as it would be. */
export interface GuardChange {
  readonly client: ClientName;
  readonly scope: GuardScope;
  readonly file: string;
  readonly mode: number;
  readonly before?: string;
  readonly after: string;
}

export interface GuardPlan {
  readonly changes: readonly GuardChange[];
  /** Clients whose guards are there already, as they would be written. */
  readonly current: readonly ClientName[];
  /** Clients that were passed over, and why. */
  readonly skipped: readonly { readonly client: ClientName; readonly reason: string }[];
}

/**
 * What `mos guard install` would write. Reads only.
 *
 * Throws `guard-settings-unreadable` for a file that is not ours and cannot be understood: it is left as it is.
 */
export async function planGuards(args: { clients: readonly ClientName[]; scope: GuardScope; places: GuardPlaces }): Promise<GuardPlan> {
  const changes: GuardChange[] = [];
  const current: ClientName[] = [];
  const skipped: GuardPlan["skipped"][number][] = [];
  for (const client of args.clients) {
    const target = findGuardTarget(client, args.scope, args.places);
    if (!target) {
      skipped.push({ client, reason: "it has no hooks of this kind: mos starts it in its box" });
      continue;
    }
    const wanted = await readTarget(target);
    if (wanted.length === 0) current.push(client);
    changes.push(...wanted);
  }
  return { changes, current, skipped };
}

/** The files of one target that are not as they would be written. */
export async function readTarget(target: GuardTarget): Promise<GuardChange[]> {
  const { client, scope, file } = target;
  const before = await readText(file);
  const merged = target.merge(before);
  if (merged.kind === "refused") throw cannotMerge(file, merged.reason);
  const settings = { client, scope, file, mode: 0o644, ...(before === undefined ? {} : { before }), after: merged.text };
  const changed = before === merged.text ? [] : [settings];
  return scope === "managed" ? [...(await readScript(target)), ...changed] : changed;
}

/** The script is not as it would be written too where others than its owner may write it. */
async function readScript(target: GuardTarget): Promise<GuardChange[]> {
  const { client, scope } = target;
  const file = scriptOf(target);
  const before = await readText(file);
  if (before === guardScript && ((await stat(file)).mode & 0o777) === scriptMode) return [];
  return [{ client, scope, file, mode: scriptMode, ...(before === undefined ? {} : { before }), after: guardScript }];
}

const scriptMode = 0o755;

/**
 * Writes what was planned: the script before the settings that name it, each whole by rename, what was there kept beside it.
 * May be repeated. Broken off, it leaves whole files and is done again. Throws `guard-no-right` with the exact remedy.
 *
 * @param again  the command that does it with the right to
 */
export async function applyGuards(store: Store, plan: GuardPlan, again: string): Promise<void> {
  for (const change of plan.changes) {
    await checkUnchanged(change);
    try {
      await writeWhole(change);
    } catch (cause) {
      throw await explainUnwritten(change.file, again, cause);
    }
  }
  if (plan.changes.length === 0) return;
  await store.write(async (tx) => {
    for (const { client, scope, file } of plan.changes)
      await tx.append({
        kind: "guard.installed",
        actor: "operator",
        authority: "operator",
        reason: `${client}: ${file}`,
        data: { client, scope, file },
      });
  });
}

async function checkUnchanged({ file, before }: GuardChange): Promise<void> {
  if ((await readText(file)) === before) return;
  throw new MosError({
    code: "guard-settings-changed",
    message: `${file} was changed while the guards were being installed`,
    hint: "Run it again: nothing was written there.",
  });
}

async function writeWhole({ file, before, after, mode }: GuardChange): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o755 });
  await access(dirname(file), constants.W_OK);
  if (before !== undefined) await copyFile(file, `${file}.before-mos`, constants.COPYFILE_EXCL).catch(ignoreExisting);
  const whole = `${file}.${process.pid}.new`;
  try {
    await writeFile(whole, after, { mode });
    await chmod(whole, mode);
    await rename(whole, file);
  } catch (cause) {
    await rm(whole, { force: true });
    throw cause;
  }
}

/** The first backup stays: what was there before Master OS came. */
function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw cannotMerge(file, `it cannot be read (${code ?? "unknown"})`);
  }
}

function cannotMerge(file: string, reason: string): MosError {
  return new MosError({
    code: "guard-settings-unreadable",
    message: `${file} was left as it is: ${reason}`,
    hint: `Mend or move ${file}, then run mos guard install again.`,
  });
}

async function explainUnwritten(file: string, again: string, cause: unknown): Promise<MosError> {
  const { code } = cause as NodeJS.ErrnoException;
  const denied = ["EACCES", "EPERM", "EROFS"].includes(code ?? "") || !(await mayWriteBelow(dirname(file)));
  return new MosError({
    code: denied ? "guard-no-right" : "guard-not-written",
    message: `${file} cannot be written (${code ?? String(cause)})`,
    hint: denied ? `Run it with the right to: sudo ${again}` : "See that the disk has room, then run it again.",
    exit: exitCode.failure,
    cause,
  });
}

/** Asked of the deepest folder that is there: a missing right below it comes as many kinds of error. */
async function mayWriteBelow(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" && folder !== "/" && mayWriteBelow(dirname(folder));
  }
}
