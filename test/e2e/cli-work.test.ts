import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { readEnvelope, runMos } from "../support/run-mos.ts";

const folder = makeTemporaryFolder();
const root = join(folder.path, "os");
const env = { HOME: folder.path };
const mos = (...args: string[]) => runMos(args, { cwd: root, env });
const data = async (...args: string[]) => readEnvelope(await mos(...args, "--json")).data as Record<string, unknown>;

async function fileTicket(run: string, touches = "notes/") {
  const draft = JSON.stringify({ title: "A piece of work", domain: "music", touches: [touches], run: [run], accept: ["true"] });
  const filed = await runMos(["ticket", "new", "--file", "-", "--json"], { cwd: root, env, input: draft });
  const { id } = readEnvelope(filed).data as { id: string };
  await mos("ticket", "ready", id);
  return id;
}

beforeAll(async () => {
  runGitIn(folder.path, "config", "--file", join(folder.path, ".gitconfig"), "user.name", "Op");
  runGitIn(folder.path, "config", "--file", join(folder.path, ".gitconfig"), "user.email", "op@example.invalid");
  await runMos(["init", root, "--yes"], { cwd: folder.path, env });
  await mos("domain", "add", "music", "--new", "--yes");
});
afterAll(folder.remove);

describe.skipIf(!boxAvailable)("the program at work (needs a sandbox)", () => {
  test("run lands a ticket; its receipt, the log and the doctor say so in their public shapes", async () => {
    const id = await fileTicket("mkdir -p notes && echo hi > notes/hello.md");
    expect(await data("run")).toMatchObject({ merged: [id], blocked: [], builds: expect.any(Number), wallMs: expect.any(Number) });
    const receipt = await data("gate", "receipt", id);
    expect(Object.keys(receipt)).toEqual(
      expect.arrayContaining([
        "tickets",
        "base",
        "tree",
        "commit",
        "heads",
        "gateHash",
        "logHead",
        "verdicts",
        "checks",
        "doctor",
        "landedAt",
      ]),
    );
    const main = runGitIn(join(root, "music"), "rev-parse", "main");
    expect(receipt).toMatchObject({ tickets: [id], commit: main, tree: runGitIn(join(root, "music"), "rev-parse", "main^{tree}") });
    expect(await data("ticket", "show", id)).toMatchObject({ state: "merged", commit: main, verdict: { outcome: "pass" } });
    expect(await data("log", "verify")).toMatchObject({ ok: true, receipts: 1 });
    expect(await data("doctor")).toMatchObject({ grade: "A", passed: 19, total: 19, domains: { music: "A", operator: "A" } });
    expect(await data("status")).toMatchObject({ doctor: { grade: "A" }, running: [], queue: [] });
  });

  test("run with a ticket that fails ends in 5, and names it", async () => {
    const id = await fileTicket("exit 3");
    const run = await mos("run", "--json");
    expect(run.exitCode).toBe(5);
    expect((readEnvelope(run).data as { blocked: string[] }).blocked.length).toBeGreaterThan(0);
    await mos("ticket", "withdraw", id);
  });

  test("sandbox exec gives the command's own output and exit code, and nothing of the operator's is there", async () => {
    const id = await fileTicket("true");
    const command = 'echo "two  words"; echo err >&2; ls /home /root "$HOME" 2>/dev/null; env | cut -d= -f1 | sort | tr "\\n" " "; exit 7';
    const run = await mos("sandbox", "exec", "--domain", "music", "--ticket", id, "--", "sh", "-c", command);
    expect(run.exitCode).toBe(7);
    expect(run.stdout).toMatch(/^two {2}words\n/);
    expect(run.stderr).toContain("err\n");
    expect(run.stdout).not.toContain(".gitconfig");
    await mos("ticket", "withdraw", id);
  });

  test("Ctrl-C on a run ends in 130 with nothing half done, and the next run goes on", async () => {
    const id = await fileTicket("sleep 4; mkdir -p notes && echo slow > notes/slow.md");
    const program = join(import.meta.dirname, "../../dist/mos.mjs");
    const child = spawn(process.execPath, [program, "run"], {
      cwd: root,
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      // Once: a second Ctrl-C ends the program at once.
      if (said.includes(`execute ${id}`) && !child.killed) child.kill("SIGINT");
    });
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(130);
    expect(said).toContain("Run the same command again to go on.");
    expect(runGitIn(join(root, "music"), "status", "--porcelain")).toBe("");
    expect(((await data("run")) as { merged: string[] }).merged).toContain(id);
    expect(await data("doctor")).toMatchObject({ grade: "A" });
  });
});

describe("the doctor at the terminal", () => {
  test("a mos.yaml that cannot be read is a finding with its remedy, exit 5", async () => {
    const file = join(root, "mos.yaml");
    const before = readFileSync(file, "utf8");
    writeFileSync(file, "version: [");
    const run = await mos("doctor", "--json");
    writeFileSync(file, before);
    expect(run.exitCode).toBe(5);
    expect(readEnvelope(run).data).toMatchObject({
      grade: "F",
      checks: [{ id: "configuration", ok: false, fix: expect.stringMatching(/./) }],
    });
  });
});
