import { afterEach, expect, test } from "vitest";
import { fixWiki } from "../../src/app/fix-wiki.ts";
import { applyCites } from "../../src/core/knowledge/apply-cites.ts";
import { checkDomainWiki } from "../../src/core/knowledge/check-wiki.ts";
import { readSidecar, sidecarPath } from "../../src/core/knowledge/sidecar.ts";
import { carryOutCites } from "../support/carry-out-cites.ts";
import { runGitIn } from "../support/make-repository.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";

let made: WikiWorld | undefined;
afterEach(async () => {
  await made?.remove();
  made = undefined;
});

const plan = "# Plan\n\nMasters are due 14 days before release.\nSingles come out on Fridays.\n\nThe plant closes in August.\n";
const matter = "---\ntitle: Releases\nkind: pattern\nowner: music\nauthority: verified\nupdated: 2026-11-01\n---\n\n# Releases\n\n";

test("K4: --fix files one librarian's ticket that relocates what moved, says so, and edits nothing; a second call leaves it to that one", async () => {
  made = await makeWikiWorld({ music: { prefix: "MUS", files: { "notes/plan.md": plan } } });
  const { world } = made;
  const home = made.domain("music").home.path;
  const first = runGitIn(home, "rev-parse", "HEAD");
  const page = (masters: string, updated = "2026-11-01") =>
    `${matter.replace("2026-11-01", updated)}- Masters are due early.[^Big] \n- Singles: Fridays. [^c2]\n- It's said. [^c3]\n\n[^Big]: ${masters}\n[^c2]: commit ${first} notes/plan.md#L4\n[^c3]: commit ${first} notes/plan.md#L6 "closes in August"\n`;
  made.commit("music", {
    "wiki/index.md": "# Wiki\n\n- [Releases](releases.md)\n",
    "wiki/releases.md": page(`commit ${first} notes/plan.md#L3 "due 14 days"`),
    "wiki/old.md.cites.json": "{",
  });
  const tip = made.commit("music", {
    "notes/plan.md": "# Plan\n\n\n\nSingles come out on Fridays.\n",
    "notes/masters.md": "Masters are due 14 days before release.\n",
  });
  const told: string[] = [];
  const watched = { ...world, report: ({ text }: { text: string }) => told.push(text) };

  const problems = await fixWiki(watched, {});
  expect(problems.map(({ page, kind, ticket }) => [page, kind, ticket])).toEqual([
    ["wiki/old.md", "citation-sidecar", "MUS-1"],
    ["wiki/releases.md", "citation-moved", "MUS-1"],
    ["wiki/releases.md", "citation-moved", "MUS-1"],
    ["wiki/releases.md", "citation-stale", "MUS-1"],
  ]);
  expect(told).toEqual(["MUS-1 is filed: 2 citations relocated, 1 marked as gone or back, 0 get their hashes. mos run lands it."]);
  expect([runGitIn(home, "rev-parse", "HEAD"), runGitIn(home, "status", "--porcelain")]).toEqual([tip, ""]);
  expect((await fixWiki(watched, { domain: "music" })).map(({ ticket }) => ticket)).toEqual(Array(4).fill("MUS-1"));
  expect(told).toHaveLength(1);

  const ticket = await world.store.read((tx) => tx.tickets.get("MUS-1"));
  expect(ticket).toMatchObject({
    ...{ status: { state: "ready" }, role: "librarian", provenance: { standing: "librarian" } },
    touches: ["wiki/releases.md", "wiki/releases.md.cites.json", "wiki/old.md", "wiki/old.md.cites.json"],
  });
  if (!ticket) return;
  await carryOutCites(home, ticket);
  const moved = page(`commit ${tip} notes/masters.md#L1 "due 14 days"`, "2026-11-20")
    .replace(`commit ${first} notes/plan.md#L4`, `commit ${tip} notes/plan.md#L5`)
    .replace("- It's said. [^c3]", "- ~~It's said.~~ (stale since 2026-11-20) [^c3]")
    .replace(`"closes in August"`, `"closes in August" (gone since 2026-11-20)`);
  expect(runGitIn(home, "show", "HEAD:wiki/releases.md")).toBe(moved.trim());
  const { anchors } = readSidecar(runGitIn(home, "show", `HEAD:${sidecarPath("wiki/releases.md")}`));
  expect([...anchors].map(([id, { path, from }]) => [id, path, from])).toEqual([
    ["big", "notes/masters.md", 1],
    ["c2", "notes/plan.md", 5],
    ["c3", "notes/plan.md", 6],
  ]);
  expect(runGitIn(home, "ls-files", "wiki")).not.toContain("old");
  const check = { domain: made.domain("music"), git: world.git, store: world.store };
  expect(await checkDomainWiki({ ...check, base: tip })).toEqual([]);
  expect(await checkDomainWiki(check)).toEqual([]);
});

test("K4: an order is carried out as a whole or not at all, once, and by data alone", () => {
  const first = "a".repeat(40);
  const from = `commit ${first} notes/plan.md#L3 "due 14 days"`;
  const anchor = { repository: "home", commit: first, path: "notes/plan.md", from: 5, to: 5, quote: "0".repeat(64), before: "", after: "" };
  const order = { page: "wiki/a.md", updated: "2026-11-20", cites: [{ from, to: from.replace("L3", "L5"), anchor }] };
  const text = `${matter}- Masters. [^c1]\n\n[^c1]: ${from}\n`;
  const tree = (files: Record<string, string>) => ({ paths: Object.keys(files), read: (path: string) => files[path] });
  expect(applyCites(tree({}), order)).toMatchObject({ kind: "refused" });
  expect(applyCites(tree({ "wiki/a.md": text.replace("L3", "L4") }), order)).toMatchObject({
    kind: "refused",
    reason: expect.stringContaining("does not cite"),
  });
  const applied = applyCites(tree({ "wiki/a.md": text }), order);
  if (applied.kind !== "edited") throw new Error(applied.kind);
  expect(applied.edits.get("wiki/a.md")).toBe(text.replace("L3", "L5").replace("updated: 2026-11-01", "updated: 2026-11-20"));
  expect(applyCites(tree(Object.fromEntries([...applied.edits].map(([path, edit]) => [path, edit ?? ""]))), order)).toEqual({
    kind: "unchanged",
  });
});
