import { describe, expect, test } from "vitest";
import { mergeCodex } from "../../../src/core/guard/merge-codex.ts";
import { claudeForm, geminiForm, mergeHooks } from "../../../src/core/guard/merge-hooks.ts";

const guard = { command: "/etc/claude-code/mos-guard", args: ["/home/op/os", "/opt/mos/mos-hook", "claude"] };
const merged = (existing: string | undefined, form = claudeForm, entry = guard) => {
  const result = mergeHooks(existing, form, entry);
  return result.kind === "text" ? JSON.parse(result.text) : result.reason;
};

describe("our hook in the settings of a client", () => {
  test("C11: is alone in a file that was not there", () => {
    expect(merged(undefined)).toEqual({
      disableAllHooks: false,
      hooks: {
        PreToolUse: [
          { matcher: "*", hooks: [{ type: "command", command: guard.command, args: guard.args, timeout: 30, onFailure: "block" }] },
        ],
      },
    });
  });

  test("C11: is added to what is there, which stays, and the switch that would turn it off is turned back", () => {
    const before = {
      model: "opus",
      disableAllHooks: true,
      permissions: { deny: ["Bash(rm *)"], allow: [] },
      hooks: {
        Stop: [{ hooks: [{ type: "command", command: "bell" }] }],
        PreToolUse: [{ matcher: "Bash", hooks: [{ type: "command", command: "mine" }] }],
      },
    };
    const after = merged(JSON.stringify(before));
    expect(after).toMatchObject({ model: "opus", disableAllHooks: false, permissions: before.permissions });
    expect(after.hooks.Stop).toEqual(before.hooks.Stop);
    expect(after.hooks.PreToolUse).toHaveLength(2);
    expect(after.hooks.PreToolUse[0]).toEqual(before.hooks.PreToolUse[0]);
  });

  test.each([
    ["claude", claudeForm],
    ["gemini", geminiForm],
  ] as const)("C11: a second time changes nothing, another program replaces it, another workspace stands beside it: %s", (_name, form) => {
    const once = mergeHooks(undefined, form, guard);
    if (once.kind !== "text") throw new Error(once.reason);
    expect(mergeHooks(once.text, form, guard)).toEqual(once);
    const moved = merged(once.text, form, { ...guard, args: ["/home/op/os", "/new/mos-hook", "claude"] });
    expect(moved.hooks[form.event]).toHaveLength(1);
    expect(JSON.stringify(moved)).not.toContain("/opt/mos/mos-hook");
    expect(
      merged(once.text, form, { ...guard, args: ["/home/op/other os", "/opt/mos/mos-hook", "claude"] }).hooks[form.event],
    ).toHaveLength(2);
  });

  test.each([
    ["{", /no JSON/],
    ["[]", /no JSON object/],
    ['"text"', /no JSON object/],
    ['{"hooks":[]}', /"hooks" is no object/],
    ['{"hooks":{"PreToolUse":{}}}', /hooks.PreToolUse/],
    ['{"hooks":{"Stop":[{"hooks":[]}]}}', /hooks.Stop/],
    ['{"hooks":{"Stop":[{"hooks":["bell"]}]}}', /hooks.Stop/],
    ['{"permissions":{"allow":"x"}}', /permissions.allow/],
    ['{"permissions":"x"}', /"permissions"/],
  ])("C11: a file that the client would ignore, %s, is refused and not touched", (text, reason) => {
    expect(merged(text)).toMatch(reason);
  });

  test("C11: Codex's stands in a block of its own at the end, and what is before it stays as it is", () => {
    const before = '# mine\nmodel = "x"\n\n[profiles.fast]\nmodel = "y"\n';
    const first = mergeCodex(before, guard);
    if (first.kind !== "text") throw new Error(first.reason);
    expect(first.text.startsWith(before)).toBe(true);
    expect(first.text).toContain('command = "/etc/claude-code/mos-guard /home/op/os /opt/mos/mos-hook claude"');
    expect(mergeCodex(first.text, guard)).toEqual(first);
    const managed = mergeCodex(first.text, { ...guard, managedDir: "/etc/codex" });
    expect(managed).toMatchObject({ text: expect.stringContaining('[features]\nhooks = true\n\n[hooks]\nmanaged_dir = "/etc/codex"') });
    expect(managed.kind === "text" && managed.text.match(/\[\[hooks.PreToolUse\]\]/g)).toHaveLength(1);
  });

  test.each([
    ['[hooks]\nmanaged_dir = "/x"\n', false],
    ["[[hooks.PreToolUse]]\n", false],
    ["hooks = {}\n", false],
    ["[features]\nhooks = false\n", true],
    ["features.hooks = false\n", true],
    ["# >>> Master OS guards: written by mos guard install\n", false],
  ])("C11: Codex settings that speak of hooks themselves are refused: %j", (text, onlyManaged) => {
    expect(mergeCodex(text, { ...guard, managedDir: "/etc/codex" }).kind).toBe("refused");
    expect(mergeCodex(text, guard).kind).toBe(onlyManaged ? "text" : "refused");
  });
});
