import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { showBriefs } from "../../src/app/show-briefs.ts";
import { startSession } from "../../src/app/start-session.ts";
import type { Evidence } from "../../src/contract/brief.ts";
import { composeWorld } from "../../src/entry/compose.ts";
import { createFileInterviewer } from "../../src/stage/interview/interviewer.ts";
import { callMos, makeCommandWorkspace } from "../support/file-tickets.ts";
import { makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { makeWorkspace } from "../support/make-workspace.ts";
import { boxAvailable } from "../support/open-box.ts";
import { healthy } from "../support/open-world.ts";

const own = resolve(import.meta.dirname, "../..");

function lookUp(repository: string, { commit, path, line }: Evidence): string | undefined {
  const text = execFileSync("git", ["-C", repository, "show", `${commit}:${path}`], { encoding: "utf8", maxBuffer: 50_000_000 });
  return text.split("\n")[line - 1];
}

test.skipIf(!boxAvailable)("S4: a clone of this very repository is briefed, and each quoted line is found at its commit", async () => {
  const bench = await makeWorkspace();
  try {
    const clone = join(bench.folder, "clone");
    runGitIn(bench.folder, "clone", "-q", own, clone);
    runGitIn(clone, "checkout", "-q", "-B", "main");
    await bench.add({ name: "product", path: clone, prefix: "PRO" });
    const opened = await composeWorld({ start: bench.root, exact: true, report: () => {}, signal: new AbortController().signal });
    try {
      // Its packages are not installed: what a playbook finds without them is enough for a brief.
      const domains = opened.world.workspace.domains.map((domain) => {
        const { setup: _, ...home } = domain.home;
        return { ...domain, home, repos: [home] };
      });
      const world = { ...opened.world, workspace: { ...opened.world.workspace, domains } };
      const interviewer = createFileInterviewer({ default: "defer", answers: [] });
      const { scouted, failed, decisions } = await startSession(world, { interviewer, diagnose: async () => healthy });
      expect({ scouted, failed }).toEqual({ scouted: ["product", "operator"], failed: [] });
      expect(decisions.map(({ decision }) => decision)).toContain("changelog");
      const [brief] = await showBriefs(world, { domain: "product" });
      expect(brief?.fresh).toBe(true);
      expect(brief?.evidence.length).toBeGreaterThan(3);
      for (const item of brief?.evidence ?? []) expect(lookUp(clone, item), `${item.path}:${item.line}`).toBe(item.quote);
    } finally {
      await opened.close();
    }
  } finally {
    await bench.remove();
  }
});

/** Minutes: packages are installed and this repository's whole check runs in the box. `--long`, and where npm's registry is reached. */
test.skipIf(!boxAvailable || !process.env.MOS_TEST_LONG)(
  "G9: a changelog ticket of this very repository lands through its own npm run check",
  async () => {
    const { path: folder, remove } = makeTemporaryFolder("mos-own-");
    try {
      const clone = join(folder, "clone");
      runGitIn(folder, "clone", "-q", own, clone);
      runGitIn(clone, "checkout", "-q", "-B", "main");
      for (const [name, value] of [
        ["user.name", "Test Operator"],
        ["user.email", "operator@example.invalid"],
      ] as const)
        runGitIn(clone, "config", name, value);
      const root = await makeCommandWorkspace(folder, []);
      await callMos(root, ["domain", "add", "product", "--path", clone, "--prefix", "PRO", "--yes"]);
      const answers = join(folder, "answers.yaml");
      writeFileSync(answers, "default: defer\nanswers:\n  - { domain: product, decision: changelog, option: recommended }\n");
      const data = (await callMos(root, ["start", "--answers", answers])) as {
        tickets: { id: string; state: string; causes: unknown[] }[];
      };
      expect(data.tickets).toEqual([{ id: "PRO-1", state: "merged", causes: [] }]);
      const receipt = (await callMos(root, ["gate", "receipt", "PRO-1"])) as { checks: { name: string; run: string; exitCode: number }[] };
      expect(receipt.checks.map(({ run, exitCode }) => [run, exitCode])).toContainEqual(["npm run check", 0]);
    } finally {
      remove();
    }
  },
  1_800_000,
);
