import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Brief, Evidence } from "../../../src/contract/brief.ts";
import { Config } from "../../../src/contract/config.ts";
import { MosError } from "../../../src/contract/error.ts";
import { Playbook } from "../../../src/contract/playbook.ts";
import { readLatestBrief } from "../../../src/core/brief/latest-brief.ts";
import { applyTransition } from "../../../src/core/ticket/apply-transition.ts";
import { createTicket } from "../../../src/core/ticket/create-ticket.ts";
import type { World } from "../../../src/port/world.ts";
import { scoutDomains } from "../../../src/stage/scout/scout-domains.ts";
import type { ScoutTools } from "../../../src/stage/scout/write-brief.ts";
import { runGitIn } from "../../support/make-repository.ts";
import { makeSessionSteps } from "../../support/make-session-steps.ts";
import { makeDraft } from "../../support/make-ticket.ts";
import { makeWikiWorld, type WikiWorld } from "../../support/make-wiki-world.ts";
import { takeSnapshot } from "../../support/take-snapshot.ts";

let made: WikiWorld;
afterEach(() => made?.remove());

const files = {
  "DOMAIN.md": "# Music\n\n## Priorities\n\n1. **Masters** in time\n2. **Links** that work\n",
  "README.md": "# Label\n\nTODO links\nTODO masters\n",
  "threads/plan.md": "---\nstatus: active\nnext: send the masters\ndue: 2026-11-22\nupdated: 2026-11-10\n---\n# Release plan\n",
  "wiki/index.md": "# Wiki\n\n- [Gone](gone.md)\n",
};

async function make(extra: Record<string, string> = {}): Promise<WikiWorld> {
  made = await makeWikiWorld({
    music: { prefix: "MUS", files: { ...files, ...extra } },
    jobs: { prefix: "JOB", files: { "README.md": "# Jobs\n" } },
  });
  return made;
}

const { tools = undefined as unknown as ScoutTools } = makeSessionSteps();
let session = 0;
async function scout(world: World, used = tools) {
  session += 1;
  return await scoutDomains(world, { session: `S-${session}`, tools: used });
}
async function briefOf(world: World, domain = "music"): Promise<Brief> {
  const latest = await world.store.read((tx) => readLatestBrief(tx, domain));
  if (latest === undefined) throw new Error(`${domain} has no brief`);
  return latest.brief;
}
const textsOf = (brief: Brief, kind: string) => brief.facts.filter((fact) => fact.kind === kind).map(({ text }) => text);

