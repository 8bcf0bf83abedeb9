import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Workspace } from "../contract/config.ts";
import { MosError } from "../contract/error.ts";
import { isMarked, planCrontab, planSystemd, type TimerPlan, unitPrefix } from "../core/rhythm/plan-timers.ts";
import type { Crontab } from "../port/crontab.ts";
import { listTurns } from "./take-turn.ts";

/** Where the machine keeps what it runs by the clock for this person. */
export type TimerPlace =
  | { readonly kind: "systemd" /** Absolute. */; readonly folder: string }
  | { readonly kind: "cron"; readonly crontab: Crontab };

/** How the machine's clock starts this program. */
export interface TimerProgram {
  /** Node and the program, absolute. */
  readonly program: readonly string[];
  readonly env: TimerPlan["env"];
}

export interface RhythmChange {
  /** A file, absolute, or `crontab`. A link by which systemd starts a timer with the session is told as where it points. */
  readonly file: string;
  /** Absent where it is new. */
  readonly before?: string;
  /** Absent where it is taken away. */
  readonly after?: string;
  readonly link?: true;
}

/**
 * What would be written, and what of ours is no longer meant: a domain that left mos.yaml, another time. What is as it would be is
 * not among it. Writes nothing.
 *
 * @throws MosError `rhythm-foreign` where somebody else's file has the name of ours; `rhythm-unsayable`, `rhythm-path`, `crontab-torn`
 */
export async function planRhythm(args: { workspace: Workspace; place: TimerPlace; starts: TimerProgram }): Promise<RhythmChange[]> {
  const { workspace, place, starts } = args;
  return planLines(place, { ...planOf(workspace), ...starts, lines: listTurns({ workspace }) });
}

/** What of ours would be taken away: units and links that carry this workspace's mark, its block of the crontab. Writes nothing. */
export async function planRemoval({ workspace, place }: { workspace: Workspace; place: TimerPlace }): Promise<RhythmChange[]> {
  return planLines(place, { ...planOf(workspace), program: [], env: { PATH: "", HOME: "" }, lines: [] });
}

const logBytesMax = 1_048_576;

/**
 * What the crontab's lines say is appended to one file. Past a mebibyte it becomes `rhythm.log.1`, in place of the one before, so what
 * is kept is bounded; a turn that is being written goes on in the file that it began in.
 */
export function boundRhythmLog({ stateDir }: Pick<Workspace, "stateDir">): void {
  const file = logOf(stateDir);
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= logBytesMax) return;
  try {
    renameSync(file, `${file}.1`);
  } catch (error) {
    // Another turn of the same time was first.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function logOf(stateDir: string): string {
  return join(stateDir, "rhythm.log");
}

function planOf({ root, stateDir }: Workspace): Pick<TimerPlan, "root" | "mark" | "log"> {
  const mark = createHash("sha256").update(root).digest("hex").slice(0, 8);
  return { root, mark, log: logOf(stateDir) };
}

async function planLines(place: TimerPlace, plan: TimerPlan): Promise<RhythmChange[]> {
  if (place.kind === "cron") {
    const before = await place.crontab.read();
    const after = planCrontab(plan, before);
    return after === before ? [] : [{ file: "crontab", before, after }];
  }
  return planUnits(place.folder, plan);
}

function planUnits(folder: string, plan: TimerPlan): RhythmChange[] {
  const meant = new Map(planSystemd(plan).map(({ name, text }) => [name, text]));
  const changes: RhythmChange[] = [];
  for (const [name, after] of meant) {
    const file = join(folder, name);
    const before = readOwn(file, plan.mark);
    if (before !== after) changes.push({ file, ...(before === undefined ? {} : { before }), after });
    if (!name.endsWith(".timer")) continue;
    const link = linkOf(folder, name);
    const target = readLink(link, file);
    if (target !== file) changes.push({ file: link, ...(target === undefined ? {} : { before: target }), after: file, link: true });
  }
  for (const name of listNames(folder, plan.mark).filter((one) => !meant.has(one))) {
    const file = join(folder, name);
    if (!isOurs(file, plan.mark)) continue;
    const link = linkOf(folder, name);
    if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(link) === file) {
      changes.push({ file: link, before: file, link: true });
    }
    changes.push({ file, before: readFileSync(file, "utf8") });
  }
  return changes;
}

/**
 * Writes what was planned: each file whole or not at all. Broken off, it may be done again.
 *
 * @throws MosError `rhythm-changed` where a crontab is no longer what was shown
 */
export async function applyRhythm(place: TimerPlace, changes: readonly RhythmChange[]): Promise<void> {
  if (place.kind === "cron") {
    for (const { before, after } of changes) {
      if ((await place.crontab.read()) !== before) throw changedMeanwhile();
      await place.crontab.write(after ?? "");
    }
    return;
  }
  mkdirSync(join(place.folder, wanted), { recursive: true });
  for (const { file, after, link } of changes) {
    if (after === undefined) {
      rmSync(file, { force: true });
      continue;
    }
    const next = `${file}.mos-new`;
    rmSync(next, { force: true });
    if (link === true) symlinkSync(after, next);
    else writeFileSync(next, after, { mode: 0o600, flag: "wx" });
    renameSync(next, file);
  }
}

const wanted = "timers.target.wants";
const linkOf = (folder: string, name: string) => join(folder, wanted, name);

/** What has the name that units of ours have. */
function listNames(folder: string, mark: string): string[] {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  const isName = (name: string) => name.startsWith(unitPrefix(mark)) && /\.(?:service|timer)$/.test(name);
  return readdirSync(folder).filter(isName).sort();
}

function isOurs(file: string, mark: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() === true && isMarked(readFileSync(file, "utf8"), mark);
}

/** Of a file that is ours; nothing where none is. */
function readOwn(file: string, mark: string): string | undefined {
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  if (!isOurs(file, mark)) throw foreign(file);
  return readFileSync(file, "utf8");
}

function readLink(link: string, file: string): string | undefined {
  const found = lstatSync(link, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isSymbolicLink()) throw foreign(link);
  const target = readlinkSync(link);
  // As `systemctl --user enable` may write it.
  return join(link, "..", target) === file ? file : target;
}

function foreign(file: string): MosError {
  return new MosError({
    code: "rhythm-foreign",
    message: `${file} is there, and mos rhythm did not write it.`,
    hint: "Move it away, then run this again.",
  });
}

function changedMeanwhile(): MosError {
  return new MosError({
    code: "rhythm-changed",
    message: "The crontab was changed by somebody else meanwhile; nothing was written.",
    hint: "Run the same command again: it shows what it would be now.",
  });
}
