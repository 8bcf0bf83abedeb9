import type { Candidate } from "../contract/knowledge.ts";
import { countOf } from "../core/text/count-of.ts";
import type { World } from "../port/world.ts";
import { keepArtifacts } from "../stage/close/keep-artifacts.ts";
import { distillDomain } from "../stage/distill/distill-domain.ts";
import { settleCandidates } from "../stage/distill/settle-candidates.ts";
import { chooseDomains } from "./check-wiki.ts";
import { refuseWhileStopped } from "./standing-stop.ts";

/** `mos distill`, as CONTRACT.md gives it; `tickets` are the librarian's. */
export interface DistillResult {
  /** How many were distilled. */
  readonly artifacts: number;
  readonly candidates: readonly Pick<
    Candidate,
    "id" | "domain" | "claim" | "confidence" | "reason" | "target" | "source" | "kind" | "route"
  >[];
  readonly routed: { readonly librarian: number; readonly operatorGlobal: number; readonly review: number };
  readonly tickets: readonly string[];
}

/**
 * Distils what is new in one domain, or in all and the operator's: merged tickets, session logs and research notes, each
 * once. No model. What has landed since is kept first, so that it need not wait for a session's close.
 *
 * @throws MosError `domain-unknown`; `stopped` while a stop of everything stands
 */
export async function distill(world: World, args: { domain?: string } = {}): Promise<DistillResult> {
  const domains = chooseDomains(world, args.domain);
  await world.store.read(refuseWhileStopped);
  await keepArtifacts(world);
  await settleCandidates(world);
  const result = { artifacts: 0, candidates: [] as Candidate[], tickets: [] as string[] };
  for (const domain of domains) {
    world.signal.throwIfAborted();
    if (args.domain === undefined && !(await world.git.isRepository(domain.home.path))) continue;
    world.report({ stage: "distill", domain: domain.name, state: "start", text: "looks for what is new" });
    const done = await distillDomain(world, domain);
    result.artifacts += done.artifacts.length;
    result.candidates.push(...done.candidates);
    result.tickets.push(...done.tickets);
    const text = `${countOf(done.artifacts.length, "artifact")}, ${countOf(done.candidates.length, "candidate")}`;
    world.report({ stage: "distill", domain: domain.name, state: done.artifacts.length === 0 ? "skipped" : "done", text });
  }
  const count = (route: Candidate["route"]) => result.candidates.filter((one) => one.route === route && one.status !== "written").length;
  return {
    artifacts: result.artifacts,
    candidates: result.candidates.map(({ status: _status, ticket: _ticket, against: _against, ...candidate }) => candidate),
    routed: { librarian: count("librarian"), operatorGlobal: count("operator-global"), review: count("review") },
    tickets: result.tickets,
  };
}
