import type { Fact } from "../../contract/brief.ts";
import type { Domain } from "../../contract/config.ts";
import type { StoreReader } from "../../port/store.ts";

/** Checks that failed at their last run, as the store remembers it. A scout runs none itself. */
export async function readChecks(_tx: StoreReader, _args: { domain: Domain; heads: Readonly<Record<string, string>> }): Promise<Fact[]> {
  return [];
}
