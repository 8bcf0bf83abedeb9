import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ticket } from "../../src/contract/ticket.ts";
import { applyOrder, checkOrder } from "../../src/core/knowledge/apply-order.ts";
import { type ClaimOrder, ClaimOrders } from "../../src/core/knowledge/claim-order.ts";
import { makeTemporaryFolder } from "./make-repository.ts";
import type { WikiWorld } from "./make-wiki-world.ts";

/**
 * Does what a librarian's ticket says and lands it, without a box or a gate: its commands run by a real `sh`, in which
 * `mos-chore` only writes down the arguments that reach it; the orders among them are then carried out on main's tree.
 * That nothing else happened in the shell's folder is part of it.
 */
export async function landLibrarian(wiki: WikiWorld, id: string): Promise<void> {
  const { world } = wiki;
  const ticket = (await world.store.read((tx) => tx.tickets.get(id))) as Ticket;
  const repo = world.git.at(wiki.domain(ticket.domain).home.path);
  const files: Record<string, string> = {};
  const paths = (await repo.listTree("refs/heads/main")).map((entry) => entry.path);
  const texts = new Map(await Promise.all(paths.map(async (path) => [path, await repo.readFile("refs/heads/main", path)] as const)));
  const tree = { paths, read: (path: string) => files[path] ?? texts.get(path) };
  for (const order of ordersOf(ticket.run)) {
    const applied = applyOrder(tree, order);
    if (applied.kind === "refused") throw new Error(applied.reason);
    if (applied.kind === "edited") for (const [path, text] of applied.edits) files[path] = text;
  }
  const all = { paths: [...paths, ...Object.keys(files)], read: tree.read };
  const reasons = ordersOf(ticket.accept.map((point) => point.run ?? "")).flatMap((order) => checkOrder(all, order));
  if (reasons.length > 0) throw new Error(reasons.join("\n"));
  const commit = wiki.commit(ticket.domain, files);
  await world.store.write((tx) =>
    tx.tickets.update({ ...ticket, status: { state: "merged", commit, receipt: commit }, version: ticket.version + 1 }, ticket.version),
  );
}

function ordersOf(commands: readonly string[]): ClaimOrder[] {
  const folder = makeTemporaryFolder("mos-sh-");
  try {
    const tool = join(folder.path, "mos-chore");
    writeFileSync(tool, "#!/bin/sh\nprintf '%s' \"$4\"\n");
    chmodSync(tool, 0o755);
    return commands.flatMap((command) => {
      const env = { PATH: `${folder.path}:${process.env.PATH}` };
      return ClaimOrders.parse(JSON.parse(execFileSync("sh", ["-c", command], { cwd: folder.path, env, encoding: "utf8" })));
    });
  } finally {
    folder.remove();
  }
}
