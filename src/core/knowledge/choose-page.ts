import { PageMatter } from "../../contract/knowledge.ts";
import { indexPath, type WikiFiles } from "./check-page.ts";
import { wordsOf } from "./compare-claims.ts";
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
    const text = [...(page?.headings ?? []), ...(page?.claims ?? [])].map((part) => part.text).join(" ");
    const score = [...new Set(tellingWords(text))].filter((word) => wanted.has(word)).length;
    if (score >= 2 && score > (best?.score ?? 0)) best = { path, score };
  }
  return best?.path ?? history;
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
