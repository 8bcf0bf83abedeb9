import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseDocument, stringify } from "yaml";
import { startScriptedModel } from "../../src/adapter/scripted-model/start-scripted-model.ts";
import type { TicketSummary } from "../../src/app/list-tickets.ts";
import { makeDemo } from "../../src/app/make-demo.ts";
import type { SessionResult } from "../../src/app/start-session.ts";
import { composeTools, composeWorld } from "../../src/entry/compose.ts";
import { callMos, makeCommandWorkspace } from "../support/file-tickets.ts";
import { clientFolder, whyNoClient } from "../support/find-clients.ts";
import { runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { type Act, playCast, type Scene } from "../support/play-cast.ts";
import { readEnvelope, runMos } from "../support/run-mos.ts";

const own = resolve(import.meta.dirname, "../..");
const why = [boxAvailable ? undefined : "no sandbox here", ...(["claude", "codex", "opencode"] as const).map(whyNoClient)].find(Boolean);

/** Two tickets for each domain; what becomes of each is in the name. */
const work = [
  { domain: "music", executor: "claude", pieces: ["lands-one", "rejected-once"] },
  { domain: "tooling", executor: "codex", pieces: ["lands-two", "lands-three"] },
  { domain: "incubator", executor: "opencode", pieces: ["lands-four", "over-budget"] },
] as const;
const all = work.flatMap(({ domain, executor, pieces }) => pieces.map((piece) => ({ domain, executor, piece })));
const fileOf = (piece: string) => `notes/agent-${piece}.md`;
const titleOf = (piece: string) => `Write down ${piece}`;

/** What each scout says: one question, whose recommended option files the domain's two tickets. */
function scoutScene(domain: string, pieces: readonly string[], evidence: Evidence): Scene {
  const tickets = pieces.map((piece) => ({
    key: piece,
    title: titleOf(piece),
    body: `Write ${fileOf(piece)} with one line that says what it is about.`,
    touches: [fileOf(piece)],
    creates: [fileOf(piece)],
    accept: [{ text: "the note is there", run: `grep -q agent ${fileOf(piece)}` }],
  }));
  const decision = {
    key: "agent-notes",
    question: "Shall the notes be written?",
    why: "They are missing.",
    weight: 100,
    evidence: [evidence],
    options: [
      { id: "write", label: "Write both", tickets },
      { id: "leave", label: "Leave them" },
    ],
  };
  const facts = [
    { kind: "risk", text: `${domain} has no notes of its agents`, evidence: [evidence] },
    { kind: "risk", text: "this was never so", evidence: [{ ...evidence, quote: "a line that is not there" }] },
  ];
  return { role: "scout", about: [`Judge the domain ${domain}.`], acts: [{ handIn: { facts, decisions: [decision] } }] };
}

interface Evidence {
  readonly path: string;
  readonly line: number;
  readonly quote: string;
}

const done: Act = { handIn: { outcome: "done", summary: "The note is written.", decided: ["one line is enough"], learned: [], left: [] } };

function executorScene(piece: string, usage?: Act["usage"]): Scene {
  const write = { path: fileOf(piece), content: `An agent wrote ${piece}.\n` };
  return {
    role: "executor",
    about: [titleOf(piece)],
    acts: [{ write }, { run: `grep -c agent ${fileOf(piece)}`, ...(usage ? { usage } : {}) }, done],
  };
}

const point = (pass: boolean, evidence: string) => ({ point: "the note says what it is about", pass, evidence });
const passes: Act[] = [{ run: "ls notes" }, { handIn: { outcome: "pass", points: [point(true, "it does")] } }];
const fails: Act[] = [{ handIn: { outcome: "fail", points: [point(false, "the note does not say why it was rejected")] } }];

function writeScenes(evidence: Readonly<Record<string, Evidence>>): Scene[] {
  return [
    ...work.map(({ domain, pieces }) => scoutScene(domain, pieces, evidence[domain] as Evidence)),
    // The successor carries the finding; its work answers it.
    {
      role: "executor",
      about: [titleOf("rejected-once"), "does not say why it was rejected"],
      acts: [{ run: `echo 'An agent wrote this again: it says why it was rejected.' >> ${fileOf("rejected-once")}` }, done],
    },
    ...all.map(({ piece }) => executorScene(piece, piece === "over-budget" ? { input: 900_000, output: 200_000 } : undefined)),
    { role: "verifier", about: [titleOf("rejected-once"), "it says why it was rejected"], acts: passes },
    { role: "verifier", about: [titleOf("rejected-once")], acts: fails },
    { role: "verifier", about: [], acts: passes },
  ];
}

/** A whole session by the built program: probe, briefs, answers by file, six tickets by real clients, verdicts, landings. */
async function playSession({ root, folder }: { root: string; folder: string }) {
  const file = join(root, "mos.yaml");
  const document = parseDocument(readFileSync(file, "utf8"));
  document.set("budgets", { run: { tokens: 1_000_000 } });
  const evidence: Record<string, Evidence> = {};
  for (const { domain, executor } of work) {
    document.setIn(["domains", domain, "roles"], {
      scout: { runtime: "claude" },
      executor: { runtime: executor },
      verifier: { runtime: "claude" },
    });
    const path = document.getIn(["domains", domain, "home", "path"]) as string;
    evidence[domain] = {
      path: "README.md",
      line: 1,
      quote: readFileSync(resolve(root, path, "README.md"), "utf8").split("\n")[0] as string,
    };
  }
  writeFileSync(file, String(document));
  const cast = playCast(writeScenes(evidence));
  const model = await startScriptedModel({ script: { default: [] }, onTurn: cast.onTurn });
  // Of this run alone: one that stood in a file of these clones would be a secret in each tree.
  const key = `made-up-${randomUUID()}`;
  const env = {
    HOME: folder,
    PATH: `${clientFolder}:${process.env.PATH}`,
    ...{ ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: key },
    ...{ OPENAI_BASE_URL: `${model.url}/v1`, OPENAI_API_KEY: key },
  };
  const mos = async <Data>(...args: string[]) => {
    const run = await runMos([...args, "--json", "--workspace", root], { cwd: root, env });
    const { data, error } = readEnvelope(run);
    return { exit: run.exitCode, data: data as Data, error, words: run.stderr };
  };
  try {
    const probed = await mos("agents", "probe");
    expect(probed.exit, JSON.stringify(probed)).toBe(0);
    const probes = model.requests().length;
    const answers = join(folder, "answers.yaml");
    const chosen = work.map(({ domain }) => ({ domain, decision: "judged:agent-notes", option: "write" }));
    writeFileSync(answers, stringify({ default: "defer", answers: chosen }));
    const started = await mos<SessionResult>("start", "--answers", answers);
    const tickets = (await mos<TicketSummary[]>("ticket", "list")).data;
    const again = await mos<SessionResult>("start", "--yes");
    const stopped = tickets?.find(({ title }) => title === titleOf("over-budget"));
    const home = document.getIn(["domains", stopped?.domain, "home", "path"]) as string;
    const kept = stopped?.attempts
      ? runGitIn(resolve(root, home), "ls-tree", "-r", "--name-only", `refs/mos/work/${stopped.id}/${stopped.attempts}`)
      : "";
    return { started, tickets, again, kept, requests: model.requests(), probes, strangers: cast.strangers, mos };
  } finally {
    await model.close();
  }
}

function expectOutcome({ started, tickets, again, kept, strangers }: Awaited<ReturnType<typeof playSession>>): void {
  const said = JSON.stringify({ started, tickets, strangers: strangers.map((text) => text.slice(0, 500)) }, null, 1);
  expect(started.data?.failed, said).toEqual([]);
  const made = tickets.filter(({ title }) => all.some(({ piece }) => title === titleOf(piece)));
  const statesOf = (piece: string) =>
    made.filter(({ title }) => title === titleOf(piece)).map(({ state, causes }) => [state, ...causes.map(({ kind }) => kind)].join(" "));
  const seen = Object.fromEntries(all.map(({ piece }) => [piece, statesOf(piece)]));
  expect(seen, said).toEqual({
    "lands-one": ["merged"],
    "lands-two": ["merged"],
    "lands-three": ["merged"],
    "lands-four": ["merged"],
    "rejected-once": ["blocked superseded", "merged"],
    "over-budget": ["blocked budget"],
  });
  expect(started.exit, said).toBe(5);
  expect(started.data.doctor.grade, said).toBe("A");
  expect(started.data.modelCalls).toBeGreaterThan(12);
  // Whatever was left when a budget ended the run is kept, at its own ref.
  expect(kept, said).toContain(fileOf("over-budget"));
  // Nothing is new, so nobody is asked.
  expect(again.data.modelCalls, JSON.stringify(again.data)).toBe(0);
}

/** The demo's own workspace, before any session. */
async function makeDemoIn(folder: string): Promise<string> {
  const root = join(folder, "os");
  const { git, clock } = composeTools();
  await makeDemo({
    dir: root,
    contentDir: join(own, "demo"),
    git,
    clock,
    open: async (at) => {
      const opened = await composeWorld({ start: at, exact: true, report: () => {}, signal: new AbortController().signal });
      const { world, configFile, close } = opened;
      return { workspace: world.workspace, git: world.git, store: world.store, slots: world.slots, configFile, close };
    },
  });
  return root;
}

/** Three domains, each on a clone of this project, whose checks are a part of its own: packages are installed in the box. */
async function makeClonesIn(folder: string): Promise<string> {
  const root = await makeCommandWorkspace(folder, []);
  for (const { domain } of work) {
    const clone = join(folder, domain);
    runGitIn(folder, "clone", "-q", "--no-hardlinks", own, clone);
    runGitIn(clone, "checkout", "-q", "-B", "main");
    runGitIn(clone, "config", "user.name", "Test Operator");
    runGitIn(clone, "config", "user.email", "operator@example.invalid");
    await callMos(root, ["domain", "add", domain, "--path", clone, "--yes"]);
  }
  const file = join(root, "mos.yaml");
  const document = parseDocument(readFileSync(file, "utf8"));
  const checks = [
    { name: "lint", run: "npm run lint", kind: "lint" },
    { name: "test", run: "npx vitest run --project unit test/core/ticket", kind: "test" },
  ];
  for (const { domain } of work) document.setIn(["domains", domain, "home", "checks"], checks);
  writeFileSync(file, String(document));
  return root;
}

describe.skipIf(why !== undefined)(`a whole session of real clients${why === undefined ? "" : ` (skipped: ${why})`}`, () => {
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "mos-agents-e2e-")));
    writeFileSync(join(folder, ".gitconfig"), "[user]\n\tname = Test Operator\n\temail = operator@example.invalid\n");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const expectLanded = (root: string) => {
    const { domains } = parseDocument(readFileSync(join(root, "mos.yaml"), "utf8")).toJS() as {
      domains: Record<string, { home: { path: string } }>;
    };
    for (const { domain, piece } of all) {
      const show = () => runGitIn(resolve(root, domains[domain]?.home.path as string), "show", `main:${fileOf(piece)}`);
      if (piece === "over-budget") expect(show, "not on main").toThrow();
      else expect(show()).toContain("agent");
    }
  };

  test("on the demo workspace: six tickets by three clients, four land, one is rejected and its successor lands, one is over its budget", async () => {
    const root = await makeDemoIn(folder);
    expectOutcome(await playSession({ root, folder }));
    expectLanded(root);
  }, 600_000);

  test.skipIf(!process.env.MOS_TEST_LONG)(
    "the same on clones of this project",
    async () => {
      const root = await makeClonesIn(folder);
      expectOutcome(await playSession({ root, folder }));
      expectLanded(root);
    },
    1_800_000,
  );
});
