import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { composeRoleRuntimes } from "../../src/entry/compose-runtimes.ts";
import type { World } from "../../src/port/world.ts";
import { makeTemporaryFolder } from "../support/make-repository.ts";
import { makeRoleWorld } from "../support/make-role-world.ts";

const acp = { kind: "acp", command: ["there-is-no-such-agent"], protocol: "openai-chat" };

function compose(): ReturnType<typeof composeRoleRuntimes> {
  const world: World = makeRoleWorld({ config: { runtimes: { mine: acp } }, domains: { music: { prefix: "MUS" } }, roleRuntimes: {} });
  return composeRoleRuntimes(world, () => world);
}

describe("a runtime that cannot start", () => {
  afterEach(() => vi.unstubAllEnvs());

  test.for(["claude", "codex", "opencode", "gemini", "mine"])(
    "%s says why and what clears it, and leaves its name to whoever shows it",
    async (name) => {
      const { path: empty, remove } = makeTemporaryFolder("mos-no-client-");
      onTestFinished(remove);
      vi.stubEnv("HOME", empty);
      vi.stubEnv("PATH", join(empty, "bin"));
      for (const key of ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY"]) vi.stubEnv(key, "");
      const keyless = await compose()[name]?.ready();
      expect(keyless).toMatchObject({
        ok: false,
        reason: expect.stringMatching(/^it has no key/),
        clears: expect.stringContaining("_API_KEY"),
      });
      for (const key of ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY"]) vi.stubEnv(key, "k");
      const absent = await compose()[name]?.ready();
      expect(absent).toMatchObject({ ok: false, reason: expect.not.stringContaining(`${name}:`), clears: expect.stringMatching(/./) });
    },
  );
});
