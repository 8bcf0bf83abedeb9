import { isWikiPath } from "../../knowledge/find-places.ts";
import type { Lookup, Sources } from "../../knowledge/sources.ts";
import type { ChoreWorld } from "../chore.ts";

const filesFoundMax = 20;

/** What citations lead to, as far as one repository's tree and history tell. The store is not within reach here. */
export function readSources(world: ChoreWorld): Sources {
  const elsewhere = (reason: string): Lookup => ({ kind: "unreachable", reason });
  return {
    async place(commit) {
      const tip = world.history.head();
      return tip === undefined || !world.history.has(commit) ? undefined : { repository: world.repository, tip };
    },
    async fileAt(commit, path) {
      const text = world.history.readAt(commit, path);
      return text === undefined ? elsewhere(`commit ${commit} may lie in another repository`) : { kind: "text", text };
    },
    async fileNow(_, path) {
      if (!world.tree.has(path)) return { kind: "absent", reason: `${path} is gone` };
      const text = world.tree.read(path);
      return text === undefined ? elsewhere(`${path} is no text`) : { kind: "text", text };
    },
    async filesWith(_, line) {
      if (line === "") return [];
      const found: string[] = [];
      for (const path of world.tree.paths) {
        if (found.length >= filesFoundMax) break;
        if (!isWikiPath(path) && world.tree.read(path)?.includes(line)) found.push(path);
      }
      return found;
    },
    ticket: async () => elsewhere("there is no store here"),
    artifact: async () => elsewhere("there is no store here"),
  };
}
