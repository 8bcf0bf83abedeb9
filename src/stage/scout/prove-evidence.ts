import type { Evidence } from "../../contract/brief.ts";
import type { Domain } from "../../contract/config.ts";
import type { ClaimedEvidence } from "../../contract/role.ts";
import { findQuote, quoteFound } from "../../core/brief/find-quote.ts";
import type { World } from "../../port/world.ts";

/** Gives back only those pieces of evidence whose quote is that line at that commit. */
export type ProveEvidence = (evidence: readonly Evidence[]) => Promise<Evidence[]>;

/** Reads a file's lines at a commit; `undefined` when it is not there. */
export type ReadLines = (args: { repo: string; commit: string; path: string }) => Promise<readonly string[] | undefined>;

/**
 * A prover of evidence for one domain (S4). What a tool in a box says it saw is untrusted: each line is looked up in
 * git itself, and a quote that is not there is left out. Files are read once.
 */
export function makeProver(world: World, domain: Domain): { readLines: ReadLines; prove: ProveEvidence } {
  const cache = new Map<string, Promise<readonly string[] | undefined>>();
  const readLines: ReadLines = ({ repo, commit, path }) => {
    const key = `${repo}\0${commit}\0${path}`;
    const known = cache.get(key) ?? readFresh({ repo, commit, path });
    cache.set(key, known);
    return known;
  };
  const readFresh: ReadLines = async ({ repo, commit, path }) => {
    const handle = domain.repos.find((candidate) => candidate.name === repo);
    if (handle === undefined) return undefined;
    const text = await world.git.at(handle.path).readFile(commit, path);
    return text?.split("\n").map((line) => line.replace(/\r$/, ""));
  };
  const isTrue = async (item: Evidence): Promise<boolean> => (await readLines(item))?.[item.line - 1] === item.quote;
  const prove: ProveEvidence = async (evidence) => {
    const truths = await Promise.all(evidence.map(isTrue));
    return evidence.filter((_, index) => truths[index]);
  };
  return { readLines, prove };
}

/** Evidence for a line, when that line is there and short enough to quote whole. */
export async function quoteLine(
  readLines: ReadLines,
  place: { repo: string; commit: string; path: string; line: number },
): Promise<Evidence[]> {
  const quote = (await readLines(place))?.[place.line - 1];
  return quote === undefined || quote.length > 500 ? [] : [{ ...place, quote }];
}

/**
 * What of a model's claims stands where it says, at these heads; the others are left out. The quote is the line's own from
 * then on.
 *
 * @param seen  the repository whose tree the model saw: looked at first, since a claim names none by default
 */
export async function proveClaims(
  readLines: ReadLines,
  args: { claims: readonly ClaimedEvidence[]; seen: string; heads: Readonly<Record<string, string>> },
): Promise<Evidence[]> {
  const proven = await Promise.all(
    args.claims.map(async ({ repo: named, path, line, quote }): Promise<Evidence[]> => {
      for (const repo of new Set([args.seen, named])) {
        const commit = Object.hasOwn(args.heads, repo) ? args.heads[repo] : undefined;
        const text = commit === undefined ? undefined : (await readLines({ repo, commit, path }))?.[line - 1];
        const found = text === undefined ? undefined : quoteFound(text, quote);
        if (commit !== undefined && found !== undefined) return [{ repo, commit, path, line, quote: found }];
      }
      return [];
    }),
  );
  return proven.flat();
}

/** Where evidence of an older commit stands at these heads: on its line, or as the one such line of its file. Else it is left out. */
export async function followEvidence(
  readLines: ReadLines,
  evidence: readonly Evidence[],
  heads: Readonly<Record<string, string>>,
): Promise<Evidence[]> {
  const followed = await Promise.all(
    evidence.map(async (item): Promise<Evidence[]> => {
      const commit = heads[item.repo];
      if (commit === undefined) return [];
      const lines = await readLines({ repo: item.repo, commit, path: item.path });
      const line = lines === undefined ? undefined : findQuote(lines, item);
      return line === undefined ? [] : [{ ...item, commit, line }];
    }),
  );
  return followed.flat();
}
