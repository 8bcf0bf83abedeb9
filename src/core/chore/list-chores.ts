import { brokenLinks } from "./broken-links/broken-links.ts";
import { changelog } from "./changelog/changelog.ts";
import type { Chore } from "./chore.ts";
import { deadThreads } from "./dead-threads/dead-threads.ts";
import { dependencyRanges } from "./dependency-ranges/dependency-ranges.ts";
import { failingTests } from "./failing-tests/failing-tests.ts";
import { formatLint } from "./format-lint/format-lint.ts";
import { staleClaims } from "./stale-claims/stale-claims.ts";
import { todoHarvest } from "./todo-harvest/todo-harvest.ts";
import { trackedIgnored } from "./tracked-ignored/tracked-ignored.ts";
import { wikiCite } from "./wiki-cite/wiki-cite.ts";
import { wikiClaim } from "./wiki-claim/wiki-claim.ts";
import { wikiIndex } from "./wiki-index/wiki-index.ts";

/** The built-in chores, the quick ones first: what is found is printed as it is found. */
export const chores: readonly Chore[] = [
  deadThreads,
  wikiIndex,
  trackedIgnored,
  dependencyRanges,
  changelog,
  todoHarvest,
  brokenLinks,
  staleClaims,
  formatLint,
  failingTests,
  wikiClaim,
  wikiCite,
];

export function findChore(id: string): Chore | undefined {
  return chores.find((chore) => chore.id === id);
}
