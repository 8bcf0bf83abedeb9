import type { RepoHandle } from "../../contract/config.ts";
import { FlakyCheck } from "../../contract/run.ts";
import { TicketDraft } from "../../contract/ticket.ts";
import { countOf } from "../../core/text/count-of.ts";
import { createTicket } from "../../core/ticket/create-ticket.ts";
import type { World } from "../../port/world.ts";

/** Once may have been the machine; twice is the check. */
const filedAfter = 2;
const ticketsMax = 10;

/** Where a check's failures that were none are counted. */
export function flakyNote(lane: string, check: string): string {
  return `flaky:${lane}:${check}`;
}

/**
 * A check failed and then passed on the same tree: counted, on record, and at the second time filed as a draft for the operator
 * to decide on, once for each check.
 */
export async function countFlake(world: World, args: { repo: RepoHandle; prefix: string; check: string; ticket: string }): Promise<void> {
  const { repo, check, ticket } = args;
  const command = repo.checks.find(({ name }) => name === check)?.run ?? "false";
  const id = flakyNote(repo.lane, check);
  const now = world.clock.now();
  await world.store.write(async (tx) => {
    const known = FlakyCheck.safeParse((await tx.notes.get(id))?.value);
    const before = known.success ? known.data : undefined;
    const count = (before?.count ?? 0) + 1;
    const reason = `${check} of ${repo.lane} failed and then passed on the same tree (seen ${countOf(count, "time")})`;
    await tx.append({
      kind: "gate.flaky",
      domain: repo.domain,
      ticket,
      actor: "mos",
      reason,
      data: { lane: repo.lane, check, count },
    });
    const tickets = [...new Set([...(before?.tickets ?? []), ticket])].slice(-ticketsMax);
    const filed = before?.filed ?? (count >= filedAfter ? (await fileTicket(count, tickets)).id : undefined);
    const value: FlakyCheck = {
      check,
      count,
      firstAt: before?.firstAt ?? now,
      lastAt: now,
      tickets,
      ...(filed === undefined ? {} : { filed }),
    };
    await tx.notes.put({ id, value });

    async function fileTicket(times: number, held: readonly string[]) {
      const draft = TicketDraft.parse({
        title: `Make ${check} of ${repo.lane} reliable`,
        body: `It failed and then passed on the very same tree ${times} times, at ${held.join(", ")}. Each time costs a test run of the gate, and may hold up a good ticket.`,
        domain: repo.domain,
        repo: repo.name,
        accept: [{ text: `${check} passes ten times in a row`, run: tenTimes(command) }],
      });
      return createTicket(tx, { draft, prefix: args.prefix, sealedDomains: [], now, actor: "mos", reason });
    }
  });
}

function tenTimes(command: string): string {
  return `i=0; while [ $i -lt 10 ]; do (${command}) || exit 1; i=$((i+1)); done`;
}
