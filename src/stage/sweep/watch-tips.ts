import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RepoHandle } from "../../contract/config.ts";
import { adoptCommand, findTip } from "../../core/gate/find-tip.ts";
import { isTakeBack } from "../../core/gate/is-take-back.ts";
import { findMover, parseRefLog, type RefMove, refLogName } from "../../core/gate/ref-log.ts";
import type { StoreReader } from "../../port/store.ts";
import type { World } from "../../port/world.ts";

/** A main that moved outside a landing (I3, G7). Its lane stands until it is adopted. */
export interface TipAlarm {
  readonly lane: string;
  readonly domain: string;
  /** Where main is; absent where it is gone. */
  readonly commit?: string;
  readonly reason: string;
}

/**
 * Looks at main of every lane. One that no receipt of the lander's covers is an alarm: an event, once for each such tip, and
 * the lane is paused. A lane with a landing under way is left alone: between its two refs it looks just like that. Changes
 * nothing else; may be repeated at any time, beside landings and other watchers.
 */
export async function watchTips(world: World): Promise<TipAlarm[]> {
  const alarms: TipAlarm[] = [];
  for (const domain of [...world.workspace.domains, world.workspace.operator]) {
    for (const repo of domain.repos) {
      const alarm = await watchTip(world, repo).catch(() => undefined); // one that cannot be read is the doctor's
      if (alarm) alarms.push(alarm);
    }
  }
  return alarms;
}

async function watchTip(world: World, repo: RepoHandle): Promise<TipAlarm | undefined> {
  const git = world.git.at(repo.path);
  const seen = await look(world, repo);
  if (seen.kind === "ours" || (await isBusy(world, repo))) return undefined;
  // A landing may have been between its two refs just then, and be done by now: what is foreign still is foreign.
  const again = await look(world, repo);
  if (again.kind !== seen.kind || again.commit !== seen.commit) return undefined;
  const { kind, commit } = again;
  const mover = commit === undefined ? undefined : findMover(await readRefLog(await git.gitDir()), { branch: repo.branch, commit });
  const reason = describe(repo, { kind, commit, mover });
  await world.store.write(async (tx) => {
    const note = await tx.notes.get(`tip-alarm:${repo.lane}`);
    const last = (note?.value as { commit?: string } | undefined)?.commit;
    if (!(await tx.lanes.get(repo.lane))?.paused && !(await isMending(tx, repo)))
      await tx.lanes.put({ id: repo.lane, paused: { by: "foreign-tip", reason, paths: [] } });
    if (last === (commit ?? "gone")) return;
    await tx.notes.put({ id: `tip-alarm:${repo.lane}`, value: { commit: commit ?? "gone" } });
    await tx.append({
      kind: "guard.alarm",
      domain: repo.domain,
      actor: "mos",
      reason,
      data: { lane: repo.lane, tip: commit ?? null, ...(mover ? { uid: mover.uid, command: mover.command } : {}) },
    });
  });
  return { lane: repo.lane, domain: repo.domain, ...(commit ? { commit } : {}), reason };
}

type Seen = { readonly kind: "ours" | "foreign" | "forged" | "gone"; readonly commit?: string };

async function look(world: World, repo: RepoHandle): Promise<Seen> {
  const tip = await findTip(world.git.at(repo.path), repo);
  if (tip.kind === "unborn") return { kind: "gone" };
  const { commit } = tip;
  if (tip.kind === "foreign") return { kind: "foreign", commit };
  if (commit === repo.baseline || (await world.store.read((tx) => isReceiptOurs(tx, repo, commit)))) return { kind: "ours", commit };
  return { kind: "forged", commit };
}

/** A landing or an adoption is under way: its intent is on record, or its lane is held by a process that lives. */
async function isBusy(world: World, repo: RepoHandle): Promise<boolean> {
  return world.store.read(async (tx) => {
    if ((await tx.landings.list({ lane: repo.lane })).length > 0) return true;
    const lease = await tx.leases.get(`lane:${repo.lane}`);
    return lease !== undefined && world.isProcessAlive(lease);
  });
}

/** A receipt's ref can be written by hand; its row can not, from outside. A store that knows no receipt of the lane at all is a new one. */
async function isReceiptOurs(tx: StoreReader, repo: RepoHandle, commit: string): Promise<boolean> {
  const known = await tx.receipts.list({ lane: repo.lane });
  return known.length === 0 || known.some((receipt) => receipt.commit === commit);
}

/** Red commits are taken back by a ticket of their own, which has to run in this very lane. */
async function isMending(tx: StoreReader, repo: RepoHandle): Promise<boolean> {
  return (await tx.tickets.list({ domain: repo.domain })).some(
    (ticket) => ticket.repo === repo.name && isTakeBack(ticket) && ["ready", "in_progress", "verifying"].includes(ticket.status.state),
  );
}

async function readRefLog(gitDir: string): Promise<RefMove[]> {
  return parseRefLog(await readFile(join(gitDir, refLogName), "utf8").catch(() => ""));
}

function describe(repo: RepoHandle, seen: { kind: Seen["kind"]; commit: string | undefined; mover: RefMove | undefined }): string {
  const { kind, commit, mover } = seen;
  if (commit === undefined) return `${repo.lane} has no ${repo.branch}: restore the branch`;
  const what = kind === "forged" ? "whose receipt the lander did not write" : "which no receipt covers";
  const who = mover ? ` (by uid ${mover.uid}${mover.command ? `: ${mover.command}` : ""})` : "";
  const first = kind === "forged" ? `git -C '${repo.path}' update-ref -d refs/mos/receipts/${commit}, then ` : "";
  return `${repo.branch} of ${repo.lane} is at ${commit.slice(0, 12)}, ${what}${who}: ${first}${adoptCommand(repo)}`;
}
