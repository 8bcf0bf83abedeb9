import { afterEach, beforeEach, expect, test } from "vitest";
import { createGit } from "../../../src/adapter/git/git.ts";
import { createImportGraphs } from "../../../src/core/lane/import-graphs.ts";
import { readImports } from "../../../src/core/lane/read-imports.ts";
import { makeRepository, makeTemporaryFolder } from "../../support/make-repository.ts";

let folder: ReturnType<typeof makeTemporaryFolder>;
beforeEach(() => {
  folder = makeTemporaryFolder("mos-imports-");
});
afterEach(() => folder.remove());

const importsOf = (files: Record<string, string>, path: string) =>
  readImports(
    Object.keys(files),
    Object.entries(files).map(([name, text]) => ({ path: name, text })),
  ).get(path);

test("TypeScript and JavaScript: static, type, re-exported, dynamic and required files of the same repository", () => {
  const files = {
    "src/a.ts": `import type { B } from "./b.ts";
import {
  c,
} from '../lib/c.js';
export * from "./d";
const e = await import("./e/");
const f = require( "../f" );
import "./style.css"; import zod from "zod"; import x from "../../out.ts";`,
    "src/b.ts": "",
    "lib/c.ts": "",
    "src/d.tsx": "",
    "src/e/index.ts": "",
    "f.json": "{}",
    "src/style.css": "",
    "out.ts": "",
  };
  expect(importsOf(files, "src/a.ts")).toEqual(["src/b.ts", "lib/c.ts", "src/d.tsx", "src/e/index.ts", "f.json", "src/style.css"]);
});

test("Python: relative and absolute modules of the repository's own, below src too", () => {
  const files = {
    "src/app/main.py":
      "import os, app.db as db\nfrom . import views\nfrom .models import User\nfrom ..shared.text import trim\nimport tools.run\n",
    "src/app/db.py": "",
    "src/app/views.py": "",
    "src/app/models/__init__.py": "",
    "src/shared/text.py": "",
    "tools/run.py": "",
  };
  expect(importsOf(files, "src/app/main.py")?.sort()).toEqual(
    ["src/app/db.py", "src/app/models/__init__.py", "src/app/views.py", "src/shared/text.py", "tools/run.py"].sort(),
  );
});

test.each([
  ["dots", `from ${".".repeat(200_000)}`],
  ["spaces", `from${" ".repeat(200_000)}`],
  ["spaces behind a name", `from a${" ".repeat(200_000)}`],
  ["names", `from ${"a.".repeat(100_000)}`],
])("a line of hostile length in a Python file costs its length: %s", (_what, text) => {
  const startedMs = performance.now();
  expect(importsOf({ "a.py": `${text}\nimport b`, "b.py": "" }, "a.py")).toEqual(["b.py"]);
  // The square of it took minutes.
  expect(performance.now() - startedMs).toBeLessThan(1000);
});

test("a tree's graph is read from the object store, once for the same tree", async () => {
  makeRepository(folder.path, { "a.ts": 'import "./b";', "b.ts": "", "README.md": 'import "./a"' });
  const git = createGit({ PATH: process.env.PATH, HOME: folder.path }).at(folder.path);
  let listed = 0;
  const listTree: typeof git.listTree = (...args) => {
    listed += 1;
    return git.listTree(...args);
  };
  const counted = { ...git, listTree };
  const graphs = createImportGraphs();
  expect(await graphs.read(counted, "main")).toEqual(
    new Map([
      ["a.ts", ["b.ts"]],
      ["b.ts", []],
    ]),
  );
  await graphs.read(counted, "refs/heads/main");
  expect(listed).toBe(1);
  expect(await graphs.read(counted, "nothing")).toBeUndefined();
});
