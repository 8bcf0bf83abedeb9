import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callMos } from "../support/file-tickets.ts";
import { commitFiles, makeRepository, makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { readEnvelope, runMos } from "../support/run-mos.ts";

const long = Boolean(process.env.MOS_TEST_LONG);
const made = makeTemporaryFolder("mos-wiki-fix-");
const folder = made.path;
const root = join(folder, "os");
const repo = join(folder, "repos/music");
afterAll(() => made.remove());

interface Problem {
  readonly domain: string;
  readonly page: string;
  readonly line: number;
  readonly problem: string;
  readonly kind: string;
  readonly citation?: string;
  readonly ticket?: string;
}

const facts = {
  moved: "Masters are due fourteen days before release.",
  edited: "The plant closes in August.",
  deleted: "Proofs are kept for ten years.",
  renamed: "The sleeve is printed in Leipzig.",
  kept: "Singles come out on Fridays.",
};
type Fact = keyof typeof facts;

describe.skipIf(!boxAvailable)("K4: mos wiki check --fix by the built program, through the whole gate (needs a sandbox)", () => {
  let cited = "";
  const pageText = () => {
    const lines = (Object.keys(facts) as Fact[]).map((fact) => `- ${facts[fact]}[^${fact}]\n`).join("");
    const notes = (Object.keys(facts) as Fact[])
      .map((fact) => `[^${fact}]: commit ${cited} notes/${fact}.md#L3 "${facts[fact]}"\n`)
      .join("");
    return `---\ntitle: Releases\nkind: pattern\nowner: music\nauthority: verified\nupdated: 2026-01-01\n---\n\n# Releases\n\n${lines}\n${notes}`;
  };
  const onMain = (path: string) => runGitIn(repo, "show", `main:${path}`);

  async function check(...args: string[]): Promise<{ exit: number | undefined; problems: Problem[] }> {
    const run = await runMos(["wiki", "check", "--domain", "music", ...args, "--json", "--no-input"], { cwd: root });
    const { kind, data } = readEnvelope(run);
    expect(kind).toBe("wiki-problems");
    return { exit: run.exitCode, problems: data as Problem[] };
  }
  const summary = (problems: readonly Problem[]) =>
    problems.map(({ kind, citation = "", problem }) => `${kind} ${(citation || problem).replace(/^.*notes\/(\w+)\.md.*$/s, "$1")}`).sort();

  async function land(draft: Record<string, unknown>): Promise<{ id: string; state: string; text: string }> {
    const filed = await runMos(["ticket", "new", "--file", "-", "--json", "--no-input"], {
      cwd: root,
      input: JSON.stringify({ domain: "music", accept: ["true"], ...draft }),
    });
    const { id } = (JSON.parse(filed.stdout) as { data: { id: string } }).data;
    await callMos(root, ["ticket", "ready", id]);
    await runMos(["run", "--json", "--no-input"], { cwd: root });
    const shown = (await callMos(root, ["ticket", "show", id])) as { state: string };
    return { id, state: shown.state, text: JSON.stringify(shown) };
  }

  beforeAll(async () => {
    writeFileSync(join(folder, ".gitconfig"), "[user]\n\tname = Op\n\temail = op@example.invalid\n");
    const init = await runMos(["init", root, "--yes"], { cwd: folder });
    expect(init.exitCode, init.stderr).toBe(0);
    writeFileSync(join(root, ".gitconfig"), readFileSync(join(folder, ".gitconfig")));
    const notes = Object.fromEntries(
      (Object.keys(facts) as Fact[]).map((fact) => [`notes/${fact}.md`, `# ${fact}\n\n${facts[fact]}\n\nThe end of ${fact}.\n`]),
    );
    cited = makeRepository(repo, { "DOMAIN.md": "# Music\n", ...notes });
    commitFiles(repo, { "wiki/index.md": "# Wiki\n\n- [Releases](releases.md)\n", "wiki/releases.md": pageText() }, "docs: the wiki");
    await callMos(root, ["domain", "add", "music", "--path", repo, "--knowledge-only", "--yes"]);
  }, 300_000);

  test("a wiki that holds: exit 0, no rows, and a sentence", async () => {
    expect(await check()).toEqual({ exit: 0, problems: [] });
    const run = await runMos(["wiki", "check", "--no-input"], { cwd: root });
    expect([run.exitCode, run.stdout]).toEqual([0, expect.stringContaining("Every page, link and citation holds.")]);
  });

  test("a ticket that changes sources lands, and each citation is classified; exit 5", async () => {
    const work = await land({
      title: "Tidy the notes",
      touches: ["notes/"],
      run: [
        "sed -i '1a\\\\\\n\\nA line.\\n\\nAnother line.' notes/moved.md",
        "sed -i 's/closes in August/closes in May/' notes/edited.md",
        "git rm -q notes/deleted.md",
        "git mv notes/renamed.md notes/sleeve.md",
      ],
    });
    expect(work.state, work.text).toBe("merged");
    const { exit, problems } = await check();
    expect(exit).toBe(5);
    expect(summary(problems)).toEqual([
      "citation-moved moved",
      "citation-moved renamed",
      "citation-stale deleted",
      "citation-stale edited",
    ]);
    for (const one of problems) {
      expect(one).toMatchObject({ domain: "music", page: "wiki/releases.md", line: expect.any(Number), problem: expect.any(String) });
      expect(onMain(one.page).split("\n")[one.line - 1], JSON.stringify(one)).toMatch(/^(- |\[\^)/);
      expect(one.ticket).toBeUndefined();
    }
    const run = await runMos(["wiki", "check", "--no-input"], { cwd: root });
    expect(run.exitCode).toBe(5);
    expect(run.stdout.split("\n").filter((line) => /citation-(moved|stale)/.test(line))).toHaveLength(4);
  });

  test("a scout sees what is stale", async () => {
    await runMos(["start", "--answers-template", join(folder, "template.yaml"), "--json", "--no-input"], { cwd: root });
    const briefs = JSON.stringify(await callMos(root, ["brief", "--domain", "music"]));
    expect(briefs).toContain("wiki/releases.md");
    expect(briefs).toMatch(/stale|no longer|any more/);
  });

  test("--fix files a librarian's ticket and edits nothing; mos run lands it; the receipts verify; again there is nothing to file", async () => {
    const tip = runGitIn(repo, "rev-parse", "main");
    const fixed = await check("--fix");
    expect(fixed.exit).toBe(5);
    const tickets = [...new Set(fixed.problems.flatMap(({ ticket }) => ticket ?? []))];
    expect(tickets).toHaveLength(1);
    expect(fixed.problems.map(({ ticket }) => ticket)).toEqual(Array(4).fill(tickets[0]));
    expect([runGitIn(repo, "rev-parse", "main"), runGitIn(repo, "status", "--porcelain")]).toEqual([tip, ""]);
    expect((await check("--fix")).problems.map(({ ticket }) => ticket)).toEqual(Array(4).fill(tickets[0]));
    const all = (await callMos(root, ["ticket", "list"])) as { id: string; state: string }[];
    expect(all.filter(({ state }) => state === "ready").map(({ id }) => id)).toEqual(tickets);

    expect(await callMos(root, ["run"])).toMatchObject({ merged: tickets });
    const receipt = (await callMos(root, ["gate", "receipt", tickets[0] as string])) as {
      tickets: string[];
      checks: { name: string; exitCode: number }[];
    };
    expect(receipt).toMatchObject({ tickets, checks: [{ name: "wiki", exitCode: 0 }] });
    expect(await callMos(root, ["log", "verify"])).toMatchObject({ ok: true });
    const page = onMain("wiki/releases.md");
    const moved = onMain("notes/moved.md").split("\n").indexOf(facts.moved) + 1;
    expect(moved).toBeGreaterThan(3);
    expect(page).toContain(`[^moved]: commit ${tip} notes/moved.md#L${moved} "${facts.moved}"`);
    expect(page).toContain(`[^renamed]: commit ${tip} notes/sleeve.md#L3 "${facts.renamed}"`);
    // What nothing says any more is struck through and keeps its source, which is marked.
    for (const fact of ["edited", "deleted"] as const) {
      expect(page).toMatch(new RegExp(`^- ~~${facts[fact].replace(".", "\\.")}.*\\(stale since \\d{4}-\\d\\d-\\d\\d\\)`, "m"));
      expect(page).toMatch(
        new RegExp(`^\\[\\^${fact}\\]: commit ${cited} notes/${fact}\\.md#L3 .*\\(gone since \\d{4}-\\d\\d-\\d\\d\\)$`, "m"),
      );
    }
    expect(Object.keys((JSON.parse(onMain("wiki/releases.md.cites.json")) as { citations: object }).citations)).toEqual(
      expect.arrayContaining(["moved", "renamed", "kept"]),
    );

    expect(await check("--fix")).toEqual({ exit: 0, problems: [] });
    expect((await callMos(root, ["ticket", "list"])) as unknown[]).toHaveLength(all.length);
  });

  const footnote = (path: string, quote: string, commit = cited) => `[^new]: commit ${commit} ${path} "${quote}"`;
  const addClaim = (note: string) => [
    `printf '%s\\n' '- Something new.[^new]' '' '${note}' >> wiki/releases.md`,
    "grep -q new wiki/releases.md",
  ];
  const falsehoods: [string, () => string, RegExp][] = [
    [
      "a quote that its source does not say",
      () => footnote("notes/kept.md#L3", "Singles come out on Mondays."),
      /do not say|does not say|missing|not found/i,
    ],
    ["lines that are not there", () => footnote("notes/kept.md#L300", facts.kept), /releases\.md:\d+/],
    ["a commit that is on no branch", () => footnote("notes/kept.md#L3", facts.kept, "f".repeat(40)), /releases\.md:\d+/],
    ["a path that leads out", () => footnote("../music/notes/kept.md#L3", facts.kept), /releases\.md:\d+/],
    ["the wiki itself", () => footnote("wiki/releases.md#L11", facts.moved), /releases\.md:\d+/],
    ["what no longer stands there", () => footnote("notes/edited.md#L3", facts.edited), /releases\.md:\d+/],
  ];
  test.each(falsehoods.filter((_, at) => long || at % 5 === 0))(
    "the gate refuses a ticket that cites %s, with the reason",
    async (_, note, reason) => {
      const tip = runGitIn(repo, "rev-parse", "main");
      const work = await land({ title: "Claim it", role: "librarian", touches: ["wiki/releases.md"], run: addClaim(note()) });
      expect(work.state, work.text).toBe("blocked");
      expect(work.text).toMatch(/wiki/);
      expect(work.text).toMatch(reason);
      expect(runGitIn(repo, "rev-parse", "main")).toBe(tip);
    },
  );

  test("the gate refuses one that keeps a false citation on a claim that it changes, and lands one that mends it", async () => {
    const source = { title: "Edit a source", touches: ["notes/kept.md"], run: ["sed -i 's/on Fridays/on Mondays/' notes/kept.md"] };
    expect((await land(source)).state).toBe("merged");
    expect(await check()).toMatchObject({ exit: 5, problems: [{ kind: "citation-stale", page: "wiki/releases.md" }] });
    const reword = { title: "Reword", role: "librarian", touches: ["wiki/releases.md", "wiki/releases.md.cites.json"] };
    const tip = runGitIn(repo, "rev-parse", "main");
    const change = await land({ ...reword, run: ["sed -i 's/^- Singles come out/- All singles come out/' wiki/releases.md"] });
    expect(change.state, change.text).toBe("blocked");
    expect(change.text).toMatch(/releases\.md:\d+/);
    expect(runGitIn(repo, "rev-parse", "main")).toBe(tip);
    const mend = await land({
      ...reword,
      run: [
        "sed -i '/\\[^kept\\]/d' wiki/releases.md",
        'node -e \'const f="wiki/releases.md.cites.json",fs=require("fs"),j=JSON.parse(fs.readFileSync(f));delete j.citations.kept;fs.writeFileSync(f,JSON.stringify(j,null,2)+"\\n")\'',
      ],
    });
    expect(mend.state, mend.text).toBe("merged");
    expect((await check()).problems.filter(({ kind }) => kind !== "citation-sidecar")).toEqual([]);
  });

  test("an operator's own branch with a false citation is refused as well", async () => {
    runGitIn(repo, "checkout", "-q", "-b", "by-hand");
    commitFiles(
      repo,
      { "wiki/releases.md": `${onMain("wiki/releases.md")}\n- False.[^new]\n\n${footnote("notes/kept.md#L3", "never said")}\n` },
      "docs: by hand",
    );
    runGitIn(repo, "checkout", "-q", "main");
    const tip = runGitIn(repo, "rev-parse", "main");
    const { id } = (await callMos(root, ["ticket", "adopt", "by-hand", "--domain", "music"])) as { id: string };
    await runMos(["run", "--json", "--no-input"], { cwd: root });
    const shown = JSON.stringify(await callMos(root, ["ticket", "show", id]));
    expect(shown).toContain('"state":"blocked"');
    expect(shown).toContain("wiki/releases.md:");
    expect(runGitIn(repo, "rev-parse", "main")).toBe(tip);
    expect(await callMos(root, ["log", "verify"])).toMatchObject({ ok: true });
  });
});
