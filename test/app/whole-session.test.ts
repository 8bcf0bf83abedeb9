import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { loadPlaybooks } from "../../src/adapter/playbook/load-playbooks.ts";
import { showBriefs } from "../../src/app/show-briefs.ts";
import { startSession } from "../../src/app/start-session.ts";
import type { World } from "../../src/port/world.ts";
import { createYesInterviewer, type Interviewer } from "../../src/stage/interview/interviewer.ts";
import { runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { healthy, type OpenedWorld, openWorld } from "../support/open-world.ts";

let opened: OpenedWorld | undefined;
afterEach(async () => {
  await opened?.remove();
  opened = undefined;
});

const files = {
  "check.sh": "! grep -rq BROKEN --include=*.txt .\n",
  "README.md": "# Label\n\nSee [the plan](docs/plan.md).\n",
  "docs/plan.md": "# Plan\n",
  "wiki/index.md": "# Wiki\n",
  "wiki/voice.md":
    "---\ntitle: Voice\nkind: voice\nowner: operator\nauthority: operator\nupdated: 2026-11-01\n---\n# Voice\n\n- Plain words.[^c1]\n\n[^c1]: operator 2026-11-01\n",
  "threads/old.md": "---\nstatus: active\nnext: call\nupdated: 2026-01-01\n---\n# An old thread\n",
};

async function open(): Promise<OpenedWorld & { world: World }> {
  opened = await openWorld({ music: { prefix: "MUS", files }, trading: { prefix: "TRD", files, sealed: true } });
  const { playbooks } = await loadPlaybooks(opened.root);
  opened = { ...opened, world: { ...opened.world, playbooks } };
  return opened;
}

/** Receipts are owed from this commit of music on. */
function withBaseline(world: World, baseline: string): World {
  const domains = world.workspace.domains.map((domain) => {
    const home = domain.name === "music" ? { ...domain.home, baseline } : domain.home;
    return { ...domain, home, repos: [home] };
  });
  return { ...world, workspace: { ...world.workspace, domains } };
}

/** As the operator would, beside the session. */
function renamePlan(home: string): void {
  runGitIn(home, "mv", "docs/plan.md", "docs/release.md");
  runGitIn(home, "commit", "-q", "-m", "docs: rename the plan");
}

describe.skipIf(!boxAvailable)("a session on real repositories, with the playbooks, the box and the gate", () => {
  test("S1, S7, S14: what is found is decided, planned, landed; the next start scouts nothing, files nothing, in under 3 s", async () => {
    const { world: before, root } = await open();
    const home = join(root, "music");
    renamePlan(home);
    const base = runGitIn(home, "rev-parse", "main");
    const world = withBaseline(before, base);
    const args = { interviewer: createYesInterviewer(), diagnose: async () => healthy };
    const first = await startSession(world, args);
    expect(first).toMatchObject({ scouted: ["music", "trading", "operator"], skipped: [], failed: [], modelCalls: 0 });
    const chosen = first.decisions.map(({ domain, decision, option }) => `${domain} ${decision} ${option}`);
    expect(chosen).toEqual(
      expect.arrayContaining([
        "music broken-links mend",
        "music wiki-index update",
        "music dead-threads:old close",
        "trading wiki-index update",
      ]),
    );
    expect(first.tickets.map(({ state }) => state)).toEqual(first.tickets.map(() => "merged"));
    expect(runGitIn(home, "show", "main:README.md")).toContain("(docs/release.md)");
    expect(runGitIn(home, "show", "main:threads/old.md")).toContain("status: done");
    const receipts = await world.store.read((tx) => tx.receipts.list({ lane: "music" }));
    const landed = runGitIn(home, "log", "--first-parent", "--format=%H", `${base}..main`).split("\n");
    expect(new Set(receipts.map(({ commit }) => commit))).toEqual(new Set(landed));
    const [brief] = await showBriefs(world, { domain: "music" });
    expect(brief).toMatchObject({ fresh: true, heads: { home: landed[0] } });
    expect(brief?.facts.filter(({ kind }) => kind === "finding")).toEqual([]);

    const startedMs = performance.now();
    const second = await startSession(world, args);
    const ms = performance.now() - startedMs;
    expect(second).toMatchObject({ scouted: [], skipped: ["music", "trading", "operator"], decisions: [], tickets: [], modelCalls: 0 });
    expect(ms).toBeLessThan(3000);
    expect(await world.store.read((tx) => tx.leases.list())).toEqual([]);
  });

  test("S7: what the operator commits while the session runs is news to the next one, in that domain alone", async () => {
    const { world, root } = await open();
    let renamed = false;
    const yes = createYesInterviewer();
    const interviewer: Interviewer = {
      ...yes,
      answer: async (question) => {
        if (!renamed) renamePlan(join(root, "music"));
        renamed = true;
        return await yes.answer(question);
      },
    };
    await startSession(world, { interviewer, diagnose: async () => healthy });
    const second = await startSession(world, { interviewer: yes, diagnose: async () => healthy });
    expect(second).toMatchObject({ scouted: ["music"], skipped: ["trading", "operator"] });
    expect(second.decisions).toMatchObject([{ decision: "broken-links", option: "mend" }]);
  });
});
