import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claudeClient } from "../../src/adapter/client/claude/claude-client.ts";
import { launchAlone } from "../../src/adapter/client/launch-alone.ts";
import { probeClient } from "../../src/app/agents/probe-client.ts";
import { ModelRole } from "../../src/contract/agent.ts";
import { judgeCapability } from "../../src/core/agent/judge-capability.ts";
import { listProbeForms } from "../../src/core/agent/probe-words.ts";
import { startRelay } from "../../src/entry/compose-clients.ts";
import { openGuards } from "../../src/entry/compose-guards.ts";
import { inThrowaway, startModel } from "../../src/entry/compose-proof.ts";
import { makeTemporaryFolder } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";

const folder = makeTemporaryFolder("mos-probe-faults-");
let before: Record<string, string | undefined>;
beforeAll(() => {
  before = { ...process.env };
  const file = join(folder.path, ".gitconfig");
  writeFileSync(file, "[user]\n\tname = Op\n\temail = op@example.invalid\n");
  process.env.GIT_CONFIG_GLOBAL = file;
});
afterAll(() => {
  process.env.GIT_CONFIG_GLOBAL = before.GIT_CONFIG_GLOBAL;
  if (before.GIT_CONFIG_GLOBAL === undefined) delete process.env.GIT_CONFIG_GLOBAL;
  folder.remove();
});

const version = "2.1.330";

/** What Master OS makes of a program that says it is Claude Code. */
async function probe(script: string, runMs: number) {
  const program = join(folder.path, "claude");
  writeFileSync(program, script);
  chmodSync(program, 0o755);
  const signal = AbortSignal.timeout(300_000);
  const reports: string[] = [];
  const probed = await inThrowaway(signal, ({ root, workspace, world }) =>
    probeClient({
      driver: claudeClient,
      found: { kind: "found", program, version },
      forms: listProbeForms("claude"),
      open: () => ({
        world,
        domain: workspace.attacker,
        places: { otherFile: workspace.places.sealedFile, canary: workspace.canary },
        launchAlone: (run) => launchAlone("claude", run),
        guardsOf: (role, { name, prefix }) => openGuards({ root, agent: { client: "claude", role, domain: name, ticket: `${prefix}-1` } }),
        ...{ startModel, startRelay, runMs },
      }),
      report: (text) => reports.push(text),
      signal,
    }),
  );
  if (probed.kind !== "seen") throw new Error(probed.reason);
  const judged = ModelRole.options.map((role) => judgeCapability({ runtime: "claude", kind: "client", role, version, kept: probed.map }));
  return { map: probed.map, judged, reports };
}

/** Says what a good end looks like, as the client itself says it. */
const claims = JSON.stringify({
  ...{ type: "result", subtype: "success", is_error: false, num_turns: 1, result: "all is well", session_id: "s", total_cost_usd: 0.1 },
  structured_output: { facts: [], decisions: [] },
});

describe.skipIf(!boxAvailable)("a client that is not well", () => {
  test.each([
    ["hangs", "#!/bin/sh\nsleep 600\n", /ended by/],
    ["dies", "#!/bin/sh\necho 'no such model' >&2\nexit 3\n", /exit 3.*no such model/],
    ["floods its output", "#!/bin/sh\nexec cat /dev/zero\n", /flood|ended by/],
    ["says that all is well, and asked its model nothing", `#!/bin/sh\necho '${claims}'\n`, /asked its model nothing/],
  ])("A3: one that %s: the probe ends by itself, nothing is known of it, and it plays no role", async (_name, script, reason) => {
    const { map, judged, reports } = await probe(script, 3_000);
    expect(map.rows).toEqual([]);
    expect(map.missed.map(({ agent }) => agent).sort()).toEqual(["main", ...ModelRole.options].sort());
    for (const missed of map.missed) expect(missed.reason).toMatch(reason);
    expect(reports).toHaveLength(7);
    for (const judgement of judged)
      expect(judgement).toMatchObject({
        ok: false,
        reason: expect.stringContaining("could not be looked at"),
        clears: expect.stringContaining("mos agents probe"),
      });
  });

  test("A2 A3: one that asks its model, does nothing that it says and claims all: nothing of it counts", async () => {
    // It answers every call of the model with a made-up refusal or with nothing, then claims its output.
    const liar = `#!/usr/bin/env node
const [base, headers] = [process.env.ANTHROPIC_BASE_URL, process.env.ANTHROPIC_CUSTOM_HEADERS.split(": ")];
let text = ""; process.stdin.on("data", (d) => (text += d)).on("end", async () => {
  await fetch(base + "/v1/messages", { method: "POST", headers: { "content-type": "application/json", "x-api-key": "x", "anthropic-version": "2023-06-01", [headers[0]]: headers[1] },
    body: JSON.stringify({ model: "m", max_tokens: 9, stream: true, messages: [{ role: "user", content: text }], tools: [{ name: "Read", input_schema: { type: "object" } }] }) }).then((r) => r.text());
  console.log(${JSON.stringify(claims)});
});`;
    const { map, judged } = await probe(liar, 20_000);
    expect(map.rows.map(({ agent }) => agent).sort()).toEqual(["main", ...ModelRole.options].sort());
    for (const row of map.rows)
      expect(row).toMatchObject({ offered: ["Read"], works: [], refused: [], hooksBlock: false, structuredOutput: false, resumes: false });
    for (const judgement of judged)
      expect(judgement).toMatchObject({ ok: false, reason: expect.stringContaining("not seen to be refused") });
  });
});
