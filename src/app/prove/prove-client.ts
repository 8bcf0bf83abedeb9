import type { ProofRow } from "../../contract/proof.ts";
import { listWays, type Way } from "../../core/prove/list-ways.ts";
import { type ProveWayArgs, proveWay } from "./prove-way.ts";

export interface ProveClientArgs extends Omit<ProveWayArgs, "way" | "thorough" | "ranBefore"> {
  /** Those of the client that are tried; default all. `as started` always is. */
  readonly chooseWay?: (way: Way) => boolean;
  readonly onWay: (way: Way, rows: readonly ProofRow[]) => void;
  readonly signal: AbortSignal;
}

/**
 * One client, first as it is started and then in every way of attacking its guards. One after another: each looks at the same
 * disk. A way that fails to run is not proven, by its own words.
 */
export async function proveClient(args: ProveClientArgs): Promise<ProofRow[]> {
  const rows: ProofRow[] = [];
  let ranBefore = false;
  for (const [index, way] of listWays(args.client).entries()) {
    args.signal.throwIfAborted();
    if (index > 0 && (args.launcher.startedOnly || args.chooseWay?.(way) === false)) continue;
    const tried: Promise<ProofRow[]> = proveWay({ ...args, way, thorough: index === 0, ranBefore });
    const found = await tried.catch((cause: unknown) => [failRow(args, way, cause)]);
    args.signal.throwIfAborted();
    if (index === 0) ranBefore = found.some(({ outcome }) => outcome === "refused");
    rows.push(...found);
    args.onWay(way, found);
  }
  return rows;
}

function failRow({ client, launcher }: ProveClientArgs, way: Way, cause: unknown): ProofRow {
  const words = `it could not be tried: ${cause instanceof Error ? cause.message : String(cause)}`;
  return {
    ...{ client, profile: launcher.profile, agent: "main", way: way.id, guard: "boundary-guard", attempt: "everything" },
    ...{ outcome: "not-proven", layers: [], calls: [{ tool: "-", outcome: "not-proven", words }] },
  };
}
