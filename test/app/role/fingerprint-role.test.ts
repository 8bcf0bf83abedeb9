import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type OpenedWorld, openWorld } from "../../support/open-world.ts";

const opened: OpenedWorld[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.remove();
});

async function open(config: Record<string, unknown>): Promise<OpenedWorld> {
  const one = await openWorld({ music: { prefix: "MUS", files: { "check.sh": "exit 0\n" } } }, { config });
  opened.push(one);
  return one;
}

test("R12: a role's digest follows who plays it, its configuration, its model and its file, and nothing else", async () => {
  const local = { kind: "model", provider: "openai-compatible", model: "small", baseUrl: "http://127.0.0.1:1/v1" };
  const digest = async (config: Record<string, unknown>, file?: string) => {
    const { world, root } = await open(config);
    if (file !== undefined) {
      mkdirSync(join(root, "roles"));
      writeFileSync(join(root, "roles", "scout.md"), file);
    }
    return await world.roles.fingerprint("scout", "music");
  };
  expect(await digest({})).toBeUndefined();
  const base = { roles: { scout: { runtime: "local" } }, runtimes: { local } };
  const known = await digest(base);
  expect(known).toMatch(/^[0-9a-f]{64}$/);
  expect(await digest({ ...base, roles: { ...base.roles, executor: { runtime: "claude" } } })).toBe(known);
  const others = [
    await digest({ ...base, roles: { scout: { runtime: "local", model: "large" } } }),
    await digest({ ...base, roles: { scout: { runtime: "claude" } } }),
    await digest({ ...base, runtimes: { local: { ...local, model: "large" } } }),
    await digest(base, "# Look twice\n"),
    await digest(base, ""),
  ];
  expect(new Set([known, ...others]).size).toBe(6);
});
