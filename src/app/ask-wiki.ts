import { setImmediate as giveWay } from "node:timers/promises";
import type { Domain } from "../contract/config.ts";
import { MosError } from "../contract/error.ts";
import { indexPath, isPagePath } from "../core/knowledge/check-page.ts";
import { parsePage } from "../core/knowledge/parse-page.ts";
import { chooseWords } from "../core/search/choose-words.ts";
import { splitPassages, splitVersion } from "../core/search/split-passages.ts";
import type { Repo } from "../port/git.ts";
import type {
  FoundEmbedder,
  OpenEmbedder,
  OpenPassageIndex,
  PageVersion,
  Passage,
  PassageIndex,
  Search,
  SenseQuery,
} from "../port/search.ts";
import type { World } from "../port/world.ts";
import { chooseDomains } from "./check-wiki.ts";

const maxDefault = 8;
const maxMost = 50;
const questionCharsMax = 4000;
/** How often an index that others renew at the same time is looked at again. */
const attemptsMax = 5;
/** A wiki with more has others that nothing finds; `mos wiki check` reads no more of them either. */
const pagesMax = 5_000;
/** Vectors computed between two writes. */
const vectorsAtOnce = 16;

const nobody: OpenEmbedder = async () => ({ kind: "absent", reason: "no embedder is looked for here", remedy: "" });

/**
 * Search over the wikis, each by its own index. An index says which tree it was made of, and is brought up to date where main
 * has another wiki: nothing has to be told of a landing, and what a crash leaves is made again. Vectors are added to it by
 * whoever has the time (`index`); a question waits for none.
 */
export function createSearch(world: Pick<World, "git" | "workspace">, open: OpenPassageIndex, openEmbedder: OpenEmbedder = nobody): Search {
  const { vectors, fusion } = world.workspace.config.search;
  const findEmbedder: OpenEmbedder = async () =>
    vectors === "off" ? { kind: "absent", reason: "mos.yaml says search.vectors: off", remedy: "Say auto there." } : await openEmbedder();
  return {
    async ask({ domain: name, question, max = maxDefault }) {
      const [domain] = chooseDomains(world, name);
      const asked = question.slice(0, questionCharsMax);
      const words = chooseWords(asked);
      if (!domain || words.length === 0 || !(max >= 1)) return [];
      const index = open(domain.name);
      const sense = await readSense(index, findEmbedder, asked);
      const find = (stamp: string) =>
        index.find({
          stamp,
          words,
          max: Math.floor(Math.min(max, maxMost)),
          ...(sense === undefined ? {} : { sense: { ...sense, fusion } }),
        });
      return (await findFresh(world, domain, index, find)) ?? [];
    },
    async index({ domain: name, untilMs, signal, progress }) {
      const [domain] = chooseDomains(world, name);
      if (!domain) throw new Error(`${name} is no domain`);
      const index = open(domain.name);
      const found = await findEmbedder();
      const embedder = found.kind === "found" ? found.embedder.name : "";
      const bring = () => findFresh(world, domain, index, async (stamp) => ((await index.stamp()) === stamp ? true : "stale"));
      const state = async () => ({
        domain: domain.name,
        ...((await index.count(embedder)) ?? { passages: 0, vectors: 0 }),
        ...(found.kind === "found" ? { embedder } : { absent: { reason: found.reason, remedy: found.remedy } }),
      });
      const begunMs = performance.now();
      while ((await bring()) === true && found.kind === "found" && performance.now() - begunMs < untilMs) {
        signal.throwIfAborted();
        const missing = await index.listUnembedded({ embedder, max: vectorsAtOnce });
        if (missing.length === 0) break;
        const made = await found.embedder.embed(missing.map(({ text }) => text)).catch(nameFailure);
        if (typeof made === "string") {
          const absent = { reason: `${embedder} failed: ${made}`, remedy: "Install it again, or say search.vectors: off in mos.yaml." };
          return { ...(await state()), absent };
        }
        const vectors = new Map(missing.flatMap(({ key }, at) => (made[at] === undefined ? [] : [[key, made[at]] as const])));
        await index.putVectors({ embedder, vectors });
        progress?.(await state());
      }
      return await state();
    },
  };
}

/**
 * What `find` gives of an index that is the one of main's wiki; `undefined` where main has no wiki. One that was just brought
 * up to date and still cannot be read is torn where nobody looked: it is made anew.
 */
async function findFresh<T>(
  world: Pick<World, "git">,
  domain: Domain,
  index: PassageIndex,
  find: (stamp: string) => Promise<T | "stale">,
): Promise<T | undefined> {
  const repo = world.git.at(domain.home.path);
  let made: string | undefined;
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    // With the slash it is a folder or nothing.
    const tree = await repo.resolve(`refs/heads/${domain.home.branch}:wiki/`);
    if (tree === undefined) return undefined;
    const stamp = `${splitVersion} ${domain.name} ${tree}`;
    const found = await find(stamp);
    if (found !== "stale") return found;
    const pages = await listVersions(repo, tree);
    const torn = made === stamp && [stamp, undefined].includes(await index.stamp());
    await index.update({ stamp, pages, read: (paths) => readPassages(repo, pages, paths), anew: torn });
    made = stamp;
  }
  throw new MosError({
    code: "search-unavailable",
    message: `the index of ${domain.name}'s wiki is replaced by others faster than it can be read`,
    hint: "Ask again.",
  });
}

/** Pages of the wiki's tree, each with what its passages are made by: its text, and how it is split. */
async function listVersions(repo: Repo, tree: string): Promise<PageVersion[]> {
  const entries = await repo.listTree(tree);
  return entries
    .map(({ mode, id, path }) => ({ mode, id, path: `wiki/${path}` }))
    .filter(({ mode, path }) => mode.startsWith("100") && isPagePath(path) && path !== indexPath)
    .slice(0, pagesMax)
    .map(({ id, path }) => ({ path, blob: `${splitVersion} ${id}` }));
}

async function readPassages(repo: Repo, pages: readonly PageVersion[], paths: readonly string[]): Promise<Map<string, Passage[]>> {
  const blobs = new Map(pages.map(({ path, blob }) => [path, blob.replace(/^\d+ /, "")]));
  const texts = await repo.readBlobs(paths.map((path) => blobs.get(path) ?? ""));
  const passages = new Map<string, Passage[]>();
  for (const [at, path] of paths.entries()) {
    const text = texts[at];
    passages.set(path, text === undefined ? [] : splitPage(path, text));
    // The resident process answers hooks meanwhile.
    await giveWay();
  }
  return passages;
}

/** A page that is nested deeper than can be read says nothing, and the others are found all the same. */
function splitPage(path: string, text: string): Passage[] {
  try {
    return splitPassages(path, parsePage(text));
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function nameFailure(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The question's vector, where the index has vectors to compare it with. What goes wrong with it costs the leg, not the answer. */
async function readSense(
  index: PassageIndex,
  openEmbedder: OpenEmbedder,
  question: string,
): Promise<Omit<SenseQuery, "fusion"> | undefined> {
  const found: FoundEmbedder = await openEmbedder();
  if (found.kind === "absent") return undefined;
  const { name: embedder } = found.embedder;
  if (((await index.count(embedder))?.vectors ?? 0) === 0) return undefined;
  const [vector] = await found.embedder.embed([question]).catch(() => []);
  return vector === undefined ? undefined : { embedder, vector };
}
