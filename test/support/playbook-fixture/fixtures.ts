import { failingTests, flake8, formatLint } from "./checks.ts";
import { changelog, dependencyRanges, todoHarvest, trackedIgnored } from "./code.ts";
import { brokenLinks, deadThreads, overdueThread, wikiIndex } from "./documents.ts";
import type { PlaybookFixture } from "./fixture.ts";
import { staleClaims } from "./knowledge.ts";

/** Every built-in playbook, at least once. */
export const fixtures: readonly PlaybookFixture[] = [
  brokenLinks,
  wikiIndex,
  deadThreads,
  overdueThread,
  trackedIgnored,
  todoHarvest,
  dependencyRanges,
  changelog,
  staleClaims,
  formatLint,
  flake8,
  failingTests,
];
