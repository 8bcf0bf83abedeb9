import { exitCode, MosError } from "../contract/error.ts";
import { listOpenDomains } from "../core/workspace/list-open-domains.ts";
import type { World } from "../port/world.ts";
import { chooseDomains } from "./check-wiki.ts";

/** The same world, in which sealed domains are not configured: for what only reads. */
export function narrowWorld(world: World): World {
  const open = world.workspace.domains.filter(({ sealed }) => !sealed);
  const workspace = { ...world.workspace, domains: open };
  const search: World["search"] = {
    ask: async (args) => {
      chooseDomains({ workspace }, args.domain);
      return world.search.ask(args);
    },
    index: async (args) => {
      chooseDomains({ workspace }, args.domain);
      return world.search.index(args);
    },
  };
  return { ...world, workspace, search };
}

/**
 * What an agent's call names: a domain, a lane, a ticket. One of a sealed domain is refused, whether it exists or not, before
 * anything is done for it (S27). Throws `domain-sealed`.
 */
export function refuseSealedInput(world: Pick<World, "workspace">, input: unknown): void {
  const sealed = world.workspace.domains.filter((domain) => domain.sealed).map(({ name }) => name);
  const given = Object.entries(typeof input === "object" && input !== null ? input : {});
  for (const [key, value] of given) {
    for (const word of [value].flat()) {
      if (typeof word !== "string") continue;
      if (key === "id" || key === "ticket") refuseSealedTicket(world, word);
      const name = word.split("/")[0] ?? "";
      if ((key === "domain" || key === "name" || key === "lane") && sealed.includes(name)) throw domainSealed(name);
    }
  }
}

/** Throws `domain-sealed` or `domain-unknown`, which names open domains alone. */
export function requireOpen({ workspace }: World, name: string): void {
  const open = listOpenDomains(workspace).map((domain) => domain.name);
  if (open.includes(name)) return;
  if (workspace.domains.some((domain) => domain.name === name)) {
    throw domainSealed(name);
  }
  throw new MosError({
    code: "domain-unknown",
    message: `There is no domain ${JSON.stringify(name)}.`,
    hint: `The domains are: ${open.join(", ")}.`,
    exit: exitCode.notFound,
  });
}

/** A ticket that is asked for by its id. Throws `domain-sealed`. */
export function refuseSealedTicket({ workspace }: Pick<World, "workspace">, ticket: string): void {
  const domain = workspace.domains.find(({ prefix }) => ticket.startsWith(`${prefix}-`));
  if (!domain?.sealed) return;
  throw new MosError({
    code: "domain-sealed",
    message: `${ticket} belongs to a sealed domain: what is known of it is the operator's alone.`,
    hint: "The operator sees it in a terminal of their own.",
  });
}

function domainSealed(name: string): MosError {
  return new MosError({
    code: "domain-sealed",
    message: `${name} is sealed: nothing of it is shown to a session.`,
    hint: "The operator sees it in a terminal of their own.",
  });
}
