import { defineDeedRule } from "./deed-rule.ts";

/** Host git recurses into a nested repository and runs what its config says (measured); T7 refuses submodules. */
export const refuseEmbeddedRepositories = defineDeedRule({
  id: "P3.36",
  guard: "pre-merge-gate",
  deeds: ["embed-repository", "change-submodule"],
  reason: (shown) => `${shown} puts a repository, submodule or filter into the worktree.`,
  remedy: () => "Make a scratch repository below /tmp; say in your report if a submodule or filter is really meant.",
});
