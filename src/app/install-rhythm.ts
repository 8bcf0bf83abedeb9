import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Workspace } from "../contract/config.ts";
import { planCrontab, planSystemd, type TimerPlan } from "../core/rhythm/plan-timers.ts";
import type { Crontab } from "../port/crontab.ts";

/** Where the machine keeps what it runs by the clock for this person. */
export type TimerPlace =
  | { readonly kind: "systemd" /** Absolute. */; readonly folder: string }
  | { readonly kind: "cron"; readonly crontab: Crontab };

export interface RhythmChange {
  /** A file, absolute, or `crontab`. */
  readonly file: string;
  readonly after: string;
}

/** Changes alone: what is as it would be written is not among them. Writes nothing. */
export async function planRhythm(args: { workspace: Workspace; place: TimerPlace; program: readonly string[] }): Promise<RhythmChange[]> {
  const { workspace, place, program } = args;
  const lines = [...workspace.domains, workspace.operator].map(({ name, rhythm }) => ({ domain: name, cron: rhythm.distill }));
  const mark = createHash("sha256").update(workspace.root).digest("hex").slice(0, 8);
  const plan: TimerPlan = { root: workspace.root, mark, program, lines };
  if (place.kind === "cron") {
    const before = await place.crontab.read();
    const after = planCrontab(plan, before);
    return after === before ? [] : [{ file: "crontab", after }];
  }
  const { folder } = place;
  return planSystemd(plan)
    .map(({ name, text }) => ({ file: join(folder, name), after: text }))
    .filter(({ file, after }) => readOwn(file) !== after || (file.endsWith(".timer") && !isWanted(folder, file)));
}

/** Writes what was planned: each file whole or not at all, and the link by which systemd starts a timer with the session. */
export async function applyRhythm(place: TimerPlace, changes: readonly RhythmChange[]): Promise<void> {
  if (place.kind === "cron") {
    for (const { after } of changes) await place.crontab.write(after);
    return;
  }
  mkdirSync(join(place.folder, wanted), { recursive: true });
  for (const { file, after } of changes) {
    writeFileSync(`${file}.new`, after, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    if (!file.endsWith(".timer")) continue;
    const link = linkOf(place.folder, file);
    rmSync(link, { force: true });
    symlinkSync(file, link);
  }
}

const wanted = "timers.target.wants";
const linkOf = (folder: string, file: string) => join(folder, wanted, file.slice(folder.length + 1));

function isWanted(folder: string, file: string): boolean {
  return lstatSync(linkOf(folder, file), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function readOwn(file: string): string | undefined {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  return readFileSync(file, "utf8");
}
