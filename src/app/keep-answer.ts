import type { Ticket } from "../contract/ticket.ts";
import { isWikiPath } from "../core/knowledge/find-places.ts";
import { flattenText } from "../core/knowledge/normalise-text.ts";
import { parsePage } from "../core/knowledge/parse-page.ts";
import { briefPlace, keepTold, listUntold, type ToldTexts, threadsPlace, ticketsPlace } from "../core/knowledge/recalled-answers.ts";
import { splitPassages } from "../core/search/split-passages.ts";
import type { FoundPassage } from "../port/search.ts";
import type { World } from "../port/world.ts";
import type { ListedThread } from "./list-threads.ts";
import type { ShownBrief } from "./show-briefs.ts";

/**
 * Keeps what an answer is about to tell an agent of a domain's wiki: said again it is no evidence (K2). Where it cannot be kept this
 * throws, and nothing is to be told. Nothing new: nothing is written.
 */
export async function keepAnswer(world: Pick<World, "store" | "clock">, args: { domain: string; told: ToldTexts }): Promise<void> {
  const { domain, told } = args;
  const fresh = await world.store.read((tx) => listUntold(tx, domain, told));
  if (fresh.size > 0) await world.store.write((tx) => keepTold(tx, { domain, at: world.clock.now(), told: fresh }));
}

export function tellPassages(passages: readonly Pick<FoundPassage, "page" | "text">[]): ToldTexts {
  const told = new Map<string, string[]>();
  for (const { page, text } of passages) told.set(page, [...(told.get(page) ?? []), text]);
  return told;
}

/**
 * What lines of a page tell: the claims and passages that stand in them, whole where only a part is shown. A statement goes over
 * several lines, and is said again in one.
 *
 * @param lines  the first and the last that are shown, from 1
 */
export function tellLines(path: string, text: string, lines: { readonly from: number; readonly to: number }): ToldTexts {
  const page = parsePage(text);
  const passages = splitPassages(path, page);
  const parts = [
    ...page.claims.map((claim) => ({
      text: claim.text,
      from: claim.line,
      to: claim.line + countBreaks(text.slice(claim.start, claim.end)),
    })),
    ...passages.map((passage, at) => ({
      text: passage.text,
      from: passage.line,
      to: (passages[at + 1]?.line ?? Number.MAX_SAFE_INTEGER) - 1,
    })),
  ];
  const shown = parts.filter(({ from, to }) => from <= lines.to && Math.max(from, to) >= lines.from);
  return new Map([[path, [...new Set(shown.map((part) => part.text))]]]);
}

export function tellThreads(threads: readonly ListedThread[]): ToldTexts {
  return new Map([[threadsPlace, threads.flatMap((thread) => ("problem" in thread ? [] : [thread.title, thread.next]))]]);
}

/** What a brief says and quotes of the wiki itself; of other things it is a finding like any other. */
export function tellBrief({ facts, decisions }: Pick<ShownBrief, "facts" | "decisions">): ToldTexts {
  const quotes = [...facts, ...decisions].flatMap(({ evidence }) =>
    evidence.filter(({ path }) => isWikiPath(path)).map(({ quote }) => quote),
  );
  const said = facts
    .filter(({ kind, evidence }) => kind === "wiki" || evidence.some(({ path }) => isWikiPath(path)))
    .map(({ text }) => text);
  return new Map([[briefPlace, [...said, ...quotes]]]);
}

/** A librarian's ticket says what is about to stand in the wiki; the words of others are work, and no page's. */
export function tellTicket({ role, body }: Pick<Ticket, "role" | "body">): ToldTexts {
  return new Map(role === "executor" ? [] : [[ticketsPlace, [flattenText(body)]]]);
}

function countBreaks(text: string): number {
  return text.split("\n").length - 1;
}
