import type { Fact } from "../../contract/brief.ts";
import type { Domain } from "../../contract/config.ts";
import type { World } from "../../port/world.ts";

const watched = /^(DOMAIN\.md|threads\/|wiki\/)/;

/** Says which threads, pages or guidance the operator has changed without committing: a scout reads commits only (S6). */
export async function readUncommitted(world: World, domain: Domain): Promise<Fact[]> {
  const edits = await world.git.at(domain.home.path).localEdits();
  const paths = [...new Set([...edits.staged, ...edits.unstaged, ...edits.untracked])].filter((path) => watched.test(path)).sort();
  if (paths.length === 0) return [];
  const named = `${paths.slice(0, 5).join(", ")}${paths.length > 5 ? ` and ${paths.length - 5} more` : ""}`;
  const text = `Not read, because not committed: ${named}`.slice(0, 1000);
  return [{ kind: "risk", text, evidence: [], score: 8 }];
}
