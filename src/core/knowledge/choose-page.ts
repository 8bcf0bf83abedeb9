import { type Citation, PageMatter } from "../../contract/knowledge.ts";
import { indexPath, type WikiFiles } from "./check-page.ts";
import { wordsOf } from "./compare-claims.ts";
import type { Claim, Page } from "./parse-page.ts";
import type { Statement } from "./read-statements.ts";

export const historyPath = "wiki/history.md";

const commonWords = new Set(
  "that this with from have been were will they them then than when what which into over only also more some such".split(" "),
);

/**
 * The page that a statement belongs on. What was decided and changed is history: the silo's page of that kind, by
 * default `wiki/history.md`, whether it exists yet or not. What was learned goes to the page of kind pattern that
 * speaks of it (two words of its title and claims), the best one; none does: history.
 */
export function choosePage(statement: Pick<Statement, "kind" | "claim">, files: WikiFiles): string {
  const history = files.pages.has(historyPath) ? historyPath : (pagesOf(files, "history")[0] ?? historyPath);
  if (statement.kind !== "learned") return history;
  const wanted = new Set(tellingWords(statement.claim));
  let best: { path: string; score: number } | undefined;
  for (const path of pagesOf(files, "pattern")) {
    const page = files.pages.get(path);
    const text = [...(page?.headings ?? []), ...(page ? claimsOfPeople(page) : [])].map((part) => part.text).join(" ");
    const score = [...new Set(tellingWords(text))].filter((word) => wanted.has(word)).length;
    if (score >= 2 && score > (best?.score ?? 0)) best = { path, score };
  }
  return best?.path ?? history;
}

/**
 * What distillation added says nothing of what the page is about: or the same statement would land elsewhere when another one was
 * distilled before it.
 */
function claimsOfPeople({ claims, footnotes }: Page): Claim[] {
  const distilled = new Set(footnotes.filter(({ citation }) => citation !== undefined && isDistilled(citation)).map(({ id }) => id));
  return claims.filter((claim) => claim.footnotes.length === 0 || !claim.footnotes.every((id) => distilled.has(id)));
}

function isDistilled(citation: Citation): boolean {
  if (citation.kind === "commit") return citation.path.startsWith("notes/");
  return citation.kind !== "operator";
}

function pagesOf(files: WikiFiles, kind: PageMatter["kind"]): string[] {
  const paths = [...files.pages.keys()].filter((path) => path !== indexPath).sort();
  return paths.filter((path) => {
    const matter = PageMatter.safeParse(files.pages.get(path)?.matter?.data);
    return matter.success && matter.data.kind === kind;
  });
}

function tellingWords(text: string): string[] {
  return wordsOf(text).filter((word) => word.length > 3 && !commonWords.has(word));
}
