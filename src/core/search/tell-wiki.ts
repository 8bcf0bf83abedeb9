import type { RoleInput } from "../../port/roles.ts";
import type { FoundPassage } from "../../port/search.ts";
import type { World } from "../../port/world.ts";

/** What a role is told of the wiki, in tokens, and of how many passages. */
export const wikiTokensMax = 2_000;
const passagesMax = 12;

/**
 * What a domain's own wiki says of a role's task (Q12): the passages nearest to a question, nearest first, as many as fit, each with
 * its place and its sources; none where nothing is found. It is data, and marked as recalled. Trouble with the search is said,
 * and is no trouble of the role's.
 *
 * @param question  words of the task: they choose among passages, and are not told
 */
export async function tellWiki(
  world: Pick<World, "search" | "report">,
  task: { stage: string; domain: string; ticket?: string; question: string; tokensMax?: number },
): Promise<RoleInput[]> {
  const { question, tokensMax = wikiTokensMax, ...place } = task;
  const found = await world.search.ask({ domain: task.domain, question, max: passagesMax }).catch((error: unknown) => {
    const text = `the wiki could not be searched: ${error instanceof Error ? error.message : String(error)}`;
    world.report({ ...place, state: "update", text });
    return [];
  });
  const told = fitPassages(found, tokensMax);
  if (told.length === 0) return [];
  const text = told.map(writePassage).join("\n\n");
  return [{ title: "Passages of the wiki", text, trust: "untrusted", recalled: told.map((passage) => passage.text) }];
}

/** The nearest that fit. One that does not is left out whole: half a claim may say the opposite. */
export function fitPassages(found: readonly FoundPassage[], tokensMax: number): FoundPassage[] {
  let left = tokensMax;
  return found.filter((passage) => {
    const tokens = countTokens(writePassage(passage));
    if (!(tokens <= left)) return false;
    left -= tokens;
    return true;
  });
}

function writePassage({ page, line, heading, text, citations }: FoundPassage): string {
  const sources = citations.length === 0 ? [] : [`Sources: ${citations.join("; ")}`];
  return [`${page}:${line}${heading === "" ? "" : ` (${heading})`}`, text, ...sources].join("\n");
}

/** No less than any common tokenizer makes of prose: three bytes of UTF-8 a token. */
function countTokens(text: string): number {
  return Math.ceil(new TextEncoder().encode(text).length / 3);
}
