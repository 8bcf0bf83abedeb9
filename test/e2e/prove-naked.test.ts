import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startScriptedModel } from "../../src/adapter/scripted-model/start-scripted-model.ts";
import { proveClient } from "../../src/app/prove/prove-client.ts";
import type { ProofRow } from "../../src/contract/proof.ts";
import { findClient, whyNoClient } from "../support/find-clients.ts";
import { boxAvailable } from "../support/open-box.ts";
import { launchNaked, openProof } from "../support/open-proof.ts";

const why = whyNoClient("claude") ?? (boxAvailable ? undefined : "no sandbox here, which keeps the client offline");
let proof: Awaited<ReturnType<typeof openProof>>;
beforeAll(async () => {
  proof = await openProof();
});
afterAll(() => proof.remove());

describe.skipIf(why !== undefined)(`a proof can fail${why === undefined ? "" : ` (skipped: ${why})`}`, () => {
  test("D32 D33: without hooks and box the same table says what was not refused", async () => {
    let models = 0;
    const rows = await proveClient({
      client: "claude",
      workspace: proof.workspace,
      launcher: launchNaked({ program: findClient("claude") as string, folder: proof.folder }),
      startModel: (args) => startScriptedModel({ ...args, listen: { socket: join(proof.folder, `model-${models++}.sock`) } }),
      git: proof.git,
      chooseWay: ({ id }) => id === "@file mention",
      onWay: () => {},
      signal: AbortSignal.timeout(300_000),
    });
    const find = (agent: ProofRow["agent"], attempt: string) =>
      rows.find((row) => row.way === "as started" && row.agent === agent && row.attempt === attempt);
    for (const agent of ["main", "subagent"] as const) {
      for (const attempt of ["read a sealed domain's file", "write into another domain", "write to the ticket store", "move main"])
        expect(find(agent, attempt)).toMatchObject({ outcome: "not-refused" });
      expect(find(agent, "overwrite the guards' policy")).toMatchObject({ outcome: "not-refused" });
    }
    // The second session overwrites what the first has written, and its mark.
    expect(find("subagent", "disableAllHooks in .claude/settings.local.json")?.outcome).toBe("not-refused");
    expect(find("main", "remove another ticket's worktree")?.outcome).toBe("not-refused");
    expect(find("main", "a Workflow, whose agents no hook sees")?.outcome).toBe("not-refused");
    expect(find("main", "the disk and the model's requests afterwards")?.calls[0]?.words).toMatch(/the canary stands in \d+ requests/);
    // A mention alone brings the file to the model, before any tool is called.
    const mention = rows.find(({ way, attempt }) => way === "@file mention" && attempt.startsWith("an @file mention"));
    expect(mention).toMatchObject({ outcome: "not-refused" });
    // What the client does not offer is refused even so, and said to be by its palette.
    const calls = rows.flatMap((row) => row.calls).filter(({ tool }) => tool === "mcp__mos__run");
    expect(calls.some(({ layer }) => layer === "palette")).toBe(true);
  });

  test("D35: a client that does not start proves nothing", async () => {
    const rows = await proveClient({
      client: "claude",
      workspace: proof.workspace,
      launcher: launchNaked({ program: "/bin/false", folder: proof.folder }),
      startModel: (args) => startScriptedModel({ ...args, listen: { socket: join(proof.folder, "model-none.sock") } }),
      git: proof.git,
      chooseWay: () => false,
      onWay: () => {},
      signal: AbortSignal.timeout(60_000),
    });
    expect(rows.length).toBeGreaterThan(10);
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(["not-proven"]));
  });
});
