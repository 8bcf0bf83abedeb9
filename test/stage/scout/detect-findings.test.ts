import { chmodSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadPlaybooks } from "../../../src/adapter/playbook/load-playbooks.ts";
import type { Finding } from "../../../src/contract/brief.ts";
import { Playbook } from "../../../src/contract/playbook.ts";
import { decideDomain } from "../../../src/core/playbook/decide-domain.ts";
import { isInsideTouches } from "../../../src/core/schedule/is-inside-touches.ts";
import type { World } from "../../../src/port/world.ts";
import { detectDomainFindings } from "../../../src/stage/scout/detect-findings.ts";
import { buildChore } from "../../support/build-chore.ts";
import { commitFiles, runGitIn } from "../../support/make-repository.ts";
import { boxAvailable } from "../../support/open-box.ts";
import { type OpenedWorld, openWorld } from "../../support/open-world.ts";

let chore: Awaited<ReturnType<typeof buildChore>>;
let opened: OpenedWorld;

/** Defects of several kinds in one repository. */
const files = {
  "package.json": '{ "name": "app", "dependencies": { "left-pad": "*" } }\n',
  "package-lock.json": '{ "lockfileVersion": 3, "packages": { "": {}, "node_modules/left-pad": { "version": "1.3.0" } } }\n',
  "check.sh": 'test "$1" = lint || { echo "src/a.js:1: broken" >&2; exit 3; }\n',
  "src/a.js": "// TODO: bound it\nexport const a = 1;\n",
  "docs/setup.md": "# Setup\n\nLong enough for git to see that it was renamed, and not made anew.\n",
  "README.md": "# App\n\nSee [the setup](docs/setup.md).\n",
  "threads/old.md": "---\nstatus: active\nupdated: 2026-01-01\n---\n# Old\n",
  "wiki/voice.md": "# Voice\n",
};

const own = (id: string, detect: string) =>
  Playbook.parse({
    id,
    title: id,
    detect,
    decide: {
      question: "Do it?",
      options: [
        {
          id: "do",
          label: "Do it",
          tickets: [{ title: "Do it", touches: ["{{file}}"], run: ["true {{file}}"], accept: [{ text: "done", run: "true" }] }],
        },
      ],
    },
  });

beforeAll(async () => {
  chore = await buildChore();
  for (const folder of [chore.bin, dirname(chore.bin), join(dirname(chore.bin), "dist")]) chmodSync(folder, 0o755);
  opened = await openWorld({ music: { prefix: "MUS", files } }, { chore: join(dirname(chore.bin), "dist/chore.mjs") });
  const path = join(opened.root, "music");
  runGitIn(path, "mv", "docs/setup.md", "docs/guide.md");
  commitFiles(path, {}, "docs: a better name");
});
afterAll(async () => {
  await opened.remove();
  chore.remove();
});

const detect = async (playbooks: readonly Playbook[]): Promise<Finding[]> => {
  const [domain] = opened.world.workspace.domains;
  if (!domain) throw new Error("no domain");
  const head = runGitIn(domain.home.path, "rev-parse", "HEAD");
  const world: World = { ...opened.world, playbooks };
  return detectDomainFindings(world, { domain, heads: { home: head } });
};

