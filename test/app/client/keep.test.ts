import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeHandInTool } from "../../../src/app/client/hand-in-tool.ts";
import { openConversation } from "../../../src/app/client/keep-conversation.ts";
import { openTranscript } from "../../../src/app/client/open-transcript.ts";
import { listSecretForms } from "../../../src/core/secret/hide-secrets.ts";
import { makeTemporaryFolder } from "../../support/make-repository.ts";

let folder: ReturnType<typeof makeTemporaryFolder>;
let runs = 0;
beforeEach(() => {
  folder = makeTemporaryFolder("mos-keep-");
});
afterEach(() => folder.remove());

const id = "11111111-1111-4111-8111-111111111111";
function open(domain: string, resume?: string) {
  runs += 1;
  const runDir = join(folder.path, `run-${runs}`);
  mkdirSync(runDir);
  return openConversation({ stateDir: join(folder.path, ".mos"), domain, client: "claude" }, { runDir, resume });
}
/** One run that says something; gives what it was kept under. */
function talk(domain: string, words: string, more: { resume?: string; usd?: number; forms?: readonly string[] } = {}) {
  const opened = open(domain, more.resume);
  mkdirSync(join(opened.folder, "-work-tree"), { recursive: true });
  writeFileSync(join(opened.folder, "-work-tree", `${id}.jsonl`), words);
  return opened.keep({ conversation: id, usd: more.usd, forms: more.forms ?? [] });
}

test("C17: what a run kept is there for the next one of its domain, and for no other", () => {
  expect(talk("music", "hello")).toBe(id);
  const again = open("music", id);
  expect(again.resume).toBe(id);
  expect(readFileSync(join(again.folder, "-work-tree", `${id}.jsonl`), "utf8")).toBe("hello");
  const other = open("agency", id);
  expect(other).not.toHaveProperty("resume");
  expect(readdirSync(other.folder)).toEqual([]);
});

test.each(["../../music/claude/x", "..", `${id}/../${id}`, ".hidden-folder", ""])("C17: %j names no conversation", (name) => {
  talk("music", "hello");
  expect(open("music", name)).not.toHaveProperty("resume");
  expect(open("music").keep({ conversation: name, usd: 0, forms: [] })).toBeUndefined();
});

test("C17: a secret, or more than is kept, is forgotten, and what was kept before stays; links are left behind", () => {
  talk("music", "hello");
  expect(talk("music", "it is canary-key-0123456789", { forms: listSecretForms(["canary-key-0123456789"]) })).toBeUndefined();
  const large = open("music", id);
  for (let at = 0; at < 2001; at += 1) writeFileSync(join(large.folder, `f${at}`), "");
  expect(large.keep({ conversation: id, usd: 0, forms: [] })).toBeUndefined();
  const linked = open("music", id);
  expect(readFileSync(join(linked.folder, "-work-tree", `${id}.jsonl`), "utf8")).toBe("hello");
  symlinkSync("/etc/passwd", join(linked.folder, "link"));
  expect(linked.keep({ conversation: id, usd: 0, forms: [] })).toBe(id);
  expect(existsSync(join(open("music", id).folder, "link"))).toBe(false);
});

test("C16: what was reported before is known to the run that goes on, or said to be unknown", () => {
  expect(open("music").usdBefore).toBe(0);
  talk("music", "hello", { usd: 0.25 });
  expect(open("music", id).usdBefore).toBe(0.25);
  talk("music", "hello again", { resume: id });
  expect(open("music", id)).not.toHaveProperty("usdBefore");
});

test("C18: one JSON value a line, for its owner alone, secrets hidden, what is over the bound left out by whole lines", async () => {
  const file = join(folder.path, "transcript.jsonl");
  const transcript = openTranscript({
    file,
    forms: listSecretForms(["canary-key-0123456789"]),
    bytesMax: 700,
    head: { type: "mos", prompt: "use canary-key-0123456789" },
  });
  transcript.take('{"type":"text","te', "stdout");
  transcript.take('xt":"canary-key-01', "stdout");
  transcript.take('23456789"}\nno json\n', "stdout");
  transcript.take("WARNING: x\n", "stderr");
  transcript.take(`${JSON.stringify({ long: "x".repeat(600) })}\n{"late":true}\n`, "stdout");
  expect(await transcript.end()).toEqual({ stderr: "WARNING: x\n", found: true });
  const text = readFileSync(file, "utf8");
  expect(text).not.toContain("canary-key");
  expect(text.length).toBeLessThanOrEqual(700);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { type: "mos", prompt: "use [hidden by mos]" },
    { type: "text", text: "[hidden by mos]" },
    { type: "mos", stream: "stdout", text: "no json" },
    { type: "mos", stream: "stderr", text: "WARNING: x" },
    { type: "mos", cut: true },
  ]);
});

test("C14: hand_in says what does not fit, takes what does, and after three refusals takes it as it is", async () => {
  const taken: unknown[] = [];
  const schema = { type: "object", properties: { outcome: { enum: ["done"] } }, required: ["outcome"], additionalProperties: false };
  const tool = makeHandInTool({ schema, onTaken: (output) => taken.push(output) });
  const { signal } = new AbortController();
  expect(tool.inputSchema).toBe(schema);
  for (const wrong of [{}, { outcome: "splendid" }, { outcome: "done", more: 1 }]) {
    const answer = await tool.call(wrong, signal);
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/does not fit its schema/);
  }
  expect(taken).toEqual([]);
  expect(await tool.call({ outcome: "done" }, signal)).toMatchObject({ isError: false });
  expect(await tool.call({ outcome: "splendid" }, signal)).toMatchObject({ isError: false });
  expect(taken).toEqual([{ outcome: "done" }, { outcome: "splendid" }]);
});
