import type { Candidate } from "../contract/knowledge.ts";
import type { World } from "../port/world.ts";
import { getOpenCandidate } from "./approve-candidate.ts";

/**
 * `mos review reject`: the claim is not taken over, and what stands stays. It is kept, with the reason: nothing is lost.
 *
 * @throws MosError `candidate-unknown` (exit 3), `candidate-settled`
 */
export async function rejectCandidate(world: World, args: { id: string; reason?: string }): Promise<Candidate> {
  return world.store.write(async (tx) => {
    const candidate: Candidate = { ...(await getOpenCandidate(tx, args.id)), status: "rejected" };
    await tx.candidates.put(candidate);
    const { id, domain } = candidate;
    const reason = args.reason ?? "rejected in review";
    await tx.append({ kind: "candidate.rejected", domain, actor: "operator", authority: "operator", reason, data: { candidate: id } });
    return candidate;
  });
}
