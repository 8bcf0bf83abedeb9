import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { attachRun, type RunWord } from "../../../src/app/agents/attach-run.ts";
import { followTicket } from "../../../src/app/agents/follow-ticket.ts";
import { AgentRun } from "../../../src/contract/agent.ts";
import { makeWikiWorld, type WikiWorld } from "../../support/make-wiki-world.ts";
import { sampleTicket } from "../../support/sample-records.ts";

let home: WikiWorld;

beforeEach(async () => {
  home = await makeWikiWorld({
    music: { prefix: "MUS", files: { "DOMAIN.md": "# Music\n" } },
    trading: { prefix: "TRA", files: { "DOMAIN.md": "# Trading\n" }, sealed: true },
  });
});
afterEach(() => home.remove());

async function put(changed: Partial<AgentRun> = {}): Promise<AgentRun> {
  const run = AgentRun.parse({
    ...{ id: "run-1", domain: "music", role: "executor", ticket: "MUS-1", runtime: "claude", owner: "here/1/1", state: "done" },
    ...{ transcript: `log/run/${changed.id ?? "run-1"}.jsonl`, startedAt: "2026-11-20T08:00:00.000Z", day: "2026-11-20" },
    ...changed,
  });
  await home.world.store.write((tx) => tx.agentRuns.put(run));
  return run;
}

const fileOf = (run: string) => join(home.world.workspace.stateDir, "log", "run", `${run}.jsonl`);
const say = (text: string) => `${JSON.stringify({ kind: "text", text })}\n`;

function write(run: string, text: string): void {
  mkdirSync(dirname(fileOf(run)), { recursive: true });
  writeFileSync(fileOf(run), text);
}

async function readAll(id: string, operator = true): Promise<RunWord[]> {
  const words: RunWord[] = [];
  for await (const word of attachRun(home.world, { id, operator })) words.push(word);
  return words;
}

test("A8: a run that has ended is read from its beginning, and last how it ended", async () => {
  await put({ state: "failed", failure: "timeout", message: "it took too long", cost: { usd: 0.5, source: "client" } });
  write("run-1", say("one") + say("two"));
  const words = await readAll("run-1");
  expect(words.map(({ text }) => text).slice(0, 2)).toEqual(["one", "two"]);
  expect(words.at(-1)).toMatchObject({ who: "end", state: "failed", text: expect.stringContaining("failed (timeout: it took too long)") });
  expect(words.at(-1)?.text).toContain("about $0.5000");
});

test("A8: a run that goes on is read as it comes, by whole lines, until it ends; a ticket names its run", async () => {
  await put({ id: "run-1" });
  await put({ id: "run-2", state: "running" });
  write("run-2", `${say("one")}{"kind":"text",`);
  const words = attachRun(home.world, { id: "MUS-1", operator: true });
  expect((await words.next()).value).toEqual({ run: "run-2", who: "model", text: "one" });
  const second = words.next();
  appendFileSync(fileOf("run-2"), `"text":"two"}\n`);
  expect((await second).value).toEqual({ run: "run-2", who: "model", text: "two" });
  const last = words.next();
  await put({ id: "run-2", state: "done" });
  expect((await last).value).toMatchObject({ run: "run-2", who: "end", state: "done" });
  expect((await words.next()).done).toBe(true);
});

test("A9: what looks like a credential is left out, also where no known secret was hidden", async () => {
  await put();
  const key = `sk-ant-${"a1".repeat(20)}`;
  write("run-1", say(`the key is ${key}.`));
  const [word] = await readAll("run-1");
  expect(word?.text).toContain("the key is ");
  expect(word?.text).not.toContain(key);
});

test("A9: a sealed domain's transcript is the operator's alone", async () => {
  await put({ domain: "trading", ticket: "TRA-1" });
  write("run-1", say("secret"));
  await expect(readAll("run-1", false)).rejects.toMatchObject({ code: "domain-sealed" });
  expect((await readAll("run-1")).map(({ text }) => text)).toContain("secret");
  await put({ domain: "gone" });
  await expect(readAll("run-1", false)).rejects.toMatchObject({ code: "domain-sealed" });
});

test("A9: nothing but a run's own file is read: no other name, and through no link", async () => {
  write("elsewhere", say("not a transcript"));
  await put({ transcript: "../../etc/passwd" });
  expect((await readAll("run-1")).map(({ who }) => who)).toEqual(["end"]);
  await put();
  symlinkSync(fileOf("elsewhere"), fileOf("run-1"));
  expect((await readAll("run-1")).map(({ who }) => who)).toEqual(["end"]);
});

test("what is no run and no ticket of one is not found", async () => {
  await expect(readAll("run-9")).rejects.toMatchObject({ code: "run-not-found", exit: 3 });
});

test("A8: with its ticket followed, a run's words come between the events", async () => {
  await home.world.store.write((tx) => tx.tickets.insert(sampleTicket()));
  const stop = new AbortController();
  const world = { ...home.world, signal: stop.signal };
  const news = followTicket(world, { ticket: "MUS-1", operator: true });
  const first = news.next();
  await put({ state: "running" });
  write("run-1", say("hello"));
  const event = {
    kind: "run.started",
    actor: "mos",
    domain: "music",
    ticket: "MUS-1",
    reason: "claude as executor",
    data: { run: "run-1" },
  };
  await home.world.store.write((tx) => tx.append(event));
  expect((await first).value).toMatchObject({ kind: "event", event: { kind: "run.started" } });
  expect((await news.next()).value).toMatchObject({ kind: "word", word: { run: "run-1", text: "hello" } });
  stop.abort();
  await news.return(undefined);
});
