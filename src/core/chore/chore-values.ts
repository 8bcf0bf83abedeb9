/** The values that each built-in chore's findings may have: what a playbook's placeholders may name. */
export const choreValues: Readonly<Record<string, readonly string[]>> = {
  "broken-links": ["path", "page"],
  "wiki-index": ["index"],
  "dead-threads": ["path", "stale", "title", "due"],
  "stale-claims": ["page", "movedPage"],
  "tracked-ignored": ["path"],
  "todo-harvest": ["list"],
  "dependency-ranges": ["path", "dependency"],
  changelog: ["file", "id"],
  "format-lint": ["path", "command"],
  "failing-tests": ["check", "command", "ended", "tail", "report"],
};
