import type { Domain } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import type { Artifact } from "../../contract/knowledge.ts";
import { type Proposal, readDistilled } from "../../core/knowledge/read-distilled.ts";
import type { World } from "../../port/world.ts";

const textCharsMax = 20_000;
const allCharsMax = 200_000;

export type Distilled =
  | { readonly kind: "silent" }
  | { readonly kind: "read"; readonly run: string; readonly proposals: readonly Proposal[]; readonly dropped: number }
  | { readonly kind: "failed"; readonly message: string };

/**
 * Asks the model that plays the distiller about what is new in its domain, once; with the domain's tree read-only before it.
 * Nobody plays it, or nothing is new: nothing is asked. It never fails: the rules' part stands whole without it (K3).
 */
export async function askDistiller(
  world: World,
  args: { domain: Domain; fresh: readonly Artifact[]; tip: string | undefined },
): Promise<Distilled> {
  const { domain, fresh, tip } = args;
  if (fresh.length === 0 || tip === undefined || world.roles.choose("distiller", domain.name) === undefined) return { kind: "silent" };
  try {
    const ready = await world.roles.ready("distiller", domain.name);
    if (!ready.ok) return { kind: "failed", message: ready.reason };
    const told = chooseTold(fresh);
    const input = told.map(({ id, text }) => ({ title: id, text: text.slice(0, textCharsMax), trust: "untrusted" as const }));
    const result = await world.slots.withSlot({ repo: domain.home, purpose: "distill", signal: world.signal }, async (slot) => {
      await slot.prepare(tip);
      return await world.roles.play({ role: "distiller", domain: domain.name, input, slot, readOnly: [], signal: world.signal });
    });
    world.signal.throwIfAborted();
    if (result.kind === "failed") return { kind: "failed", message: result.message };
    return { kind: "read", run: result.run.id, ...readDistilled(result.output, told) };
  } catch (error) {
    world.signal.throwIfAborted();
    if (error instanceof MosError || error instanceof Error) return { kind: "failed", message: error.message };
    throw error;
  }
}

/** What fits, the newest first; what was only said comes last. */
function chooseTold(fresh: readonly Artifact[]): Artifact[] {
  let chars = 0;
  const newest = fresh.toReversed();
  const wasSaid = ({ kind }: Artifact) => kind === "transcript";
  return [...newest.filter((one) => !wasSaid(one)), ...newest.filter(wasSaid)].filter(({ text }) => {
    chars += Math.min(text.length, textCharsMax);
    return chars <= allCharsMax;
  });
}
