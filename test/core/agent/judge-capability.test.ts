import { describe, expect, test } from "vitest";
import { ModelRole } from "../../../src/contract/agent.ts";
import { Capability, CapabilityMap } from "../../../src/contract/capability.ts";
import { judgeCapability } from "../../../src/core/agent/judge-capability.ts";

const at = "2026-11-20T08:00:00.000Z";

function seen(agent: Capability["agent"], changed: Partial<Capability> = {}): Capability {
  return Capability.parse({
    ...{ runtime: "claude", version: "2.1.330", agent, offered: ["Read"], works: ["read", "edit", "run"], refused: ["Bash"], open: [] },
    ...{ spawns: false, spawnLevels: 0, asks: false, hooks: "blocks", hooksBlock: true, structuredOutput: true, resumes: true },
    ...{ cost: "dollars", calls: [], observedAt: at },
    ...changed,
  });
}

function keep(...rows: Capability[]): CapabilityMap {
  return CapabilityMap.parse({ runtime: "claude", version: "2.1.330", start: "a", observedAt: at, rows });
}

function judge(changed: Partial<Parameters<typeof judgeCapability>[0]> = {}) {
  const kept = keep(...ModelRole.options.map((role) => seen(role)));
  return judgeCapability({ runtime: "claude", kind: "client", role: "executor", version: "2.1.330", start: "a", kept, ...changed });
}

describe("what a runtime was seen to be able to do", () => {
  test.each(ModelRole.options)("A5: a client that was seen to do everything plays the %s", (role) => {
    expect(judge({ role })).toEqual({ ok: true, reason: `claude 2.1.330 was seen as ${role} on 2026-11-20` });
  });

  test.each(["playbook", "model"] as const)("A6: a runtime of the kind %s needs no probe, and says so", (kind) => {
    const judged = judge({ runtime: "own", kind, version: undefined, kept: undefined });
    expect(judged).toMatchObject({ ok: true, reason: expect.stringContaining("nothing to probe") });
  });

  test.each<[string, Partial<Parameters<typeof judgeCapability>[0]>, string]>([
    ["was never probed", { kept: undefined }, "was never seen here"],
    ["is there in no version that can be told", { version: undefined }, "which version"],
    ["has another version", { version: "2.1.331" }, "seen of 2.1.330, and 2.1.331 is installed"],
    ["is started in another way", { start: "b" }, "another way"],
    ["was not seen as this role", { kept: keep(seen("scout")) }, "not seen as executor"],
    ["has something open", { kept: keep(seen("executor", { open: ["Bash: it ran"] })) }, "Bash: it ran"],
    ["can start agents", { kept: keep(seen("executor", { spawns: true })) }, "start agents"],
    ["waits for a person", { kept: keep(seen("executor", { asks: true })) }, "person's answer"],
    ["was not seen to read", { kept: keep(seen("executor", { works: ["edit"] })) }, "read a file of its tree (and 1 more)"],
    ["was not seen to run a command", { kept: keep(seen("executor", { works: ["read", "edit"] })) }, "run a command"],
    ["gives no output under a schema", { kept: keep(seen("executor", { structuredOutput: false })) }, "under a schema"],
  ])("A4 A5: one that %s is refused, with the reason and the remedy", (_name, changed, reason) => {
    const judged = judge(changed);
    expect(judged).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
    expect(judged).toMatchObject({ clears: expect.stringMatching(/mos agents probe --runtime claude$/) });
  });

  test("A5: what would be seen again as it is names another remedy first", () => {
    expect(judge({ kept: undefined })).toMatchObject({ clears: "it was seen to be able: mos agents probe --runtime claude" });
    const judged = judge({ kept: keep(seen("executor", { spawns: true })) });
    expect(judged).toMatchObject({
      clears: expect.stringMatching(/^roles\.executor in mos\.yaml names another runtime, or another version/),
    });
  });

  test("A5: a role is to be able with each kind of model that it was seen with", () => {
    const plain = seen("executor", { model: "gpt-5.4" });
    expect(judge({ kept: keep(seen("executor"), plain) }).ok).toBe(true);
    expect(judge({ kept: keep(seen("executor"), { ...plain, open: ["it could read a file of another domain (exec)"] }) })).toMatchObject({
      ok: false,
      reason: expect.stringContaining("another domain"),
    });
  });

  test("A5: what could not be looked at is not able, whatever else was seen", () => {
    const missed = [{ agent: "executor" as const, model: "gpt-5.4", reason: "it asked its model nothing" }];
    expect(judge({ kept: { ...keep(seen("executor")), missed } })).toMatchObject({
      ok: false,
      reason: "claude could not be looked at as executor: it asked its model nothing",
    });
  });

  test("A5: a scout who reads by the shell of Master OS is one", () => {
    expect(judge({ role: "scout", kept: keep(seen("scout", { works: ["run"] })) }).ok).toBe(true);
  });

  test("A5: a scout needs to write nothing, a librarian does", () => {
    const kept = keep(seen("scout", { works: ["read"] }), seen("librarian", { works: ["read"] }));
    expect(judge({ role: "scout", kept }).ok).toBe(true);
    expect(judge({ role: "librarian", kept })).toMatchObject({ ok: false, reason: expect.stringContaining("change a file") });
  });
});