describe("S1, S2: what is fresh is not scouted", () => {
  test("S1: nothing new: every scout is skipped, with the age of the brief, in the log too", async () => {
    const { world, clock } = await make();
    expect(await scout(world)).toEqual({ scouted: ["music", "jobs", "operator"], skipped: [], failed: [] });
    clock.set("2026-11-20T08:04:30.000Z");
    const reported: string[] = [];
    expect(await scout({ ...world, report: ({ text }) => reported.push(text) })).toEqual({
      scouted: [],
      skipped: ["music", "jobs", "operator"],
      failed: [],
    });
    expect(reported).toContain("music: nothing new, brief is 4 min old");
    const skipped = await world.store.read((tx) => tx.events({ kind: "brief.skipped", domain: "music" }));
    expect(skipped).toMatchObject([{ reason: "nothing new, brief is 4 min old" }]);
  });

  test("S2: a commit in one domain scouts that one alone, and names what changed", async () => {
    const { world, commit } = await make();
    await scout(world);
    commit("jobs", { "b.md": "news\n" });
    expect(await scout(world)).toMatchObject({ scouted: ["jobs"], skipped: ["music", "operator"] });
    const written = await world.store.read((tx) => tx.events({ kind: "brief.written", domain: "jobs" }));
    expect(written.at(-1)?.reason).toBe("changed: main of home");
  });

  test("S2: a ticket that is filed, and one that changes", async () => {
    const { world } = await make();
    await scout(world);
    const ticket = await world.store.write((tx) =>
      createTicket(tx, { draft: makeDraft(), prefix: "MUS", sealedDomains: [], now: world.clock.now(), actor: "operator" }),
    );
    expect((await scout(world)).scouted).toEqual(["music"]);
    await world.store.write((tx) => applyTransition(tx, ticket.id, { kind: "withdraw" }, { actor: "operator", reason: "no" }));
    expect((await scout(world)).scouted).toEqual(["music"]);
    expect((await scout(world)).scouted).toEqual([]);
  });

  test("S2: the domain's configuration, and a playbook's content", async () => {
    const { world } = await make();
    const configured = (runtime: string): World => {
      const domains = { music: { prefix: "MUS", home: { path: "music" }, runtime }, jobs: { prefix: "JOB", home: { path: "jobs" } } };
      return { ...world, workspace: { ...world.workspace, config: Config.parse({ version: 1, domains }) } };
    };
    await scout(configured("playbook"));
    expect((await scout(configured("playbook"))).scouted).toEqual([]);
    expect((await scout(configured("claude"))).scouted).toEqual(["music"]);
    const playbook = Playbook.parse({
      id: "x",
      title: "X",
      detect: "true",
      decide: { question: "X?", options: [{ id: "no", label: "No" }] },
    });
    const withPlaybook = { ...configured("claude"), playbooks: [playbook] };
    expect((await scout(withPlaybook)).scouted).toEqual(["music", "jobs", "operator"]);
    expect((await scout({ ...withPlaybook, playbooks: [{ ...playbook, detect: "false" }] })).scouted).toHaveLength(3);
  });

  test("S1: a scout that fails stops no other, and its domain is scouted next time", async () => {
    const { world } = await make();
    const failing: ScoutTools = {
      ...tools,
      detectFindings: async (at, args) => {
        if (args.domain.name === "music") throw new Error("the box broke");
        return tools.detectFindings(at, args);
      },
    };
    const first = await scout(world, failing);
    expect(first).toMatchObject({ scouted: ["jobs", "operator"], failed: [{ domain: "music", error: { message: "the box broke" } }] });
    expect((await scout(world)).scouted).toEqual(["music"]);
  });

  test("S1: where the playbooks cannot look the brief says so, and is taken again at the next start", async () => {
    const { world } = await make();
    const blind: ScoutTools = {
      ...tools,
      detectFindings: async () => {
        throw new MosError({ code: "setup-failed", message: 'setup "npm ci" ended with 1.', hint: "See its log." });
      },
    };
    expect(await scout(world, blind)).toMatchObject({ scouted: ["music", "jobs", "operator"], failed: [] });
    expect(textsOf(await briefOf(world), "risk")).toContain('No playbook could look here: setup "npm ci" ended with 1. See its log.');
    expect((await scout(world)).scouted).toEqual(["music", "jobs", "operator"]);
    expect((await scout(world)).scouted).toEqual([]);
  });

  test("S1: a home that is no repository any more is named", async () => {
    const { world } = await make();
    const gone = join(made.root, "elsewhere");
    const domains = world.workspace.domains.map((domain) => {
      const home = { ...domain.home, path: domain.name === "music" ? gone : domain.home.path };
      return { ...domain, home, repos: [home] };
    });
    const { failed, scouted } = await scout({ ...world, workspace: { ...world.workspace, domains } });
    expect(scouted).toEqual(["jobs", "operator"]);
    expect(String(failed[0]?.error)).toContain(gone);
  });
});

describe("S3: time", () => {
  test("S3: the day before, the day itself and the day after a thread is due, each scouted once", async () => {
    const { world, clock } = await make();
    const local = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString();
    clock.set(local(21, 9));
    await scout(world);
    clock.set(local(21, 23));
    expect((await scout(world)).scouted).toEqual([]);
    clock.set(local(22, 0));
    expect((await scout(world)).scouted).toEqual(["music"]);
    expect((await briefOf(world)).decisions.map(({ key }) => key)).toContain("thread:plan");
    clock.set(local(22, 8));
    expect((await scout(world)).scouted).toEqual([]);
    clock.set(local(23, 0));
    expect((await scout(world)).scouted).toEqual(["music", "jobs", "operator"]);
  });

  test("S3: the rhythm's greatest age", async () => {
    const { world, clock } = await make();
    await scout(world);
    clock.set("2026-11-21T08:00:30.000Z");
    expect((await scout(world)).scouted).toEqual(["music", "jobs", "operator"]);
  });
});

/** As anybody with git would look it up. */
function lookUp(root: string, domain: string, { commit, path, line }: Evidence): string | undefined {
  const text = execFileSync("git", ["-C", join(root, domain), "show", `${commit}:${path}`], { encoding: "utf8" });
  return text.split("\n")[line - 1];
}

