import { ModelRole } from "../../contract/agent.ts";
import type { Domain } from "../../contract/config.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { chooseRuntime } from "../../core/role/choose-runtime.ts";
import type { AgentClient, ClientState } from "../../port/agent.ts";
import type { World } from "../../port/world.ts";
import { allDomains, type Finding, fails, type Patient } from "./doctor-check.ts";

/** A client that a domain's work goes to: by configuration, or by a ticket that is not done. */
interface ClientInUse {
  readonly domain: string;
  readonly runtime: string;
  /** Absent: not installed here, or never proven. It is disabled and named, which is configuration and no failure. */
  readonly client?: AgentClient;
  readonly missing?: string;
  /** What it is to play there. */
  readonly roles: readonly ModelRole[];
}

const notInstalled = "not installed";

/** Built-in runtimes have no client behind them and are left out. */
export async function findClientsInUse({ world }: Patient): Promise<ClientInUse[]> {
  const tickets = await world.store.read((tx) => tx.tickets.list());
  const used = allDomains(world).flatMap((domain) => {
    const open = tickets.filter((ticket) => ticket.domain === domain.name && ticket.status.state !== "merged" && !ticket.successor);
    const named = listNamed(world, domain, open);
    return [...named].flatMap(([runtime, roles]) => {
      const found = world.roleRuntimes[runtime];
      if (Object.hasOwn(world.runtimes, runtime) || (found && !found.client)) return [];
      return [{ domain: domain.name, runtime, roles: [...roles], ...(found?.client ? { client: found.client } : {}) }];
    });
  });
  return Promise.all(
    used.map(async ({ client, ...use }) => {
      const missing = client ? await client.missing?.() : notInstalled;
      return missing === undefined && client ? { ...use, client } : { ...use, missing: missing ?? notInstalled };
    }),
  );
}

/** Who plays what in a domain: by its configuration, and by tickets that are not done. */
function listNamed(world: World, domain: Domain, tickets: readonly Ticket[]): Map<string, Set<ModelRole>> {
  const named = new Map<string, Set<ModelRole>>([[domain.runtime, new Set()]]);
  const add = (runtime: string, role: ModelRole) => named.set(runtime, (named.get(runtime) ?? new Set()).add(role));
  for (const { runtime, role } of tickets) add(runtime, role);
  for (const role of ModelRole.options) {
    const chosen = chooseRuntime(world.workspace, role, domain.name);
    if (chosen) add(chosen.runtime, role);
  }
  return named;
}

/** Asks each client once for the same roles, and holds a bad answer against every domain that uses it. */
export async function askClients(
  used: readonly ClientInUse[],
  ask: (client: AgentClient, roles: readonly ModelRole[]) => Promise<ClientState>,
): Promise<(Finding | undefined)[]> {
  const answers = new Map<string, Promise<ClientState>>();
  return Promise.all(
    used.map(async ({ domain, runtime, client, roles }) => {
      if (!client) return undefined;
      const question = [runtime, ...roles].join(" ");
      const answer = answers.get(question) ?? ask(client, roles);
      answers.set(question, answer);
      const state = await answer;
      return state.ok ? undefined : fails(`${runtime}: ${state.reason}`, state.fix, domain);
    }),
  );
}

export function nameDisabled(used: readonly ClientInUse[]): string {
  const reasons = [...new Set(used.flatMap(({ missing }) => missing ?? []))];
  const named = reasons.map((reason) => {
    const runtimes = new Set(used.flatMap(({ missing, runtime }) => (missing === reason ? [runtime] : [])));
    return `; disabled, since ${reason}: ${[...runtimes].join(", ")}`;
  });
  return named.join("");
}
