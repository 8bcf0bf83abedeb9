import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { opencodeClient } from "../../src/adapter/client/opencode/opencode-client.ts";
import { type ScriptedModel, startScriptedModel } from "../../src/adapter/scripted-model/start-scripted-model.ts";
import { makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { fixtureAgent, readDocumented } from "../support/open-acp.ts";
import { boxAvailable } from "../support/open-box.ts";
import { readEnvelope, runMos } from "../support/run-mos.ts";
import { findRealClient } from "../support/run-real-client.ts";

const key = "canary-key-0123456789abcdef";
const opencode = await findRealClient(opencodeClient);

interface Agent {
  readonly name: string;
  readonly config: Record<string, unknown>;
  /** What its model calls to make a file. */
  readonly write: (path: string, content: string) => { name: string; input: Record<string, unknown> };
  readonly why: string | undefined;
}
const agents: readonly Agent[] = [
  {
    name: "tiny",
    // A terminal of an agent that nobody has measured is open, whatever it comes to.
    config: { ...fixtureAgent, env: { ...fixtureAgent.env, ACP_TOOLS: "read_file write_file" } },
    write: (path, content) => ({ name: "write_file", input: { path: `/work/tree/${path}`, content } }),
    why: undefined,
  },
  {
    name: "open",
    config: { ...readDocumented("open"), command: [opencode.kind === "found" ? opencode.program : "", "acp", "--pure"] },
    write: (path, content) => ({ name: "write", input: { filePath: `/work/tree/${path}`, content } }),
    why: opencode.kind === "found" ? (process.env.MOS_TEST_LONG === "1" ? undefined : "with --long alone") : `opencode is ${opencode.kind}`,
  },
];

describe.each(agents.filter(({ why }) => boxAvailable && why === undefined))("a session whose executor is $name, over ACP", (agent) => {
  const folder = makeTemporaryFolder();
  const root = join(folder.path, "os");
  const env = { HOME: folder.path, PATH: process.env.PATH ?? "", TINY_KEY: key };
  const mos = (...args: string[]) => runMos([...args, "--json"], { cwd: root, env });
  const data = async (...args: string[]) => readEnvelope(await mos(...args)).data as Record<string, unknown>;
  let model: ScriptedModel;

  const handIn = (output: Record<string, unknown>) => ({ tools: [{ name: "mos_hand_in", input: output }] });
  const script = {
    routes: [
      {
        match: "What was changed",
        turns: [handIn({ outcome: "pass", points: [{ point: "it says hello", pass: true, evidence: "seen" }] })],
      },
    ],
    default: [
      { tools: [agent.write("notes/hello.md", "# Hello\n\nHello.\n")] },
      { tools: [{ name: "mos_run", input: { command: "grep -q Hello notes/hello.md" } }] },
      handIn({ outcome: "done", summary: "It says hello." }),
    ],
  };

  beforeAll(async () => {
    model = await startScriptedModel({ script });
    const git = (name: string, value: string) => runGitIn(folder.path, "config", "--file", join(folder.path, ".gitconfig"), name, value);
    git("user.name", "Op");
    git("user.email", "op@example.invalid");
    await runMos(["init", root, "--yes"], { cwd: folder.path, env });
    await mos("domain", "add", "music", "--new", "--yes");
    const file = join(root, "mos.yaml");
    const document = parseDocument(readFileSync(file, "utf8"));
    document.set("runtimes", document.createNode({ [agent.name]: { ...agent.config, upstream: model.url, keyEnv: "TINY_KEY" } }));
    document.set("roles", document.createNode({ executor: { runtime: agent.name }, verifier: { runtime: agent.name } }));
    writeFileSync(file, String(document));
  });
  afterAll(async () => {
    await model.close();
    folder.remove();
  });

  test("A5, RT50: it is refused before it was seen, probed by the command that the refusal names, and then lands its ticket", async () => {
    const draft = {
      ...{ title: "Say hello", domain: "music", touches: ["notes/"], runtime: agent.name },
      accept: ["grep -q Hello notes/hello.md"],
    };
    const filed = await runMos(["ticket", "new", "--file", "-", "--json"], { cwd: root, env, input: JSON.stringify(draft) });
    const { id } = readEnvelope(filed).data as { id: string };
    await mos("ticket", "ready", id);
    expect(await data("run")).toMatchObject({ merged: [], blocked: [id] });
    const blocked = (await data("ticket", "show", id)) as { causes: { kind: string; clears: string }[] };
    expect(blocked.causes).toMatchObject([
      { kind: "capability", clears: expect.stringContaining(`mos agents probe --runtime ${agent.name}`) },
    ]);
    expect(model.requests()).toEqual([]);

    const probed = await mos("agents", "probe", "--runtime", agent.name);
    expect(probed.stdout, probed.stderr).toContain(`"kind":"agents"`);
    const rows = readEnvelope(probed).data as {
      agent: string;
      works: string[];
      open: string[];
      able: boolean;
      reason: string;
      structuredOutput: boolean;
    }[];
    for (const role of ["executor", "verifier"])
      expect(
        rows.find((row) => row.agent === role),
        JSON.stringify(rows, null, 1),
      ).toMatchObject({ able: true, open: [], structuredOutput: true });
    expect(rows.find((row) => row.agent === "executor")?.works).toEqual(expect.arrayContaining(["run"]));
    expect(model.requests()).toEqual([]);

    await mos("ticket", "unblock", id);
    expect(await data("run")).toMatchObject({ merged: [id], blocked: [] });
    expect(runGitIn(join(root, "music"), "show", "main:notes/hello.md")).toContain("Hello.");
    const shown = JSON.stringify(await data("ticket", "show", id));
    expect(shown).toContain("It says hello.");
    const asked = model.requests();
    expect(asked.length).toBeGreaterThanOrEqual(4);
    expect(asked.every(({ headers }) => headers.authorization === `Bearer ${key}`)).toBe(true);
    const log = await mos("log", "--ticket", id);
    expect(log.stdout).toContain("run.ended");
    expect(log.stdout + shown).not.toContain(key);
    expect(await data("log", "verify")).toMatchObject({ ok: true });
    expect(await data("doctor")).toMatchObject({ grade: "A" });
  });
});
