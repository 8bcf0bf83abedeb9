import { readdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { type ScriptedModel, startScriptedModel } from "../../src/adapter/scripted-model/start-scripted-model.ts";
import { findInFiles, findInStore, type Hit, type StoreFindings } from "../support/find-marks.ts";
import { runAndKill } from "../support/kill-mos.ts";
import { callTool } from "../support/make-plugin-workspace.ts";
import { commitFiles, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import {
  commonQuestion,
  configure,
  judgeOwners,
  openSealedWorkspace,
  type Planted,
  plantDomain,
  playDomains,
  type SealedWorkspace,
} from "../support/sealed-workspace.ts";

const long = Boolean(process.env.MOS_TEST_LONG);
const program = join(import.meta.dirname, "../../dist/mos.mjs");

/** Few at a time: each is a process of its own. */
async function inThrees<T>(all: readonly T[], act: (one: T) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < all.length; from += 3) await Promise.all(all.slice(from, from + 3).map(act));
}

interface Said {
  readonly by: string;
  readonly text: string;
}

interface Listed {
  readonly id: string;
  readonly domain: string;
  readonly title: string;
  readonly state: string;
}

/**
 * A sealed domain that holds a word of its own in every place that there is, and an open one that holds others in the same places: a
 * whole session, distillation, a crash and a resident process later, each file, git object and row of the machine is looked through.
 */
describe.skipIf(!boxAvailable)("I1: nothing of a sealed domain is anywhere but in its own (needs a sandbox)", () => {
  let at: SealedWorkspace;
  let music: Planted;
  let agency: Planted;
  let trading: Planted;
  let model: ScriptedModel;
  let bodies: readonly string[] = [];
  const passing = new Set<string>();
  /** What was said to another domain, or to a program that called. */
  const said: Said[] = [];
  /** What the operator's own terminal was told of everything. */
  const told: Said[] = [];
  let hits: { sealed: Hit[]; open: Hit[] };
  let rows: { sealed: StoreFindings; open: StoreFindings };
  let list: Listed[] = [];
  const owned = judgeOwners();

  const ask = async (args: string[], options: { agent?: boolean; to?: Said[] } = {}) => {
    const { stdout, stderr, exitCode } = await at.mos(args, options);
    (options.to ?? said).push({ by: `${options.agent ? "an agent: " : ""}mos ${args.join(" ")}`, text: `${stdout}\n${stderr}` });
    return { stdout, exitCode };
  };
  const file = async (draft: Record<string, unknown>): Promise<string> => {
    const { stdout } = await at.mos(["ticket", "new", "--file", "-", "--json"], { input: JSON.stringify(draft) });
    const { id } = (JSON.parse(stdout) as { data: { id: string } }).data;
    await at.data("ticket", "ready", id);
    return id;
  };
  const idOf = (of: Planted, number: number) => `${of.prefix}-${number}`;

  async function fileWork({ domain, word }: Planted): Promise<void> {
    await file({
      domain,
      title: `Write ${word.title}`,
      body: `Since ${word.body} asked.`,
      touches: [`docs/${word.made}.md`],
      run: [`echo 'printed ${word.printed}'`, "cat vendor/token", `echo 'Made of ${word.made}.' > 'docs/${word.made}.md'`],
      accept: [{ text: `it says ${word.accept}`, run: `test -s docs/${word.made}.md` }],
      thread: `threads/${word.thread}.md`,
    });
    await file({ domain, title: "Break it", touches: ["broken.txt"], run: ["echo x > broken.txt"], accept: ["true"] });
    await file({
      ...{ domain, title: `Ask of ${word.topic}`, runtime: "own", touches: ["docs/asked.md"] },
      accept: [{ text: "it is there", run: "test -s docs/asked.md" }],
    });
    const note = [
      `What the day taught about ${word.note}`,
      "",
      `Learned: The plant of ${word.learned} presses on Mondays.`,
      "Learned: Ledgers are closed at noon by the house.",
      `Learned: The rate of ${word.doubt} is on https://example.invalid/rates.`,
    ];
    await at.data("note", "add", "--domain", domain, note.join("\n"));
  }

  /** Commits by hand on a branch, with a trailer, which the operator brings in. */
  async function adoptByHand({ domain, repo, word }: Planted): Promise<void> {
    runGitIn(repo, "checkout", "-q", "-b", word.branch);
    commitFiles(
      repo,
      { "docs/plan.md": "# Plan\n\nBy hand.\n" },
      `docs: by hand\n\nDecision: The desk of ${word.trailer} stays open on Fridays.`,
    );
    runGitIn(repo, "checkout", "-q", "main");
    await at.data("ticket", "adopt", word.branch, "--domain", domain);
  }

  /** An edit of the operator's in the way of a landing pauses the lane, which names the file; then it goes on. */
  async function standInTheWay(of: Planted): Promise<void> {
    const path = `docs/${of.word.edit}.md`;
    await file({ domain: of.domain, title: "Overlap", touches: ["docs/"], run: [`echo one > ${path}`], accept: [`test -s ${path}`] });
    writeFileSync(join(of.repo, path), "mine\n");
    await ask(["run", "--json"], { to: told });
    const { lanes } = await at.data<{ lanes: { lane: string; paused?: { paths: string[] } }[] }>("gate", "status");
    expect(lanes.find(({ lane }) => lane === of.domain)?.paused?.paths).toEqual([path]);
    await ask(["run", "--json"], { agent: true });
    await ask(["gate", "status", "--json"], { agent: true });
    await ask(["sweep", "--greet"], { agent: true });
    runGitIn(of.repo, "clean", "-qf", path);
  }

  async function playSession(): Promise<void> {
    const template = join(at.own, "template.yaml");
    await at.data("start", "--answers-template", template);
    expect(readFileSync(template, "utf8")).toContain(music.word.thread);
    expect(readFileSync(template, "utf8")).toContain(trading.word.thread);
    writeFileSync(join(at.own, "answers.yaml"), stringify({ default: "recommended", answers: [] }));
    await ask(["start", "--answers", join(at.own, "answers.yaml"), "--distill", "--json"], { to: told });
    for (const of of [music, trading]) await at.data("ticket", "answer", idOf(of, 3), "--text", `It is ${of.word.answer}.`);
    for (const command of [["run"], ["distill"], ["run"]]) await ask([...command, "--json"], { to: told });
  }

  /** A worker dies while a sealed ticket's commands run. */
  async function dieAtWork(of: Planted): Promise<void> {
    const path = `docs/${of.word.made}.md`;
    await file({
      domain: of.domain,
      title: `Die at ${of.word.title}`,
      touches: [path],
      run: [`echo more >> ${path}`, "sleep 4"],
      accept: ["true"],
    });
    const killed = await runAndKill(at.root, {
      ...{ reach: "all" as const, env: at.env },
      moment: async () => void (await delay(2500)),
    });
    expect(killed).toBe(true);
  }

  /** Main is moved by hand while the resident process watches. */
  async function watchByHand(of: Planted): Promise<void> {
    await at.data("daemon", "start");
    commitFiles(of.repo, { "docs/plan.md": "# Plan\n\nOnce more.\n" }, `docs: once more of ${of.word.hand}`);
    const log = join(at.root, ".mos/log/daemon.log");
    for (let tries = 0; tries < 100 && !readFileSync(log, "utf8").includes(of.domain); tries += 1) await delay(100);
    await at.data("daemon", "stop");
    await ask(["ticket", "adopt", "main", "--domain", of.domain, "--json"], { to: told });
  }

  /** Each command that a program, or another domain, may give. */
  async function lookAround(): Promise<void> {
    const landed = (list.find(({ id }) => id === idOf(trading, 1)) as Listed & { commit?: string }).commit ?? "";
    expect(landed).toMatch(/^[0-9a-f]{40}$/);
    const id = idOf(trading, 1);
    const looking = [
      ...[["status"], ["status", "--line"], ["log"], ["ticket", "list"], ["brief"], ["review", "list"], ["domain", "list"]],
      ...[
        ["wiki", "check"],
        ["gate", "status"],
        ["log", "verify"],
        ["doctor"],
        ["sweep", "--greet"],
        ["gate", "receipt", landed],
        ["review"],
      ],
      ...[
        ["ticket", "show", id],
        ["ticket", "ready", id],
        ["gate", "receipt", id],
        ["log", "--ticket", id],
        ["attach", idOf(trading, 3)],
      ],
      ...[["ask", commonQuestion], ["role", "show", "scout"], ["note", "add", "x"], ["distill"]].map((one) => [
        ...one,
        "--domain",
        "trading",
      ]),
      ["sandbox", "exec", "--domain", "trading", "--ticket", id, "--", "cat", "token.txt"],
      ...(long
        ? [
            ...[["wiki", "stats"], ["wiki", "index"], ["playbook", "list"], ["agents"], ["guard", "status"], ["lane", "pause", "trading"]],
            ...[
              ["ticket", "unblock", id],
              ["ticket", "withdraw", id],
              ["ticket", "show", idOf(trading, 3)],
              ["attach", id],
            ],
            ...[
              ["ticket", "block", idOf(trading, 2), "--reason", "r"],
              ["brief", "--domain", "trading"],
            ],
            ["wiki", "check", "--fix", "--domain", "trading"],
          ]
        : []),
    ];
    const withJson = (args: string[]) => (args[0] === "sandbox" ? args : [...args, "--json"]);
    await inThrees(looking, (args) => ask(withJson(args), { agent: true }));
    const template = join(at.own, "agents-template.yaml");
    for (const args of [
      ["start", "--answers-template", template],
      ["start", "--yes"],
      ["distill"],
      ["run"],
      ["doctor", "--fix"],
      ["wiki", "check", "--fix"],
      ["sweep"],
    ])
      await ask(withJson(args), { agent: true });
    said.push({ by: "the agent's answers template", text: readFileSync(join(at.own, "agents-template.yaml"), "utf8") });

    const around =
      "cat /proc/self/mountinfo; env; ls -laR /work /tmp /opt /run 2>/dev/null; git log --all --format=%s%b%an; cat vendor/token";
    const ofMusic = [
      ...[["ask", commonQuestion], ["brief"], ["ticket", "list"], ["review", "list"], ["wiki", "check"], ["wiki", "stats"], ["distill"]],
      ["role", "show", "executor"],
    ].map((one) => [...one, "--domain", "music", "--json"]);
    const own = (number: number) => [
      ["ticket", "show", idOf(music, number), "--json"],
      ["log", "--ticket", idOf(music, number), "--json"],
    ];
    const receipt = ["gate", "receipt", idOf(music, 1), "--json"];
    await inThrees([...ofMusic, ...own(3), ...(long ? [...own(1), ...own(2), receipt] : [])], (args) => ask(args));
    await ask(["sandbox", "exec", "--domain", "music", "--ticket", idOf(music, 1), "--", "sh", "-c", around]);
    // What the operator asks of everything shows it: the looking is alive.
    await inThrees([["ticket", "list"], ["brief"], ["review", "list"]], (args) => ask([...args, "--json"], { to: told }));
  }

  async function askServer(...bound: string[]): Promise<void> {
    const client = new Client({ name: "test", version: "1" });
    const env = { ...at.env, PATH: process.env.PATH ?? "/usr/bin:/bin" };
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [program, "mcp", ...bound], cwd: at.root, env }));
    try {
      for (const { name } of (await client.listTools()).tools) {
        // Long calls are the session's, which is played above.
        if (name === "start_session" || name === "run_session") continue;
        for (const given of [{}, { id: idOf(trading, 1), domain: "trading", question: commonQuestion, path: "wiki/index.md" }]) {
          const { text, data } = await callTool(client, name, given).catch((error: Error) => ({ text: error.message, data: {} }));
          said.push({ by: `${bound.join(" ")} ${name} ${JSON.stringify(given)}`, text: `${text}\n${JSON.stringify(data)}` });
        }
      }
    } finally {
      await client.close();
    }
  }

  /** What is released crosses; of a sealed domain nothing is. */
  async function release(): Promise<void> {
    const waiting = await at.data<{ id: string; domain: string; claim: string }[]>("review", "list");
    const sealed = waiting.find(({ domain, claim }) => domain === "trading" && claim.includes(trading.word.doubt));
    const open = waiting.find(({ domain, claim }) => domain === "music" && claim.includes(music.word.doubt));
    const refused = await ask(["review", "release", sealed?.id ?? "", "--json"], { to: told });
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: "candidate-sealed" } });
    await at.data("review", "release", open?.id ?? "");
    await ask(["run", "--json"], { to: told });
  }

  function lookThrough(of: Planted): { files: Hit[]; store: StoreFindings } {
    const store = findInStore({
      ...{ file: join(at.root, ".mos/store.db"), copy: join(at.own, `${of.domain}.db`) },
      ...{ marks: of.marks, isOwn: owned.isOwnRow(of) },
    });
    return { store, files: findInFiles(at.folder, of.marks) };
  }

  beforeAll(async () => {
    at = await openSealedWorkspace();
    music = plantDomain({ domain: "music", prefix: "MUS", stem: "larkpipitbo", folder: at.folder });
    agency = plantDomain({ domain: "agency", prefix: "AGE", stem: "finchserine", folder: at.folder });
    trading = plantDomain({ domain: "trading", prefix: "TRD", stem: "wrenfalcona", folder: at.folder });
    const cast = playDomains([music, agency, trading]);
    bodies = cast.bodies;
    model = await startScriptedModel({ script: { default: [] }, onTurn: cast.onTurn });
    await configure(at, { model: model.url, all: [music, agency, { ...trading, sealed: true }] });
    // What an open domain's lane and log hold is no news: the long run alone looks for it.
    const byHand = long ? [music, trading] : [trading];
    const watching = watch(at.temporary, (_, name) => void (name !== null && passing.add(name)));
    try {
      for (const of of [music, trading]) {
        await fileWork(of);
        await adoptByHand(of);
      }
      await playSession();
      for (const of of byHand) await standInTheWay(of);
      await release();
      await dieAtWork(trading);
      await ask(["run", "--json"], { to: told });
      for (const of of byHand) await watchByHand(of);
      await ask(["log", "export", join(at.own, "log.jsonl"), "--json"], { to: told });
      list = await at.data<Listed[]>("ticket", "list");
      await lookAround();
      for (const bound of [["--domain", "music"], ["--orchestrator"], ...(long ? [["--domain", "agency"]] : [])]) await askServer(...bound);
    } finally {
      watching.close();
    }
    const [sealed, open] = [lookThrough(trading), lookThrough(music)];
    hits = { sealed: sealed.files, open: open.files };
    rows = { sealed: sealed.store, open: open.store };
  }, 600_000);
  afterAll(async () => {
    await model?.close();
    at?.remove();
  });

  test("the session did what it was to: one sealed ticket landed, one was rejected, one was asked about", () => {
    const stateOf = (id: string) => list.find((one) => one.id === id)?.state;
    for (const of of [music, trading])
      expect([1, 2, 3].map((number) => stateOf(idOf(of, number)))).toEqual(["merged", "blocked", "merged"]);
    const wiki = runGitIn(trading.repo, "grep", "-h", "-e", ".", "main", "--", "wiki/");
    for (const word of [trading.word.lesson, trading.word.trailer]) expect(wiki).toContain(word);
  });

  test("every place that a domain can hold a word in held one: each is found among the domain's own", () => {
    for (const [of, kind] of [
      [trading, "sealed"],
      [music, "open"],
    ] as const) {
      const found = new Set([...hits[kind].filter(owned.isOwnPlace(of)), ...rows[kind].own].map(({ place }) => place));
      const held = of.marks.places.filter((place) => long || kind === "sealed" || !["edit", "hand"].includes(place));
      expect([...found].sort()).toEqual(expect.arrayContaining([...held].sort()));
    }
  });

  test("S28: no file, no name, no git object of another holds one of the sealed domain's", () => {
    expect(hits.sealed.filter((hit) => !owned.isOwnPlace(trading)(hit))).toEqual([]);
  });

  test("S28: no row of another or of nobody holds one, nor does any byte of the store beside its rows", () => {
    expect(rows.sealed.rows).toEqual([]);
    expect(rows.sealed.rest).toEqual([]);
  });

  test("S27, M3, M6: no program that calls, no other domain's command and no server says one", () => {
    expect(said.length).toBeGreaterThan(60);
    expect(said.flatMap(({ by, text }) => trading.marks.find(text).map((place) => `${by}: ${place}`))).toEqual([]);
  });

  test("no request to a model of another domain holds one, and those of its own do", () => {
    const ofTrading = bodies.filter((body) => trading.marks.find(body).length > 0);
    expect(ofTrading.length).toBeGreaterThan(2);
    expect(ofTrading.flatMap((body) => [...music.marks.find(body), ...agency.marks.find(body)])).toEqual([]);
  });

  test("nothing with a tree's names or text is made in the shared temporary folder, and a kill leaves nothing there", () => {
    expect([...passing].filter((name) => !name.startsWith("mos-neutral-"))).toEqual([]);
    expect(readdirSync(at.temporary).filter((name) => !name.startsWith("mos-neutral-"))).toEqual([]);
  });

  test("the copied log names a sealed place in the sealed domain's events alone", () => {
    const events = readFileSync(join(at.own, "log.jsonl"), "utf8")
      .split("\n")
      .filter((line) => line !== "");
    const ofTrading = events.filter((line) => trading.marks.find(line).length > 0).map((line) => JSON.parse(line) as { domain?: string });
    expect(ofTrading.length).toBeGreaterThan(10);
    expect(new Set(ofTrading.map(({ domain }) => domain))).toEqual(new Set(["trading"]));
  });

  test("the looking is alive: an open domain's are found where a sealed one's may not be", () => {
    const elsewhere = hits.open.filter((hit) => !owned.isOwnPlace(music)(hit)).map(({ where }) => where);
    expect(elsewhere.some((where) => where.startsWith("os/operator/.git/objects/"))).toBe(true);
    expect(elsewhere.some((where) => where.startsWith("os/.mos/slot/operator/"))).toBe(true);
    expect(rows.open.rows.map(({ where }) => where.split(" ")[0])).toEqual(expect.arrayContaining(["artifacts", "tickets", "candidates"]));
    expect(rows.open.rest.length).toBeGreaterThan(0);
    const shown = (by: string) => said.filter((one) => one.by === by).flatMap(({ text }) => music.marks.find(text));
    for (const command of ["ticket list", "log", "brief", "review list"])
      expect(shown(`an agent: mos ${command} --json`).length, command).toBeGreaterThan(0);
    const servers = said.filter(({ by }) => by.startsWith("--domain music")).flatMap(({ text }) => music.marks.find(text));
    expect(servers).toEqual(expect.arrayContaining(["claim", "thread", "title"]));
    expect(told.flatMap(({ text }) => trading.marks.find(text))).toEqual(expect.arrayContaining(["title", "thread", "doubt"]));
  });
});
