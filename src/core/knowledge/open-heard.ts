import type { Artifact } from "../../contract/knowledge.ts";
import type { Store } from "../../port/store.ts";
import type { Statement } from "./read-statements.ts";
import { openRecalled, type Recall, readRecalled } from "./recalled.ts";
import { readTold } from "./recalled-answers.ts";

/**
 * How statements of one artifact stand to what the wiki told before (K2): to the contexts that it came from, and to all answers that
 * agents had of this domain before the artifact was kept. Two words of it are Master OS's own, whoever asked what: that a ticket
 * landed (its `Changed:`), and what a session's record says of a thread.
 */
export async function openHeard(
  store: Pick<Store, "read">,
  domain: string,
): Promise<(artifact: Artifact) => Promise<(statement: Pick<Statement, "kind">, words: string) => Recall>> {
  const { wiki, threads } = await store.read((tx) => readTold(tx, domain));
  const [ofWiki, ofThreads] = [openRecalled(wiki), openRecalled(threads)];
  return async (artifact) => {
    const contexts = await store.read((tx) => readRecalled(tx, artifact));
    const ofContexts = openRecalled(contexts.map((text) => ({ text })));
    return ({ kind }, words) => {
      const own = artifact.kind === "release" || (artifact.kind === "ticket" && kind === "changed");
      return strictest([
        ofContexts(words),
        ...(own ? [] : [ofWiki(words, artifact.at)]),
        ...(own || artifact.kind === "session" ? [] : [ofThreads(words, artifact.at)]),
      ]);
    };
  };
}

function strictest(recalls: readonly Recall[]): Recall {
  if (recalls.includes("recalled")) return "recalled";
  return recalls.includes("repeats") ? "repeats" : "own";
}
