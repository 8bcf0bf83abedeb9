import type { RepoHandle } from "../../contract/config.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { excerptLog } from "../../core/gate/excerpt-log.ts";
import type { World } from "../../port/world.ts";
import type { Refusal } from "../../stage/gate/settle-car.ts";
import type { Failed, Failure, Prefix } from "./known-tests.ts";

/** What a ticket's last failure means for it. */
export function refusalOf(ticket: Ticket, { outcome, tree }: Failure): Refusal {
  if (outcome.kind === "red") return { ...outcome, tree };
  const clears = `${outcome.clears} Then: mos ticket unblock ${ticket.id}`;
  return { kind: outcome.kind === "refused" ? "refused" : "crash", reason: outcome.reason, clears };
}

/** Tells whoever watches that a test run begins, or by what it failed. */
export function reportBuild(world: World, args: { repo: RepoHandle; kind: string; prefix: Prefix; outcome?: Failed }): void {
  const { repo, kind, prefix, outcome } = args;
  const ids = prefix.cars.map(({ ticket }) => ticket.id);
  const what = ids.length === 0 ? `${repo.branch} of ${repo.lane} without any ticket` : `${kind}: ${ids.join(", ")}`;
  const ticket = outcome ? ids.at(-1) : ids[0];
  world.report({
    stage: "gate",
    domain: repo.domain,
    ...(ticket === undefined ? {} : { ticket }),
    state: outcome ? "update" : "start",
    text: outcome ? `${what} failed: ${describeOutcome(outcome)}` : what,
  });
}

/** In a few words, for who watches. */
function describeOutcome(outcome: Failed): string {
  return outcome.kind === "red" ? `${outcome.name}: ${excerptLog(outcome.detail)}`.slice(0, 300) : outcome.reason;
}
