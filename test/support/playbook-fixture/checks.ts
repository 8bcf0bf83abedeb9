import { now, type PlaybookFixture } from "./fixture.ts";

/** A formatter as small as can be: one space after a comma. */
const formatter = `import { globSync, readFileSync, writeFileSync, readdirSync } from "node:fs";
for (const name of readdirSync("src")) {
  const path = "src/" + name;
  writeFileSync(path, readFileSync(path, "utf8").replace(/,(?=\\S)/g, ", "));
}
writeFileSync("formatted.log", "left behind");
`.replace("globSync, ", "");

const configured = {
  "package.json": '{ "name": "app", "scripts": { "format": "node scripts/format.mjs", "lint:fix": "not-installed --fix" } }\n',
  "scripts/format.mjs": formatter,
  ".editorconfig":
    "root = true\n\n[*]\ninsert_final_newline = true\ntrim_trailing_whitespace = true\n\n[*.md]\ntrim_trailing_whitespace = false\n",
  ".flake8": "[flake8]\nignore = W391\nexclude = legacy\n",
};

export const formatLint: PlaybookFixture = {
  id: "format-lint",
  found: [
    {
      message: "feat: begin",
      files: {
        ...configured,
        "src/a.js": "export const a = [1,2];\n",
        "src/b.js": "export const b = [1, 2];\n",
        "notes/a.md": "two spaces break a line  \nend",
        "lib/x.txt": "space \t\nend\n",
        "wiki/page.md": "no last line end",
        "tool.py": 'x = """keep \n"""\ny = 1 # why\n',
      },
    },
  ],
  subjects: ["lib/x.txt", "notes/a.md", "src/a.js", "tool.py"],
  after: {
    "src/a.js": "export const a = [1, 2];\n",
    "src/b.js": "export const b = [1, 2];\n",
    "notes/a.md": "two spaces break a line  \nend\n",
    "lib/x.txt": "space\nend\n",
    "wiki/page.md": "no last line end",
    "formatted.log": undefined,
  },
  clean: [{ message: "feat: begin", files: { ...configured, "src/a.js": "export const a = [1, 2];\n", "notes/a.md": "fine\n" } }],
};

export const flake8: PlaybookFixture = {
  id: "format-lint",
  found: [
    {
      message: "feat: begin",
      files: {
        "setup.cfg": "[metadata]\nname = x\n\n[flake8]\nmax-line-length = 100\nexclude = legacy,build\n",
        "app.py": 'x = 1  \n\t\ntext = """keep  \n  """  \nquote = "#"  \ny = 2\n\n\n',
        "legacy/old.py": "z = 1  \n",
      },
    },
  ],
  subjects: ["app.py"],
  after: { "app.py": 'x = 1\n\ntext = """keep  \n  """  \nquote = "#"\ny = 2\n', "legacy/old.py": "z = 1  \n" },
  clean: [{ message: "feat: begin", files: { "app.py": "x = 1  \n", "README.md": "nothing configured  \n" } }],
};

const failing = { name: "test", run: "node --test", kind: "test", timeoutSeconds: 60 };

export const failingTests: PlaybookFixture = {
  id: "failing-tests",
  repo: "app",
  remains: true,
  env: { ...now, MOS_REPO: "app", MOS_CHECKS: JSON.stringify([{ name: "lint", run: "true", kind: "lint" }, failing]) },
  found: [
    {
      message: "feat: begin",
      files: {
        "package.json": '{ "name": "app", "type": "module", "scripts": { "test": "node --test" } }\n',
        "test/sum.test.js":
          'import assert from "node:assert";\nimport { test } from "node:test";\n\ntest("adds", () => {\n  assert.equal(1 + 1, 3);\n});\n',
      },
    },
  ],
  subjects: ["test"],
  after: {},
  clean: [
    {
      message: "feat: begin",
      files: {
        "package.json": '{ "name": "app", "type": "module" }\n',
        "test/sum.test.js":
          'import assert from "node:assert";\nimport { test } from "node:test";\n\ntest("adds", () => {\n  assert.equal(1 + 1, 2);\n});\n',
      },
    },
  ],
};
