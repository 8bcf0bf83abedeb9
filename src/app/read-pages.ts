import type { Domain } from "../contract/config.ts";
import { exitCode, MosError } from "../contract/error.ts";
import { PageMatter } from "../contract/knowledge.ts";
import { readWiki } from "../core/knowledge/read-wiki.ts";
import type { World } from "../port/world.ts";

export interface WikiPage {
  /** `wiki/voice.md`. */
  readonly path: string;
  readonly title: string;
  readonly kind?: string;
  readonly updated?: string;
  /** Standing claims. */
  readonly claims: number;
}

/** The pages of a domain's wiki as main has them, by path. What is not committed is not there. */
export async function listPages(world: World, args: { domain: Domain }): Promise<WikiPage[]> {
  const wiki = await openWiki(world, args.domain);
  const pages = [...(wiki?.pages ?? [])].map(([path, page]): WikiPage => {
    const matter = PageMatter.safeParse(page.matter?.data);
    return {
      path,
      title: matter.data?.title ?? page.headings[0]?.text ?? path,
      ...(matter.success ? { kind: matter.data.kind, updated: matter.data.updated } : {}),
      claims: page.claims.filter((claim) => !claim.superseded).length,
    };
  });
  return pages.sort((a, b) => a.path.localeCompare(b.path));
}

/** One page's text. Throws `page-not-found` for anything that is not a page of this wiki. */
export async function readPage(world: World, args: { domain: Domain; path: string }): Promise<string> {
  const wiki = await openWiki(world, args.domain);
  const page = wiki?.pages.get(args.path);
  if (page !== undefined) return page.text;
  throw new MosError({
    code: "page-not-found",
    message: `${args.domain.name}'s wiki has no page ${JSON.stringify(args.path)}.`,
    hint: "list_pages names them.",
    exit: exitCode.notFound,
  });
}

async function openWiki(world: World, domain: Domain) {
  const repo = world.git.at(domain.home.path);
  const tip = await repo.resolve(`refs/heads/${domain.home.branch}^{commit}`);
  return tip === undefined ? undefined : await readWiki(repo, tip);
}
