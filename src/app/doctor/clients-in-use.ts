import type { AgentClient, ClientState } from "../../port/agent.ts";
import { allDomains, type Finding, fails, type Patient } from "./doctor-check.ts";

/** A client that a domain's work goes to: by configuration, or by a ticket that is not done. */
interface ClientInUse {
  readonly domain: string;
  readonly runtime: string;
  /** Absent: not installed here, or never proven. It is disabled and named, which is configuration and no failure. */
  readonly client?: AgentClient;
  readonly missing?: string;
}

const notInstalled = "not installed";

/** Built-in runtimes have no client behind them and are left out. */
export async function findClientsInUse({ world }: Patient): Promise<ClientInUse[]> {
  const tickets = await world.store.read((tx) => tx.tickets.list());
  const used = allDomains(world).flatMap((domain) => {
    const open = tickets.filter((ticket) => ticket.domain === domain.name && ticket.status.state !== "merged" && !ticket.successor);
    const named = new Set([domain.runtime, ...open.map((ticket) => ticket.runtime)]);
    return [...named].flatMap((runtime) => {
      const found = world.runtimes[runtime];
      if (found && !found.client) return [];
      return [{ domain: domain.name, runtime, ...(found?.client ? { client: found.client } : {}) }];
    });
  });
  return Promise.all(
    used.map(async ({ client, ...use }) => {
      const missing = client ? await client.missing?.() : notInstalled;
      return missing === undefined && client ? { ...use, client } : { ...use, missing: missing ?? notInstalled };
    }),
  );
}

/** Asks each client once, and holds a bad answer against every domain that uses it. */
export async function askClients(
  used: readonly ClientInUse[],
  ask: (client: AgentClient) => Promise<ClientState>,
): Promise<(Finding | undefined)[]> {
  const answers = new Map<AgentClient, Promise<ClientState>>();
  return Promise.all(
    used.map(async ({ domain, runtime, client }) => {
      if (!client) return undefined;
      const answer = answers.get(client) ?? ask(client);
      answers.set(client, answer);
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
