import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeRepository, makeTemporaryFolder, runGitIn } from "../../support/make-repository.ts";
import { boxAvailable } from "../../support/open-box.ts";

const program = join(import.meta.dirname, "../../../dist/mos.mjs");
const folder = makeTemporaryFolder("mos-doctor-");
const root = join(folder.path, "os");
const config = join(root, "mos.yaml");
const agentMarks = ["CLAUDECODE", "CODEX_SANDBOX", "GEMINI_CLI", "OPENCODE", "CURSOR_AGENT", "AI_AGENT"];

function mos(args: readonly string[], env: Record<string, string> = {}): { exit: number | null; text: string } {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !agentMarks.includes(name) && name !== "MOS_WORKSPACE"));
  const identity = { HOME: folder.path, NO_COLOR: "1" };
  const ended = spawnSync(process.execPath, [program, ...args], {
    cwd: folder.path,
    env: { ...own, ...identity, ...env },
    encoding: "utf8",
  });
  return { exit: ended.status, text: ended.stdout };
}

function askDoctor(env: Record<string, string> = {}) {
  const { exit, text } = mos(["doctor", "--json", "--workspace", root], env);
  const { kind, data } = JSON.parse(text);
  return { exit, kind, data, failing: data.checks.filter((check: { ok: boolean }) => !check.ok) };
}

beforeAll(() => {
  writeFileSync(join(folder.path, ".gitconfig"), "[user]\n\tname = Me\n\temail = me@example.invalid\n");
  makeRepository(join(folder.path, "secrets"), { "notes.md": "# Notes\n" });
  expect(mos(["init", root, "--yes"]).exit).toBe(0);
  expect(mos(["domain", "add", "secrets", "--path", "secrets", "--sealed", "--yes", "--workspace", root]).exit).toBe(0);
});
afterAll(() => folder.remove());

describe.skipIf(!boxAvailable)("mos doctor", () => {
  test("D20: a line for each check and the grade; exit 0 at A", () => {
    const { exit, text } = mos(["doctor", "--workspace", root]);
    expect(text.match(/^✔ /gm)).toHaveLength(19);
    expect(text).toMatch(/^A {2}19 of 19 checks hold$/m);
    expect(exit).toBe(0);
  });

  test("D2: a mos.yaml that is broken is a diagnosis, with the place and the remedy; exit 5", () => {
    const before = readFileSync(config, "utf8");
    writeFileSync(config, before.replace("version: 1", "version: 1\nspeed: 9"));
    const { exit, kind, data, failing } = askDoctor();
    writeFileSync(config, before);
    expect([exit, kind, data.grade, data.total]).toEqual([5, "diagnosis", "F", 19]);
    expect(failing).toMatchObject([
      { id: "configuration", reason: expect.stringMatching(/mos\.yaml:\d+:\d+.*speed/), fix: expect.stringMatching(/\w/) },
    ]);
    expect(askDoctor()).toMatchObject({ exit: 0, failing: [] });
  });

  test("D2: so is a playbook that does not load", () => {
    const playbook = join(root, "playbooks/mine.yaml");
    writeFileSync(playbook, "id: mine\ntitel: Mine\n");
    expect(askDoctor()).toMatchObject({
      exit: 5,
      data: { grade: "F" },
      failing: [{ id: "configuration", reason: expect.stringContaining("playbooks/mine.yaml") }],
    });
    rmSync(playbook);
    expect(askDoctor().exit).toBe(0);
  });

  test("of a sealed domain a program that calls learns that something is wrong, and the operator what", () => {
    runGitIn(join(folder.path, "secrets"), "commit", "-q", "--allow-empty", "-m", "by hand");
    const shown = askDoctor();
    expect(shown.failing).toMatchObject([{ id: "receipts", domain: "secrets", fix: "mos ticket adopt main --domain secrets" }]);
    const told = askDoctor({ CLAUDECODE: "1" });
    expect(told).toMatchObject({ exit: 5, data: { grade: "B", domains: { secrets: "B" } } });
    expect(told.failing).toMatchObject([{ id: "receipts", domain: "secrets", reason: "secrets is sealed" }]);
    const { text } = mos(["doctor", "--workspace", root]);
    expect(text).toMatch(/✖ receipts \(secrets\): main of secrets is at \w+, which no receipt covers\n {2}→ mos ticket adopt main/);
  });

  test("S27: to an agent a sealed domain's tickets and briefs are not there, and the operator sees them", () => {
    const draft = join(folder.path, "draft.yaml");
    writeFileSync(draft, "title: Move the keys\ndomain: secrets\n");
    const prefix = JSON.parse(mos(["ticket", "new", "--file", draft, "--json", "--workspace", root]).text).data.id.split("-")[0];
    const ask = (args: string[], env = {}) => mos([...args, "--json", "--workspace", root], env).text;
    const commands = [["status"], ["ticket", "list"], ["ticket", "show", `${prefix}-1`], ["log"], ["brief"], ["wiki", "stats"]];
    const agent = commands.map((args) => ask(args, { CLAUDECODE: "1" })).join("\n");
    expect(agent).not.toContain("Move the keys");
    expect(JSON.parse(ask(["ticket", "list"], { CODEX_SANDBOX: "1" })).data).toEqual([]);
    expect(JSON.parse(ask(["ticket", "show", `${prefix}-1`], { AI_AGENT: "1" })).error.code).toBe("domain-sealed");
    expect(ask(["ticket", "list"])).toContain("Move the keys");
    expect(ask(["ticket", "show", `${prefix}-1`])).toContain("Move the keys");
  });
});