describe("S4: evidence", () => {
  test("S4: every quoted line of a brief is that line at its commit", async () => {
    const { world, root, commit } = await make();
    await scout(world);
    commit("music", {
      "README.md": "# Label\n\nTODO links\nTODO masters\n\nNew words here.\n",
      "threads/plan.md": `${files["threads/plan.md"]}More.\n`,
    });
    made.clock.set("2026-11-22T12:00:00.000Z");
    await scout(world);
    const brief = await briefOf(world);
    const evidence = [...brief.facts, ...brief.decisions].flatMap((item) => item.evidence);
    expect(new Set(evidence.map(({ path }) => path))).toEqual(new Set(["README.md", "threads/plan.md", "wiki/index.md"]));
    expect(evidence.length).toBeGreaterThan(8);
    for (const item of evidence) expect(lookUp(root, "music", item)).toBe(item.quote);
    expect(brief.facts.find(({ kind }) => kind === "change")?.evidence).toContainEqual(
      expect.objectContaining({ path: "README.md", line: 6, quote: "New words here." }),
    );
  });

  test("S4: what a tool says and git does not is left out, of facts and of questions", async () => {
    const { world } = await make();
    const lying: ScoutTools = {
      ...tools,
      detectFindings: async (at, args) => {
        const found = await tools.detectFindings(at, args);
        const lie = (item: Evidence, index: number): Evidence[] => [
          item,
          { ...item, line: item.line + 1 },
          { ...item, path: "nowhere.md" },
          { ...item, commit: "f".repeat(40) },
          { ...item, repo: `r${index}` },
          { ...item, quote: `${item.quote} ` },
        ];
        return found.map((finding) => ({ ...finding, evidence: finding.evidence.flatMap(lie) }));
      },
    };
    await scout(world, lying);
    const brief = await briefOf(world);
    const lies = [...brief.facts.filter(({ kind }) => kind === "finding"), ...brief.decisions];
    expect(lies.map(({ evidence }) => evidence.length)).toEqual([1, 1, 1, 1]);
  });
});

describe("S5, S6: what a brief holds", () => {
  test("S5: questions and facts stand in the order of DOMAIN.md's priorities", async () => {
    const { world } = await make();
    await scout(world);
    const brief = await briefOf(world);
    expect(brief.decisions.map(({ key }) => key)).toEqual(["todo:masters", "todo:links"]);
    expect(textsOf(brief, "finding")).toEqual(["TODO masters", "TODO links"]);
  });

  test("S6: commits since the last brief, threads, wiki, tickets; uncommitted edits are named and not read", async () => {
    const { world, root, commit } = await make();
    await scout(world);
    commit("music", { "b.md": "one\n" });
    commit("music", { "c.md": "two\n", "threads/bad.md": "---\nstatus: asleep\n---\n" });
    writeFileSync(join(root, "music", "threads", "secret.md"), "---\nstatus: active\ndue: 2026-11-01\n---\n# Not committed\n");
    writeFileSync(join(root, "music", "README.md"), "TODO uncommitted\n");
    await scout(world);
    const brief = await briefOf(world);
    expect(textsOf(brief, "change")).toEqual(["music: 2 commits since the last brief in 3 files: docs: change; docs: change"]);
    expect(textsOf(brief, "thread")).toEqual(["Release plan: active, due 2026-11-22; next: send the masters"]);
    expect(textsOf(brief, "wiki")).toHaveLength(1);
    expect(textsOf(brief, "risk")).toEqual(
      expect.arrayContaining([
        expect.stringContaining('threads/bad.md: its status is "asleep"'),
        "Not read, because not committed: threads/secret.md",
      ]),
    );
    expect(JSON.stringify(brief)).not.toContain("TODO uncommitted");
    expect(JSON.stringify(brief)).not.toContain("Not committed");
  });

  test("S6: a branch that was rewritten since the last brief is a risk, not an error", async () => {
    const { world, root } = await make();
    made.commit("music", { "b.md": "one\n" });
    await scout(world);
    runGitIn(join(root, "music"), "reset", "-q", "--hard", "HEAD~1");
    made.commit("music", { "c.md": "another\n" });
    expect((await scout(world)).scouted).toEqual(["music"]);
    expect(textsOf(await briefOf(world), "risk")).toContain("music: main was rewritten since the last brief");
  });

  test("S6: an unborn branch is a risk, not an error", async () => {
    const { world, root } = await make();
    runGitIn(join(root, "jobs"), "update-ref", "-d", "refs/heads/main");
    expect((await scout(world)).scouted).toContain("jobs");
    expect(textsOf(await briefOf(world, "jobs"), "risk")).toContain("jobs: branch main has no commit yet");
  });

  test("S6: a scout changes nothing in any repository", async () => {
    const { world, root } = await make();
    const before = takeSnapshot(root, [".mos"]);
    await scout(world);
    expect(takeSnapshot(root, [".mos"])).toEqual(before);
  });

  test("S6: one repository's brief says nothing of another's", async () => {
    const { world } = await make();
    await scout(world);
    expect(JSON.stringify(await briefOf(world, "jobs"))).not.toMatch(/masters|Label|MUS/);
  });
});
