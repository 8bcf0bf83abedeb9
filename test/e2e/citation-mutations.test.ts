import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { fixWiki } from "../../src/app/fix-wiki.ts";
import { anchorQuote } from "../../src/core/knowledge/anchor-quote.ts";
import { checkDomainWiki } from "../../src/core/knowledge/check-wiki.ts";
import { sidecarPath } from "../../src/core/knowledge/sidecar.ts";
import { carryOutCites } from "../support/carry-out-cites.ts";
import { runGitIn } from "../support/make-repository.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";
import { type CitationCase, makeCitationCases, mutationKinds } from "../support/mutate-citation.ts";
import { readSeed } from "../support/read-seed.ts";

let made: WikiWorld | undefined;
afterEach(async () => {
  await made?.remove();
  made = undefined;
});

const seed = readSeed();
const count = 200;

test(`K4: ${count} mutated citations and histories are each classified rightly, and what moved is relocated by tickets alone (seed ${seed})`, async () => {
  const cases = makeCitationCases(seed, count);
  for (const kind of mutationKinds) {
    for (const direction of ["history", "forged"]) expect(cases.some((one) => one.kind === kind && one.direction === direction)).toBe(true);
  }
  made = await makeWikiWorld({ music: { prefix: "MUS", files: { "README.md": "# Music\n" } } });
  const { world } = made;
  const home = made.domain("music").home.path;
  writeHistory(home, cases);
  const check = () => checkDomainWiki({ domain: (made as WikiWorld).domain("music"), git: world.git, store: world.store });
  const classify = async () => {
    const problems = (await check()).filter(({ kind }) => kind.startsWith("citation-"));
    return Object.fromEntries(
      cases.map((one) => [
        describeCase(one),
        problems
          .filter(({ page }) => page === pageOf(one))
          .map(({ kind, problem }) =>
            kind === "citation-moved" ? `moved: ${problem.replace("the words now stand in ", "")}` : kind.slice(9),
          )
          .sort(),
      ]),
    );
  };
  expect(await classify()).toEqual(Object.fromEntries(cases.map((one) => [describeCase(one), expectedOf(one)])));

  const before = runGitIn(home, "rev-parse", "HEAD");
  await fixWiki(world, { domain: "music" });
  expect([runGitIn(home, "rev-parse", "HEAD"), runGitIn(home, "status", "--porcelain")]).toEqual([before, ""]);
  const tickets = await world.store.read((tx) => tx.tickets.list({ domain: "music" }));
  expect(new Set(tickets.map(({ role, status }) => `${role} ${status.state}`))).toEqual(new Set(["librarian ready"]));
  for (const ticket of tickets) await carryOutCites(home, ticket);
  expect(await checkDomainWiki({ domain: made.domain("music"), git: world.git, store: world.store, base: before })).toEqual([]);
  const left = cases.map((one) => {
    // What is gone is marked, and nothing is asked of it.
    const still = one.expected === "missing" || (typeof one.expected === "object" && one.expected.unsure);
    const beside = one.contradicts && one.expected === "missing" ? ["sidecar"] : [];
    return [describeCase(one), still ? [...expectedOf({ ...one, contradicts: undefined }), ...beside].sort() : []];
  });
  expect(await classify()).toEqual(Object.fromEntries(left));
});

function describeCase({ id, kind, direction, name }: CitationCase): string {
  return `${id} ${kind} ${direction}: ${name}`;
}

function expectedOf({ expected, contradicts }: Omit<CitationCase, "contradicts"> & { contradicts?: true | undefined }): string[] {
  const beside = contradicts ? ["sidecar"] : [];
  if (expected === "ok") return beside;
  if (typeof expected === "string") return [expected, ...beside].sort();
  const doubt = expected.unsure ? ", one of several places: which is meant, nothing around it says" : "";
  const { path, from, to } = expected;
  return [`moved: ${path}#L${from}${from === to ? "" : `-L${to}`}${doubt}`, ...beside];
}

function pageOf({ id }: CitationCase): string {
  return `wiki/${id}.md`;
}

/** first → cited → later (the same) → head, and beside cited a commit of the same tree that no branch holds. */
function writeHistory(home: string, cases: readonly CitationCase[]): void {
  const commit = (message: string) => {
    runGitIn(home, "add", "-A");
    runGitIn(home, "commit", "-q", "--allow-empty", "-m", message);
    return runGitIn(home, "rev-parse", "HEAD");
  };
  const put = (trees: readonly CitationCase["head"][]) => {
    const files = trees.flatMap((tree) => Object.entries(tree));
    for (const [path, content] of files) if (content === null) rmSync(join(home, path), { force: true });
    for (const [path, content] of files) if (content !== null) write(join(home, path), content);
  };
  put(cases.map((one) => one.first));
  const first = commit("docs: first");
  put(cases.map((one) => one.cited));
  const cited = commit("docs: what is cited");
  const side = runGitIn(home, "commit-tree", `${cited}^{tree}`, "-p", first, "-m", "docs: amended away");
  const later = commit("docs: later");
  put(cases.map((one) => one.head));
  const named: Record<string, string> = { first, cited, side, later };
  for (const [index, one] of cases.entries()) {
    const commitId = named[one.commit] ?? one.commit;
    const quote = one.quote === undefined ? "" : ` "${one.quote}"`;
    const raw = `commit ${commitId} ${one.path}#L${one.from}-L${one.to}${quote}`;
    write(join(home, pageOf(one)), `${matter}# ${one.id}\n\n- Something of ${one.id}. [^c1]\n\n[^c1]: ${raw}\n`);
    const sound = index % 2 === 0 && one.commit === "cited" && one.expected !== "missing";
    const anchored = one.anchored ?? (sound ? { path: one.path, from: one.from, to: one.to, quote: one.quote } : undefined);
    if (anchored === undefined) continue;
    const { path, from, to } = anchored;
    const hashes = anchorQuote(one.cited[path] as string, { from, to, quote: anchored.quote });
    const citations = { c1: { repository: "home", commit: cited, path, from, to, ...hashes } };
    write(join(home, sidecarPath(pageOf(one))), JSON.stringify({ version: 1, citations }));
  }
  commit("docs: head");
}

const matter = "---\ntitle: Case\nkind: pattern\nowner: music\nauthority: verified\nupdated: 2026-11-01\n---\n\n";

function write(path: string, content: string | { readonly link: string }): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { recursive: true, force: true });
  if (typeof content === "string") writeFileSync(path, content);
  else symlinkSync(content.link, path);
}
