import { createHash } from "node:crypto";
import type { RepoHandle } from "../../src/contract/config.ts";
import { Receipt } from "../../src/contract/run.ts";
import { receiptRef } from "../../src/core/gate/find-tip.ts";
import { writeLandingEvent } from "../../src/core/gate/landing-record.ts";
import type { Repo } from "../../src/port/git.ts";
import type { World } from "../../src/port/world.ts";

export const sha256 = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");

/** A receipt in its place in git, whoever's it is. */
export async function writeReceipt(git: Repo, commit: string, text: string): Promise<void> {
  const blob = await git.writeBlob(text);
  const ref = receiptRef(commit);
  const [before] = await git.refs(ref);
  await git.updateRefs([{ ref, to: blob, from: before?.id }], "test");
}

/**
 * What a landing leaves, without a test: main, the receipt in git and in the store, the log. With several tickets it is a
 * batch: its second parent is the chain of its tickets' own landings.
 *
 * @param given  of the receipt, instead of what is true
 */
export async function landByHand(
  world: World,
  repo: RepoHandle,
  args: { tickets?: readonly string[]; given?: Partial<Receipt>; unsaid?: boolean } = {},
): Promise<Receipt> {
  const git = world.git.at(repo.path);
  const tickets = args.tickets ?? ["MUS-1"];
  const base = (await git.resolve(`refs/heads/${repo.branch}`)) as string;
  const heads: Record<string, string> = {};
  let [tip, tree] = [base, base];
  for (const id of tickets) {
    tree = await git.editTree(tip, { [`notes/${id}.md`]: `${id} on ${base}\n` });
    heads[id] = await git.commitTree({ tree: await git.editTree(base, { [`notes/${id}.md`]: `${id}\n` }), parents: [base], message: id });
    tip = await git.commitTree({ tree, parents: [tip, heads[id] as string], message: `${id} lands` });
  }
  if (tickets.length > 1) tip = await git.commitTree({ tree, parents: [base, tip], message: tickets.join(", ") });
  await world.store.write((tx) => tx.append({ kind: "gate.tested", actor: "mos", reason: "grün", domain: repo.domain }));
  const receipt = Receipt.parse({
    id: tip,
    lane: repo.lane,
    tickets,
    base,
    tree,
    commit: tip,
    heads,
    gateHash: "0".repeat(64),
    logHead: await world.store.read((tx) => tx.logHead()),
    verdicts: tickets.map((id) => `${id}/1/${heads[id]?.slice(0, 12)}`),
    checks: [],
    doctor: { grade: "A", passed: 19, total: 19 },
    landedAt: "2026-11-20T08:00:00.000Z",
    ...args.given,
  });
  await git.updateRefs([{ ref: `refs/heads/${repo.branch}`, to: tip, from: base }], "test");
  await writeReceipt(git, tip, `${JSON.stringify(receipt, null, 2)}\n`);
  if (!args.unsaid) await recordByHand(world, repo, receipt);
  return receipt;
}

/** The receipt in the store, and the landing in the log. */
export async function recordByHand(world: World, repo: RepoHandle, receipt: Receipt): Promise<void> {
  await world.store.write(async (tx) => {
    await tx.receipts.put(receipt);
    await tx.append(writeLandingEvent({ receipt, repo, sha256 }));
  });
}
