import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTemporaryFolder, runGitIn } from "../../support/make-repository.ts";
import { readEnvelope, runMos } from "../../support/run-mos.ts";

const folder = makeTemporaryFolder("mos cli ü ");
const home = folder.path;
const workspace = join(home, "my os");
const mos = (...args: string[]) => runMos(args, { cwd: home });
const inside = (...args: string[]) => runMos(args, { cwd: workspace, env: { HOME: home } });

beforeAll(() => {
  runGitIn(home, "config", "--file", join(home, ".gitconfig"), "user.name", "Op");
  runGitIn(home, "config", "--file", join(home, ".gitconfig"), "user.email", "op@example.invalid");
});
afterAll(folder.remove);

describe("usage", () => {
  test("a word that is nearly a command is answered with the command, and exit 2", async () => {
    const { exitCode, stdout, stderr } = await mos("stats");
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: "mos: Unknown command 'stats'.\n  → Did you mean status? Run `mos --help` to see what there is.\n",
    });
  });

  test("the same with --json is an envelope on stdout", async () => {
    const run = await mos("ticket", "lst", "--json");
    expect(run.exitCode).toBe(2);
    expect(readEnvelope(run)).toMatchObject({
      kind: "error",
      error: { code: "usage", hint: expect.stringContaining("Did you mean list?") },
    });
    expect(run.stderr).toBe("");
  });

  test("a required option, a choice, an argument too many: each named, exit 2", async () => {
    expect(await mos("ticket", "block", "MUS-1")).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--reason") });
    expect(await mos("ticket", "list", "--state", "done")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("Allowed choices"),
    });
    expect(await mos("status", "now")).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("Too many arguments") });
    expect(await mos("stop")).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--all") });
  });

  test("a group without a command shows what is in it, on stderr", async () => {
    const { exitCode, stdout, stderr } = await mos("ticket");
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain("withdraw");
  });

  test("an option after a nested command is that command's, also where the outer one has it too", async () => {
    const args = ["demo", "clean", "--dir", join(home, "nothing here"), "--json"];
    const run = await runMos(args, { cwd: home, env: { TMPDIR: home } });
    expect(run.exitCode).toBe(3);
    expect(readEnvelope(run).error).toMatchObject({ code: "not-a-demo", message: expect.stringContaining("nothing here") });
  });

  test("help and version go to stdout with exit 0", async () => {
    expect(await mos("--version")).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: "" });
    expect(await mos("ticket", "new", "--help")).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("--file <F>"), stderr: "" });
    expect((await mos()).stdout).toContain("Start here:");
  });

  test("outside a workspace: exit 3, and how to get one", async () => {
    const run = await mos("status", "--json");
    expect(run.exitCode).toBe(3);
    expect(readEnvelope(run)).toMatchObject({ error: { code: "no-workspace", hint: expect.stringContaining("mos init") } });
  });
});

