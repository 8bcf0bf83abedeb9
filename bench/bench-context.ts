import { performance } from "node:perf_hooks";
import { tellScout } from "../src/stage/scout/tell-scout.ts";
import { makeWikiWorld } from "../test/support/make-wiki-world.ts";
import { type Figure, median } from "./figure.ts";
import { createRandom } from "./seeded.ts";

const pages = 336;
const claimsOnPage = 12;
const rounds = 40;
const boundMs = 100;

/**
 * What a scout is told of a wiki of 336 pages: its task, tickets, earlier questions and the passages that are near to what rules
 * found, from the index as main has the wiki at that moment. What rules find is not in it: no model is waited for meanwhile.
 */
export async function benchContext(): Promise<Figure[]> {
  const random = createRandom(336);
  const word = () => `word${Math.floor(8_000 ** random())}`;
  const words = (count: number) => Array.from({ length: count }, word).join(" ");
  const page = (title: string) =>
    `---\ntitle: ${title}\nkind: pattern\nowner: librarian\nauthority: verified\nupdated: 2026-11-20\n---\n\n# ${title}\n\n${Array.from({ length: claimsOnPage }, () => `- ${words(18)}.[^c1]`).join("\n")}\n\n[^c1]: operator 2026-11-01\n`;
  const files = Object.fromEntries(Array.from({ length: pages }, (_, at) => [`wiki/page-${at}.md`, page(words(3))]));
  const opened = await makeWikiWorld({ music: { prefix: "MUS", files } });
  try {
    const domain = opened.domain("music");
    const commit = opened.commit("music", { "threads/tour.md": `# ${words(4)}\n` });
    const tell = async () => {
      const facts = (["change", "thread"] as const).flatMap((kind) =>
        Array.from({ length: 20 }, () => ({ kind, text: words(12), evidence: [], score: 5 })),
      );
      const from = performance.now();
      const told = await tellScout(opened.world, { domain, found: { facts, decisions: [], guide: words(300) }, repo: domain.home, commit });
      if (!told.some(({ recalled = [] }) => recalled.length > 0)) throw new Error("nothing of the wiki was told");
      return performance.now() - from;
    };
    const firstMs = await tell();
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) times.push(await tell());
    const changed: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      opened.commit("music", { [`wiki/page-${round}.md`]: page(words(3)) });
      changed.push(await tell());
    }
    const detail = `${median(times).toFixed(1)} ms (median of ${rounds}); ${median(changed).toFixed(1)} ms after one page changed, ${firstMs.toFixed(0)} ms where there is no index yet`;
    return [
      { what: `a scout's context over a wiki of ${pages} pages, in ${boundMs} ms`, ratio: median(times) / boundMs, atMost: 1, detail },
    ];
  } finally {
    await opened.remove();
  }
}