test.skipIf(!boxAvailable)(
  "PB8: the built-in playbooks find in the tool box, with quotes that stand at the commit, and their tickets do not overlap",
  async () => {
    const { playbooks } = await loadPlaybooks("/nonexistent");
    const findings = await detect(playbooks);
    expect([...new Set(findings.map(({ playbook }) => playbook))].sort()).toEqual([
      ...["broken-links", "dead-threads", "dependency-ranges", "failing-tests", "todo-harvest", "wiki-index"],
    ]);
    expect(findings.find(({ playbook }) => playbook === "failing-tests")).toMatchObject({
      subject: "test",
      evidence: [{ path: "src/a.js", line: 1 }],
    });
    const repo = opened.world.git.at(join(opened.root, "music"));
    for (const { evidence, playbook } of findings) {
      expect(evidence.length, playbook).toBeGreaterThan(0);
      for (const { commit, path, line, quote } of evidence) expect((await repo.readFile(commit, path))?.split("\n")[line - 1]).toBe(quote);
    }
    const [domain] = opened.world.workspace.domains;
    if (!domain) throw new Error("no domain");
    const decisions = decideDomain({ domain, findings, playbooks });
    expect(decisions.map(({ key }) => key).sort()).toEqual([
      ...["broken-links", "dead-threads:old", "dependency-ranges", "todo-harvest", "wiki-index"],
    ]);
    const touches = decisions.flatMap(({ options }) => options[0]?.tickets.flatMap(({ draft }) => draft.touches) ?? []);
    expect(new Set(touches).size).toBe(touches.length);
    for (const decision of decisions) {
      for (const { draft } of decision.options[0]?.tickets ?? []) {
        await opened.world.slots.withSlot({ repo: domain.home, purpose: "test" }, async (slot) => {
          await slot.prepare(runGitIn(domain.home.path, "rev-parse", "HEAD"));
          const readOnly = draft.role === "executor" ? ["wiki"] : [];
          for (const command of draft.run)
            expect(await slot.run({ command, wallMs: 60_000, writable: true, readOnly })).toMatchObject({ exitCode: 0 });
          const work = await slot.collect({ message: draft.title, ref: `refs/mos/work/${decision.playbook}/1` });
          if (work.kind !== "commit") throw new Error(`${decision.key} changed nothing`);
          await slot.prepare(work.commit);
          for (const { run = "false" } of draft.accept)
            expect(await slot.run({ command: run, wallMs: 60_000 })).toMatchObject({ exitCode: 0 });
          const changed = runGitIn(domain.home.path, "diff", "--name-only", "HEAD", work.commit).split("\n");
          expect(changed.filter((path) => !isInsideTouches(path, draft.touches))).toEqual([]);
        });
      }
    }
  },
  120_000,
);

test.skipIf(!boxAvailable)(
  "PB9: what a step prints is data: a line that is off, or names a place that is not there, is dropped and reported",
  async () => {
    const good = { subject: "good", text: "fine", path: "README.md", line: 1, values: { file: "README.md" } };
    const lines = [
      JSON.stringify(good),
      "no JSON",
      JSON.stringify({ ...good, subject: "nowhere", path: "gone.md" }),
      JSON.stringify({ ...good, subject: "beyond", line: 99 }),
      JSON.stringify({ ...good, subject: "outside", path: "../other/secret" }),
      JSON.stringify({ ...good, subject: "quoted", quote: "made up" }),
      JSON.stringify({ subject: "bad values", text: "x", values: { file: 3 } }),
    ];
    opened.reported.length = 0;
    const findings = await detect([own("mine", `cat <<'END'\n${lines.join("\n")}\nEND`), own("failing", "echo '{}'; exit 7")]);
    expect(findings.map(({ subject }) => subject)).toEqual(["good", "quoted"]);
    expect(findings[1]?.evidence[0]?.quote).toBe("# App");
    const said = opened.reported.map(({ text }) => text).join("\n");
    for (const word of ["no JSON", "nowhere", "beyond", "evidence", "values", "failing: detect ended with 7"]) {
      if (word !== "evidence") expect(said).toContain(word);
    }
    expect(said).toContain("a path may not contain . or ..");
  },
);

test.skipIf(!boxAvailable)("PB10: detect cannot write the tree", async () => {
  opened.reported.length = 0;
  expect(await detect([own("writes", "echo x > README.md")])).toEqual([]);
  expect(opened.reported.map(({ text }) => text).join("\n")).toContain("writes: detect ended with");
});

test.skipIf(!boxAvailable)(
  "PB4: a playbook of the operator's with another name may use a built-in chore, in the same process",
  async () => {
    const findings = await detect([
      own("a", "mos-chore find dead-threads"),
      own("b", "mos-chore find dead-threads"),
      own("c", "mos-chore find broken-links"),
    ]);
    expect(findings.map(({ playbook, subject }) => `${playbook} ${subject}`).sort()).toEqual([
      "a old",
      "b old",
      "c README.md -> docs/setup.md",
    ]);
  },
);