describe("from nothing to a ticket", () => {
  test("init asks nobody without a terminal: it says which option to give, and writes nothing", async () => {
    const { exitCode, stderr } = await mos("init", workspace);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("── mos.yaml");
    expect(stderr).toContain("→ Give --yes.");
    expect(await mos("status", "--workspace", workspace)).toMatchObject({ exitCode: 3 });
  });

  test("a workspace in a folder with spaces and Unicode, a domain, a ticket, through to ready", async () => {
    expect(await mos("init", workspace, "--yes")).toMatchObject({ exitCode: 0 });
    expect(await inside("domain", "add", "music", "--new", "--yes")).toMatchObject({ exitCode: 0 });
    expect(readEnvelope(await mos("domain", "list", "--json", "--workspace", workspace)).data).toMatchObject([
      {
        name: "music",
        prefix: "MUS",
        sealed: false,
        home: resolve(workspace, "music"),
        checks: [],
        baseline: expect.stringMatching(/^[0-9a-f]{40}$/),
      },
    ]);
    const draft = "title: Say hello\ndomain: music\ntouches: [notes/hello.md]\nrun: ['true']\naccept: ['true']\n";
    const filed = await runMos(["ticket", "new", "--file", "-", "--json"], { cwd: workspace, env: { HOME: home }, input: draft });
    expect(readEnvelope(filed)).toMatchObject({ kind: "ticket", data: { id: "MUS-1", state: "draft" } });
    expect(readEnvelope(await inside("ticket", "ready", "MUS-1", "--json")).data).toMatchObject({ state: "ready" });
    expect(await inside("ticket", "show", "XXX-1")).toMatchObject({ exitCode: 3, stdout: "" });
  });

  test("a domain twice: exit 1, nothing changed", async () => {
    const before = readFileSync(join(workspace, "mos.yaml"), "utf8");
    expect(await inside("domain", "add", "music", "--new", "--yes")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("'music'"),
    });
    expect(readFileSync(join(workspace, "mos.yaml"), "utf8")).toBe(before);
  });

  test("data is on stdout alone, and plain when piped", async () => {
    const list = await inside("ticket", "list");
    expect(list).toEqual({ exitCode: 0, stdout: "MUS-1  ready  Say hello\n", stderr: "" });
  });

  test("a note is a ready ticket that writes just that file", async () => {
    const run = await inside("note", "add", "--domain", "music", "It's $(touch pwned) `x`", "--json");
    expect(readEnvelope(run).data).toMatchObject({
      ticket: "MUS-2",
      state: "ready",
      path: expect.stringMatching(/^notes\/[0-9-]{10}-it-s-touch-pwned-x\.md$/),
    });
  });

  test("lanes: pause, stop --all, resume; each is in the log", async () => {
    expect(await inside("lane", "pause", "music", "--reason", "a look")).toMatchObject({ exitCode: 0 });
    expect(await inside("lane", "pause", "nope")).toMatchObject({ exitCode: 3 });
    expect(readEnvelope(await inside("gate", "status", "--json")).data).toMatchObject({
      lanes: [{ lane: "music", paused: { by: "operator", reason: "a look" } }, { lane: "operator" }],
    });
    expect(readEnvelope(await inside("stop", "--all", "--json")).data).toEqual({
      lanes: ["music", "operator"],
      ...{ workers: [], ended: [], landed: [], dropped: [], left: [] },
      daemon: false,
    });
    for (const args of [
      ["lane", "resume", "--all"],
      ["ticket", "adopt", "main", "--domain", "music"],
    ]) {
      const byAgent = await runMos([...args, "--json"], { cwd: workspace, env: { HOME: home, CLAUDECODE: "1" } });
      expect(readEnvelope(byAgent).error).toMatchObject({ code: "operator-only", hint: "Run it in your own terminal." });
    }
    expect(await inside("lane", "resume", "--all")).toMatchObject({ exitCode: 0 });
    const kinds = (readEnvelope(await inside("log", "--json")).data as { kind: string }[]).map(({ kind }) => kind);
    expect(kinds).toEqual([
      "domain.added", "ticket.created", "ticket.ready", "ticket.created", "ticket.ready",
      "lane.paused", "lane.paused", "workspace.stopped", "lane.resumed", "lane.resumed",
    ]); // biome-ignore format: a row
    expect(readEnvelope(await inside("log", "--since", "9", "--json")).data).toHaveLength(1);
    expect(await inside("log", "--since", "yesterday-ish")).toMatchObject({ exitCode: 2 });
    expect(readEnvelope(await inside("log", "verify", "--json")).data).toMatchObject({ ok: true, events: 10 });
  });

  test("Ctrl-C ends a log that is followed, with 130", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 1500);
    const run = await runMos(["log", "--follow"], { cwd: workspace, env: { HOME: home }, signal: stop.signal });
    expect(run.stdout.split("\n")[0]).toContain("domain.added");
  });

  test("a broken mos.yaml is named with its line, and no command goes on", async () => {
    const file = join(workspace, "mos.yaml");
    const { writeFileSync } = await import("node:fs");
    const before = readFileSync(file, "utf8");
    writeFileSync(file, `${before}\nlimits: [`);
    const run = await inside("ticket", "list", "--json");
    const stop = await inside("stop", "--all", "--json");
    writeFileSync(file, before);
    expect(run.exitCode).not.toBe(0);
    expect(readEnvelope(run).error).toMatchObject({ code: "config-invalid", hint: expect.stringMatching(/./) });
    // An emergency does not wait for it.
    expect(stop).toMatchObject({ exitCode: 1 });
    expect(readEnvelope(stop).data).toMatchObject({ lanes: ["music", "operator"], left: [{ worker: "mos.yaml" }] });
    expect(readEnvelope(await inside("start", "--json")).error).toMatchObject({ code: "stopped" });
    expect(await inside("agents", "probe", "--json")).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('"stopped"') });
    expect(await inside("lane", "resume", "--all")).toMatchObject({ exitCode: 0 });
  });
});

describe("completion", () => {
  test("commands, nested ones, options and choices", async () => {
    expect((await mos("complete", "--", "ti")).stdout).toContain("ticket\t");
    expect((await mos("complete", "--", "ticket", "wi")).stdout).toContain("withdraw\t");
    expect((await mos("complete", "--", "ticket", "block", "--re")).stdout).toContain("--reason\t");
    expect((await mos("complete", "--", "ticket", "list", "--state", "mer")).stdout).toContain("merged");
    expect((await mos("complete", "--", "completion", "z")).stdout).toContain("zsh");
    expect((await mos("complete", "--", "comp")).stdout).not.toContain("completion-script");
  });

  test.each(["bash", "zsh", "fish", "powershell"])("a script for %s", async (shell) => {
    const { exitCode, stdout } = await mos("completion", shell);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/mos complete|mos' complete|"?mos"?.*complete/);
  });
});
