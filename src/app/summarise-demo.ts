import type { RepoHandle } from "../contract/config.ts";
import type { Cause } from "../contract/ticket.ts";
import type { Commit } from "../port/git.ts";
import type { World } from "../port/world.ts";

export interface DemoSummary {
  readonly tickets: number;
  readonly merged: number;
  /** Neither merged nor blocked: drafts that wait for an answer. */
  readonly open: readonly { id: string; title: string; state: string }[];
  readonly blocked: readonly { id: string; title: string; causes: readonly Cause[] }[];
  /** `landed`: tickets, which come to `merged` together; `landings`: the commits on main with which they did, each for one or more. */
  readonly domains: readonly { name: string; sealed: boolean; landed: number; landings: number; lastLanding?: string }[];
}

/** The counts of a workspace's closing screen, from the store and from main itself. */
export async function summariseDemo(world: World): Promise<DemoSummary> {
  const tickets = await world.store.read((tx) => tx.tickets.list());
  const blocked = tickets.flatMap(({ id, title, status }) => (status.state === "blocked" ? [{ id, title, causes: status.causes }] : []));
  const merged = tickets.filter(({ status }) => status.state === "merged").length;
  const open = tickets
    .filter(({ status }) => status.state !== "merged" && status.state !== "blocked")
    .map(({ id, title, status }) => ({ id, title, state: status.state }));
  const isMerged = (name: string) => tickets.filter(({ domain, status }) => domain === name && status.state === "merged").length;
  const { operator } = world.workspace;
  // The cross-domain home is no domain of the person's; it is named where something landed there, so that the lines add up.
  const shown = [...world.workspace.domains, ...(isMerged(operator.name) > 0 ? [operator] : [])];
  const domains = await Promise.all(
    shown.map(async ({ name, sealed, home, repos }) => {
      const logs = await Promise.all(repos.map((repo) => listLandings(world, repo)));
      const last = logs[repos.indexOf(home)]?.[0]?.subject;
      const landings = logs.flat().length;
      return { name, sealed, landed: isMerged(name), landings, ...(last === undefined ? {} : { lastLanding: last }) };
    }),
  );
  return { tickets: tickets.length, merged, open, blocked, domains };
}

function listLandings(world: World, { path, branch, baseline }: RepoHandle): Promise<Commit[]> {
  const range = baseline === undefined ? `refs/heads/${branch}` : `${baseline}..refs/heads/${branch}`;
  return world.git.at(path).log(range, { firstParent: true });
}
