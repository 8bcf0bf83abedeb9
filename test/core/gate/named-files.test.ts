import { expect, test } from "vitest";
import { findDefiningFiles } from "../../../src/core/gate/defining-files.ts";
import { addThroughLinks, findNamedFiles } from "../../../src/core/gate/named-files.ts";

function facts(files: readonly string[], links: Record<string, string> = {}, scripts: Record<string, Record<string, string>> = {}) {
  const all = new Set([...files, ...Object.keys(links), ...Object.keys(scripts)]);
  const folders = new Set([...all].flatMap((path) => path.split("/").map((_part, at, parts) => parts.slice(0, at).join("/"))));
  return {
    has: (path: string) => all.has(path),
    isFolder: (path: string) => folders.has(path),
    links: new Map(Object.entries(links)),
    manifests: new Map(Object.entries(scripts).map(([path, one]) => [path, JSON.stringify({ scripts: one })])),
  };
}

test("G2b: what says what the checks mean is found by its name at any depth", () => {
  const defining = ["package.json", "packages/a/tsconfig.build.json", "setup.cfg", "Makefile"];
  expect(findDefiningFiles([...defining, "scripts/check.sh", "src/a.ts", "node_modules/x/package.json"])).toEqual(defining);
});

test.each<[string, string[], ReturnType<typeof facts>, string[]]>([
  [
    "through what runs with each installation",
    ["npm ci"],
    facts(
      ["scripts/after.mjs", "scripts/ready.mjs", "scripts/other.mjs"],
      {},
      { "package.json": { postinstall: "node scripts/after.mjs", prepare: "node scripts/ready.mjs", other: "node scripts/other.mjs" } },
    ),
    ["scripts/after.mjs", "scripts/ready.mjs"],
  ],
  ["as a word", ["sh ./scripts/check.sh && true"], facts(["scripts/check.sh", "check.sh"]), ["scripts/check.sh"]],
  ["below a folder that it goes to", ["cd web && sh check.sh"], facts(["web/check.sh", "other/check.sh"]), ["web/check.sh"]],
  ["as an option's value", ["biome lint --config-path=ci/biome.ci.json"], facts(["ci/biome.ci.json"]), ["ci/biome.ci.json"]],
  ["out of a folder", ["cd web && sh ../tools/x.sh"], facts(["tools/x.sh", "web/a"]), ["tools/x.sh"]],
  [
    "through the scripts that it runs, one by another, before and after",
    ["npm run check"],
    facts(
      ["scripts/lint.mjs", "scripts/before.mjs", "src/serve.mjs"],
      {},
      {
        "package.json": {
          check: "run-s lint:*",
          "lint:all": "node scripts/lint.mjs",
          "prelint:all": "node src/none.mjs",
          start: "node src/serve.mjs",
          precheck: "node scripts/before.mjs",
        },
      },
    ),
    ["scripts/lint.mjs", "scripts/before.mjs"],
  ],
  [
    "through the scripts of a package below",
    ["npm --prefix web test"],
    facts(["web/t.mjs"], {}, { "web/package.json": { test: "node t.mjs" } }),
    ["web/t.mjs"],
  ],
  ["through a link", ["sh check.sh"], facts(["tools/real.sh"], { "check.sh": "tools/real.sh" }), ["check.sh", "tools/real.sh"]],
  [
    "through a linked folder, and a link behind it",
    ["sh ci/check.sh"],
    facts(["tools/real.sh"], { ci: "./tools", "tools/check.sh": "../tools/real.sh" }),
    ["ci", "tools/check.sh", "tools/real.sh"],
  ],
  ["and a link that leaves the tree is all there is", ["sh check.sh"], facts(["bin/true"], { "check.sh": "/bin/true" }), ["check.sh"]],
  ["and a link above the tree", ["sh a/check.sh"], facts(["x"], { "a/check.sh": "../../x" }), ["a/check.sh"]],
])("G2b: what a check's command names is found %s", (_how, commands, tree, named) => {
  expect([...findNamedFiles(commands, tree)].toSorted()).toEqual(named.toSorted());
});

test("G2b: links in a circle, scripts in a circle and manifests that are none end", () => {
  const found = new Set<string>();
  addThroughLinks("a", facts([], { a: "b", b: "a" }), found);
  expect([...found]).toEqual(["a", "b"]);
  const circle = facts([], {}, { "package.json": { one: "npm run two", two: "npm run one" } });
  expect([...findNamedFiles(["npm run one"], circle)]).toEqual([]);
  for (const text of ["{", "null", "[]", '{"scripts":{"test":7}}', '{"scripts":null}']) {
    expect([...findNamedFiles(["npm test"], { ...facts(["x"]), manifests: new Map([["package.json", text]]) })]).toEqual([]);
  }
});

test("G2b: a command that is made to be slow to read is read all the same", () => {
  const command = Array.from({ length: 20_000 }, (_, at) => `w${at}/`).join(" ");
  const startedAt = performance.now();
  findNamedFiles([command], { ...facts(["x"]), isFolder: () => true });
  expect(performance.now() - startedAt).toBeLessThan(5000);
});
