import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeTemporaryFolder } from "../../support/make-repository.ts";

const dist = join(import.meta.dirname, "../../../dist");

/** What the built program loads before any command is called: the chunks that are reached without a dynamic import. */
function loadedFrom(entry: string, dynamicToo: RegExp): string[] {
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, "utf8");
    const statics = [...text.matchAll(/^(?:import|export)\b[^;]*?["'](\.[^"']+)["']/gm)];
    const dynamics = [...text.matchAll(/\bimport\(["'](\.[^"']+)["']\)/g)].filter((match) => dynamicToo.test(match[1] as string));
    for (const match of [...statics, ...dynamics]) visit(join(dirname(file), match[1] as string));
  };
  visit(join(dist, entry));
  return [...seen];
}

const packagesOf = (files: readonly string[]) =>
  new Set(
    files.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/#region node_modules\/((?:@[^/]+\/)?[^/]+)/g)].map((match) => match[1] as string),
    ),
  );

describe("help and version load almost nothing", () => {
  test("the entry alone has no library", () => {
    expect([...packagesOf(loadedFrom("mos.mjs", /^$/))]).toEqual([]);
  });

  test("help loads commander, and no schema, store, git or markdown", () => {
    const loaded = loadedFrom("mos.mjs", /run-program/);
    expect(loaded.length).toBeGreaterThan(1);
    expect([...packagesOf(loaded)]).toEqual(["commander"]);
    for (const file of loaded) expect(readFileSync(file, "utf8")).not.toMatch(/from ["']libsql["']|require\(["']libsql["']\)/);
  });

  test("the chore program is one file: it runs with nothing beside it", () => {
    const folder = makeTemporaryFolder();
    try {
      const alone = join(folder.path, "chore.mjs");
      copyFileSync(join(dist, "chore.mjs"), alone);
      const { stderr, stdout } = spawnSync(process.execPath, [alone, "--help"], { cwd: folder.path, encoding: "utf8" });
      expect(`${stdout}${stderr}`).toContain("mos-chore");
      expect(stderr).not.toContain("ERR_MODULE_NOT_FOUND");
    } finally {
      folder.remove();
    }
  });
});
