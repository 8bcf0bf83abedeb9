import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "../../src/contract/knowledge.ts";
import { plainWords } from "../../src/core/knowledge/plain-words.ts";
import { readWiki } from "../../src/core/knowledge/read-wiki.ts";
import { distillDomain } from "../../src/stage/distill/distill-domain.ts";
import { settleCandidates } from "../../src/stage/distill/settle-candidates.ts";
import { landLibrarian } from "./land-librarian.ts";
import { makeRepository, makeTemporaryFolder, runGitIn } from "./make-repository.ts";
import { openWikiWorld, type WikiWorld } from "./make-wiki-world.ts";

/** What came of it: claims that stand, in the form that claims are compared in, with their sources; and what waits, by id. */
export interface Outcome {
  readonly claims: readonly string[];
  readonly held: readonly string[];
}

/** Distils these artifacts, a batch after the other, and lands what the librarian is to write after each. */
export async function replayArtifacts(wiki: WikiWorld, domain: string, batches: readonly (readonly Artifact[])[]): Promise<Outcome> {
  const { store } = wiki.world;
  // What has its turn later is not found before: a note lies in the tree from the beginning.
  await store.write(async (tx) => {
    for (const artifact of batches.flat()) await tx.artifacts.put({ ...artifact, distilledAt: wiki.clock.now() });
  });
  for (const batch of batches) {
    await store.write(async (tx) => {
      for (const { distilledAt: _distilledAt, ...artifact } of batch) await tx.artifacts.put(artifact);
    });
    const { tickets } = await distillDomain(wiki.world, wiki.domain(domain));
    for (const ticket of tickets) await landLibrarian(wiki, ticket);
    await settleCandidates(wiki.world, { domain });
  }
  return readOutcome(wiki, domain);
}

async function readOutcome({ world, domain: find }: WikiWorld, name: string): Promise<Outcome> {
  const files = await readWiki(world.git.at(find(name).home.path), "refs/heads/main");
  const claims = [...files.pages.values()].flatMap(({ claims: all, footnotes }) =>
    all
      .filter(({ superseded }) => !superseded)
      .map((claim) => {
        const sources = claim.footnotes.map((id) =>
          footnotes.find((note) => note.id === id)?.raw.replace(/^commit [0-9a-f]{40} /, "file "),
        );
        // One fact stands in the words of whoever said it first: which words, a clause's place in them too, is not compared.
        const words = plainWords(claim.text).filter((word) => word !== ",");
        return `${words.toSorted().join(" ")} <- ${sources.toSorted().join(" | ")}`;
      }),
  );
  const open = await world.store.read((tx) => tx.candidates.list({ domain: name, status: "open" }));
  return { claims: claims.toSorted(), held: open.map(({ id, confidence }) => `${id} ${confidence}`).toSorted() };
}

/** A world whose one domain is a clone of a repository, its wiki as it was at a commit. */
export async function cloneWikiWorld(args: { domain: string; prefix: string; repo: string; wikiAt: string }): Promise<WikiWorld> {
  const { domain, prefix, repo, wikiAt } = args;
  const folder = makeTemporaryFolder("mos-replay-");
  const home = join(folder.path, domain);
  runGitIn(folder.path, "clone", "-q", "--branch", "main", repo, home);
  runGitIn(home, "config", "user.name", "Test Operator");
  runGitIn(home, "config", "user.email", "operator@example.invalid");
  runGitIn(home, "rm", "-r", "-q", "wiki");
  runGitIn(home, "checkout", "-q", wikiAt, "--", "wiki");
  runGitIn(home, "commit", "-q", "--allow-empty", "-m", "the wiki as it was");
  makeRepository(join(folder.path, "operator"), { "DOMAIN.md": "# Operator\n" });
  mkdirSync(join(folder.path, ".mos"));
  const opened = await openWikiWorld(folder.path, { [domain]: { prefix, files: {} } });
  return {
    ...opened,
    remove: async () => {
      await opened.remove();
      folder.remove();
    },
  };
}
