import { appendFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AgentLine } from "../../src/app/agents/list-agents.ts";
import { ModelRole } from "../../src/contract/agent.ts";
import { clientFolder, whyNoClient } from "../support/find-clients.ts";
import { makeTemporaryFolder } from "../support/make-repository.ts";
import { fixtureAgent, readDocumented } from "../support/open-acp.ts";
import { boxAvailable } from "../support/open-box.ts";
import { readEnvelope, runMos } from "../support/run-mos.ts";

const long = process.env.MOS_TEST_LONG === "1";
let folder: ReturnType<typeof makeTemporaryFolder>;
let root: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = makeTemporaryFolder("mos-probe-");
  root = join(folder.path, "os");
  const bin = join(folder.path, "bin");
  env = { HOME: join(folder.path, "home"), TMPDIR: join(folder.path, "tmp"), PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin` };
  for (const made of [env.HOME, env.TMPDIR, bin]) mkdirSync(made as string);
  writeFileSync(join(env.HOME as string, ".gitconfig"), "[user]\n\tname = Op\n\temail = op@example.invalid\n");
  // On PATH, as an operator has it: what starts roles looks nowhere else.
  if (!whyNoClient("codex")) symlinkSync(join(clientFolder, "codex"), join(bin, "codex"));
  await mos("init", root, "--yes");
  await mos("domain", "add", "music", "--new", "--yes");
});
afterAll(() => folder.remove());

const mos = (...args: string[]) =>
  runMos(args, { cwd: args[0] === "init" ? folder.path : root, env: { ...env, OPENAI_API_KEY: "made-up" } });

async function list(...args: string[]) {
  const run = await mos("agents", ...args, "--json");
  return { exitCode: run.exitCode, lines: (readEnvelope(run) as { data: AgentLine[] }).data };
}

async function fileTicket(): Promise<string> {
  const draft = {
    title: "Say hello",
    domain: "music",
    runtime: "codex",
    touches: ["notes/"],
    accept: [{ text: "it is said", run: "true" }],
  };
  const filed = await runMos(["ticket", "new", "--file", "-", "--json"], { cwd: root, env, input: JSON.stringify(draft) });
  const { id } = readEnvelope(filed).data as { id: string };
  await mos("ticket", "ready", id);
  return id;
}

describe.skipIf(!boxAvailable)("mos agents probe and the real clients", () => {
  test.skipIf(whyNoClient("codex"))(
    "A1 A5 A7: Codex is refused before it was looked at; then it plays what it was seen to be able to play",
    async () => {
      expect((await list()).lines.find(({ runtime }) => runtime === "codex")).toMatchObject({ state: "not-probed", able: false });
      const id = await fileTicket();
      expect(readEnvelope(await mos("run", "--ticket", id, "--json")).data).toMatchObject({ merged: [], blocked: [id] });
      const { causes } = readEnvelope(await mos("ticket", "show", id, "--json")).data as { causes: { clears: string }[] };
      expect(JSON.stringify(causes)).toContain("mos agents probe --runtime codex");

      const { exitCode, lines } = await list("probe", "--runtime", "codex");
      expect(exitCode).toBe(0);
      expect(lines.map(({ agent, model, able }) => `${agent}${model ? ` ${model}` : ""}${able ? " able" : ""}`).sort()).toEqual(
        [
          ...["main", "main gpt-5.4", "subagent gpt-5.4"],
          ...["executor able", "executor gpt-5.4 able", "verifier able", "verifier gpt-5.4 able"],
          ...["scout", "distiller", "librarian", "operator-global"].flatMap((role) => [role, `${role} gpt-5.4`]),
        ].sort(),
      );
      const played = lines.filter(({ agent }) => agent === "executor");
      for (const line of played) {
        expect(line).toMatchObject({ version: "0.169.0", state: "current", open: [], spawns: false, asks: false });
        expect(line).toMatchObject({ hooks: "explains", hooksBlock: false, structuredOutput: true, resumes: true, cost: "tokens" });
        expect(line.refused).toEqual(expect.arrayContaining(["exec_command", "request_user_input", "spawn_agent"]));
      }
      expect(played.map(({ works }) => [...works].sort())).toEqual([["edit", "run", "write"], ["run"]]);
      expect(lines.find(({ agent }) => agent === "scout")).toMatchObject({
        reason: "codex 0.169.0 as scout: it was not seen to read a file of its tree",
        fix: expect.stringContaining("roles.scout.runtime"),
      });
      // Kept: asked again it says the same, and nothing is started for it.
      expect((await list()).lines.filter(({ runtime }) => runtime === "codex")).toEqual(lines);
      expect(readEnvelope(await mos("log", "--json")).data).toEqual(
        expect.arrayContaining([expect.objectContaining({ kind: "agent.probed" })]),
      );
    },
  );

  test.skipIf(whyNoClient("claude") || !long)("A1: Claude Code plays every role (in the long run: it takes its time)", async () => {
    const { exitCode, lines } = await list("probe", "--runtime", "claude", "--clients", clientFolder);
    const of = (agent: string) => lines.find((line) => line.agent === agent);
    const roles = lines.filter(({ agent }) => agent !== "main" && agent !== "subagent");
    expect(roles.map(({ agent, able }) => [agent, able])).toHaveLength(6);
    for (const line of roles) {
      expect(line).toMatchObject({ able: true, open: [], spawns: false, asks: false, hooks: "blocks", hooksBlock: true });
      expect(line).toMatchObject({ structuredOutput: true, outputBy: "StructuredOutput", resumes: true, cost: "dollars" });
      for (const tool of ["Bash", "Agent", "Workflow", "AskUserQuestion"]) expect(line.offered).not.toContain(tool);
    }
    // By itself: what facts of before say of this version.
    expect(of("main")).toMatchObject({ spawns: true, spawnLevels: 3, asks: false, hooks: "explains", hooksBlock: false });
    expect(of("main")?.offered).toEqual(
      expect.arrayContaining(["Agent", "Bash", "Edit", "Read", "Write", "Skill", "ToolSearch", "Workflow"]),
    );
    expect(of("main")?.offered).not.toContain("AskUserQuestion");
    expect(of("subagent")).toMatchObject({ spawns: true, asks: false });
    expect(exitCode).toBe(0);
  });

  test.skipIf(whyNoClient("opencode") || !long)("A1: OpenCode plays every role (in the long run: it takes its time)", async () => {
    const { lines } = await list("probe", "--runtime", "opencode", "--clients", clientFolder);
    const roles = lines.filter(({ agent }) => agent !== "main" && agent !== "subagent");
    expect(roles).toHaveLength(6);
    for (const line of roles) {
      expect(line).toMatchObject({ able: true, open: [], spawns: false, asks: false, hooks: "none", hooksBlock: false });
      expect(line).toMatchObject({ structuredOutput: true, outputBy: "mos_hand_in", resumes: true, cost: "tokens" });
    }
  });

  test("A1 A2 A5: an agent that speaks ACP is looked at by its name in mos.yaml; what nobody has seen of it is open", async () => {
    const config = { ...fixtureAgent, upstream: "http://127.0.0.1:9" };
    appendFileSync(
      join(root, "mos.yaml"),
      `\nruntimes:\n  tiny: ${JSON.stringify(config)}\n  open: ${JSON.stringify(readDocumented("open"))}\n`,
    );
    expect((await list()).lines.find(({ runtime }) => runtime === "tiny")).toMatchObject({ state: "not-probed" });
    const { exitCode, lines } = await list("probe", "--runtime", "tiny");
    expect(lines.map(({ agent, able }) => [agent, able])).toEqual(ModelRole.options.map((role) => [role, false]));
    const executor = lines.find(({ agent }) => agent === "executor");
    expect(executor).toMatchObject({ works: ["run"], structuredOutput: true, outputBy: "mos_hand_in", spawns: false, asks: false });
    expect(executor?.open).toEqual([expect.stringContaining("it is offered shell, and nobody has seen what that does")]);
    expect(exitCode).toBe(5);
  });

  test.skipIf(whyNoClient("opencode") || !long)("A1: OpenCode by ACP, as docs/acp.md says, plays every role", async () => {
    const { exitCode, lines } = await list("probe", "--runtime", "open", "--clients", clientFolder);
    expect(lines.map(({ agent, able, open }) => [agent, able, open])).toEqual(ModelRole.options.map((role) => [role, true, []]));
    expect(exitCode).toBe(0);
  });

  test("A7: a runtime that there is nothing to probe of is a mistake", async () => {
    const run = await mos("agents", "probe", "--runtime", "nobody", "--json");
    expect([run.exitCode, readEnvelope(run).error?.hint]).toEqual([
      2,
      expect.stringContaining("Probed are claude, codex, opencode, gemini"),
    ]);
  });

  test("A3: nothing of it is left", () => {
    expect(readdirSync(env.TMPDIR as string)).toEqual([]);
  });

  test("A7: where no client is, that is what is said, and it is no success", async () => {
    const { exitCode, lines } = await list("probe", "--runtime", "gemini");
    expect(lines).toEqual([expect.objectContaining({ runtime: "gemini", agent: "any", state: "absent", able: false })]);
    expect(exitCode).toBe(5);
  });
});
