import type { Cause } from "../contract/ticket.ts";
import type { World } from "../port/world.ts";

export interface DemoSummary {
  readonly tickets: number;
  readonly merged: number;
  /** Neither merged nor blocked: drafts that wait for an answer. */
  readonly open: readonly { id: string; title: string; state: string }[];
  readonly blocked: readonly { id: string; title: string; causes: readonly Cause[] }[];
  readonly domains: readonly { name: string; sealed: boolean; landed: number; lastLanding?: string }[];
}

/** The counts of a workspace's closing screen, from the store and from main itself. */
export async function summariseDemo(world: World): Promise<DemoSummary> {
  const tickets = await world.store.read((tx) => tx.tickets.list());
  const blocked = tickets.flatMap(({ id, title, status }) => (status.state === "blocked" ? [{ id, title, causes: status.causes }] : []));
  const merged = tickets.filter(({ status }) => status.state === "merged").length;
  const open = tickets
    .filter(({ status }) => status.state !== "merged" && status.state !== "blocked")
    .map(({ id, title, status }) => ({ id, title, state: status.state }));
  const domains = await Promise.all(
    world.workspace.domains.map(async ({ name, sealed, home }) => {
      const range = home.baseline === undefined ? `refs/heads/${home.branch}` : `${home.baseline}..refs/heads/${home.branch}`;
      const landings = await world.git.at(home.path).log(range, { firstParent: true });
      return { name, sealed, landed: landings.length, ...(landings[0] === undefined ? {} : { lastLanding: landings[0].subject }) };
    }),
  );
  return { tickets: tickets.length, merged, open, blocked, domains };
}
