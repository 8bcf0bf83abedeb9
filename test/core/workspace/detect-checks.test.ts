import { describe, expect, test } from "vitest";
import { detectors } from "../../../src/core/workspace/detect/detectors.ts";
import { detectChecks } from "../../../src/core/workspace/detect-checks.ts";

type Files = Record<string, string>;
const list = (files: Files) => ({ files: Object.keys(files), read: (path: string) => files[path] });
const pack = (data: object) => ({ "package.json": JSON.stringify(data), "src/app.js": "" });
const scripts = (all: Record<string, string>, rest: object = {}) => pack({ scripts: all, ...rest });
const dev = (...names: string[]) => pack({ devDependencies: Object.fromEntries(names.map((name) => [name, "1"])) });
const unittest = { "tests/test_a.py": "import unittest\n\nclass A(unittest.TestCase):\n    def test_a(self):\n        pass\n" };

/** For each row of the table: a repository in which it finds its command, and one, near by, in which it finds nothing. */
const rows: Record<string, { finds: Files; run: string; not: Files }> = {
  "node-test-script": {
    finds: scripts({ test: "node --test" }),
    run: "npm test",
    not: scripts({ test: 'echo "Error: no test specified" && exit 1' }),
  },
  "node-vitest": { finds: dev("vitest"), run: "npx vitest run", not: { ...dev("vite"), "vite.config.ts": "" } },
  "node-jest": { finds: { ...dev(), "jest.config.cjs": "" }, run: "npx jest", not: dev("jest-worker") },
  "node-mocha": { finds: dev("mocha"), run: "npx mocha", not: dev("chai") },
  "node-test-runner": { finds: { "lib/a.test.mjs": "" }, run: "node --test", not: { "lib/a.mjs": "", "lib/test.md": "" } },
  "node-lint-script": { finds: scripts({ lint: "eslint ." }), run: "npm run lint", not: scripts({ lint: "eslint . --fix" }) },
  "node-biome": { finds: dev("@biomejs/biome"), run: "npx biome ci .", not: dev("biome-colors") },
  "node-eslint": { finds: { ...dev("eslint"), "eslint.config.js": "" }, run: "npx eslint .", not: dev("eslint-plugin-x") },
  "node-oxlint": { finds: dev("oxlint"), run: "npx oxlint", not: dev("oxc") },
  "node-standard": { finds: dev("standard"), run: "npx standard", not: dev("standard-version") },
  "node-xo": { finds: dev("xo"), run: "npx xo", not: dev("xoxo") },
  "node-types-script": { finds: scripts({ typecheck: "tsc --noEmit" }), run: "npm run typecheck", not: scripts({ build: "tsc" }) },
  "node-format-script": {
    finds: scripts({ "format:check": "prettier -c ." }),
    run: "npm run format:check",
    not: scripts({ format: "prettier -w ." }),
  },
  "deno-test": { finds: { "deno.json": "{}", "a.ts": "" }, run: "deno test --allow-read", not: { "deno.md": "", "a.ts": "" } },
  "deno-lint": { finds: { "deno.jsonc": "{}", "a.ts": "" }, run: "deno lint", not: { "deno.md": "", "a.ts": "" } },
  "python-unittest": {
    finds: unittest,
    run: "python3 -m unittest discover -q -s tests",
    not: { "tests/test_a.py": "def test_a():\n    pass\n" },
  },
  "python-pytest": { finds: { "tests/test_a.py": "def test_a():\n    pass\n" }, run: "python3 -m pytest -q", not: { "tests/a.py": "" } },
  "python-ruff": {
    finds: { "pyproject.toml": "[tool.ruff.lint]\n", "a.py": "" },
    run: "ruff check .",
    not: { "pyproject.toml": "[tool.ruffle]\n", "a.py": "" },
  },
  "python-flake8": {
    finds: { "tox.ini": "[flake8]\nmax-line-length = 99\n", "a.py": "" },
    run: "python3 -m flake8",
    not: { "tox.ini": "[tox]\n", "a.py": "" },
  },
  "python-pylint": { finds: { ".pylintrc": "", "a.py": "" }, run: "python3 -m pylint --recursive=y .", not: { "a.py": "" } },
  "python-mypy": {
    finds: { "setup.cfg": "[mypy]\n", "a.py": "" },
    run: "python3 -m mypy .",
    not: { "setup.cfg": "[mypy-foo.*]\n", "a.py": "" },
  },
  "python-black": {
    finds: { "pyproject.toml": "[tool.black]\n", "a.py": "" },
    run: "python3 -m black --check .",
    not: { "pyproject.toml": "[project]\n", "a.py": "" },
  },
  "rust-test": { finds: { "Cargo.toml": "", "src/main.rs": "" }, run: "cargo test", not: { "src/main.rs": "" } },
  "rust-clippy": {
    finds: { "Cargo.toml": "", "src/main.rs": "" },
    run: "cargo clippy --all-targets -- -D warnings",
    not: { "src/main.rs": "" },
  },
  "rust-format": { finds: { "Cargo.toml": "", "src/main.rs": "" }, run: "cargo fmt --check", not: { "src/main.rs": "" } },
  "go-test": { finds: { "go.mod": "", "main.go": "" }, run: "go test ./...", not: { "main.go": "" } },
  "go-golangci": { finds: { ".golangci.yml": "", "go.mod": "", "main.go": "" }, run: "golangci-lint run", not: { "go.mod": "" } },
  "go-vet": { finds: { "go.mod": "", "main.go": "" }, run: "go vet ./...", not: { "main.go": "" } },
  "ruby-rspec": { finds: { "spec/a_spec.rb": "" }, run: "bundle exec rspec", not: { "lib/spec.rb": "" } },
  "ruby-rubocop": { finds: { ".rubocop.yml": "", "a.rb": "" }, run: "bundle exec rubocop", not: { "a.rb": "" } },
  "java-gradle": { finds: { gradlew: "", "A.java": "" }, run: "./gradlew --offline test", not: { "A.java": "" } },
  "java-maven": { finds: { "pom.xml": "<project/>", "A.java": "" }, run: "mvn -q -o test", not: { "A.java": "" } },
  "java-checkstyle": {
    finds: { "pom.xml": "<artifactId>maven-checkstyle-plugin</artifactId>", "A.java": "" },
    run: "mvn -q -o checkstyle:check",
    not: { "pom.xml": "" },
  },
  "make-test": {
    finds: { Makefile: "all: x\n\ntest: all\n\t./t\n", "a.c": "" },
    run: "make test",
    not: { Makefile: "test := 1\n# test: x\nmytest: x\n", "a.c": "" },
  },
  "make-lint": { finds: { Makefile: "lint:\n\t./l\n", "a.c": "" }, run: "make lint", not: { Makefile: "linty:\n\t./l\n", "a.c": "" } },
  "just-test": { finds: { justfile: "test *args:\n  ./t\n", "a.c": "" }, run: "just test", not: { justfile: "test := '1'\n", "a.c": "" } },
  "just-lint": { finds: { justfile: "@lint:\n  ./l\n", "a.c": "" }, run: "just lint", not: { justfile: "format:\n", "a.c": "" } },
  "pre-commit": { finds: { ".pre-commit-config.yaml": "", "a.py": "" }, run: "pre-commit run --all-files", not: { "a.py": "" } },
};

describe("W11: each row of the table of detectors", () => {
  test("has a fixture here", () => {
    expect(Object.keys(rows).sort()).toEqual(detectors.map(({ id }) => id).sort());
  });

  test.each(detectors.map((row) => [row.id, row] as const))("%s finds its command, and nothing where there is none", (id, row) => {
    const fixture = rows[id];
    if (!fixture) throw new Error(`no fixture for ${id}`);
    expect(row.find(list(fixture.finds))?.run).toBe(fixture.run);
    expect(row.find(list(fixture.not))).toBeUndefined();
    expect(detectChecks(list(fixture.finds)).checks).toContainEqual(
      expect.objectContaining({ name: row.name, kind: row.kind, run: fixture.run }),
    );
  });
});

describe("W11: which of several counts", () => {
  const found = (files: Files) => detectChecks(list(files)).checks.map(({ name, run, kind }) => `${name} ${kind}: ${run}`);

  test("a script before a tool's configuration, cheap before dear", () => {
    const files = {
      ...scripts({ test: "vitest run", lint: "biome check .", types: "tsc" }, { devDependencies: { vitest: "1", eslint: "1" } }),
      "biome.json": "{}",
    };
    expect(found(files)).toEqual(["lint lint: npm run lint", "types other: npm run types", "test test: npm test"]);
  });

  test("a script that watches or mends is passed over", () => {
    const files = scripts({ test: "vitest --watch", "test:ci": "vitest run", lint: "eslint --fix .", "lint:check": "eslint ." });
    expect(found(files)).toEqual(["lint lint: npm run lint:check", "test test: npm run test:ci"]);
  });

  test("a script that runs tests and linter is the gate, the linter alone before it", () => {
    const files = scripts({
      lint: "biome check .",
      types: "tsc --noEmit",
      layers: "depcruise src",
      build: "tsdown",
      test: "vitest run",
      check: "npm run lint && npm run types && npm run layers && npm run build && npm run test",
    });
    expect(found(files)).toEqual(["lint lint: npm run lint", "check test: npm run check"]);
    expect(detectChecks(list(files)).checks.at(-1)?.timeoutSeconds).toBe(1800);
  });

  test("one that reaches them through other runners is too", () => {
    expect(found(scripts({ lint: "eslint .", test: "node --test", ci: "run-p lint test" }))).toContain("ci test: npm run ci");
    expect(found(scripts({ lint: "eslint .", test: "node --test", ci: "npm-run-all -p lint test" }))).toContain("ci test: npm run ci");
    expect(found(scripts({ lint: "eslint .", test: "node --test", verify: "npm:check", check: "npm run -s lint && npm test" }))).toContain(
      "check test: npm run check",
    );
  });

  test("a check that runs one of the two stands in for that where nothing else does", () => {
    expect(found(scripts({ check: "biome check . && tsc", test: "node --test" }))).toEqual([
      "check lint: npm run check",
      "test test: npm test",
    ]);
    expect(found(scripts({ check: "svelte-check", test: "node --test", lint: "eslint ." }))).toContain("check other: npm run check");
    expect(found(scripts({ check: "eslint .", lint: "eslint .", test: "node --test" }))).not.toContain("check lint: npm run check");
  });

  test("a script that calls itself ends", () => {
    expect(found(scripts({ check: "npm run check && npm run lint", lint: "eslint ." }))).toEqual(["lint lint: npm run lint"]);
  });

  test("the package manager is the lockfile's or the declared one", () => {
    const files = scripts({ test: "node --test", lint: "eslint ." });
    expect(found({ ...files, "pnpm-lock.yaml": "" })).toEqual(["lint lint: pnpm run lint", "test test: pnpm test"]);
    expect(found({ ...files, "yarn.lock": "" })).toEqual(["lint lint: yarn run lint", "test test: yarn test"]);
    expect(found({ ...files, "bun.lock": "" })).toEqual(["lint lint: bun run lint", "test test: bun run test"]);
    expect(found(scripts({ test: "node --test" }, { packageManager: "pnpm@9.0.0" }))).toEqual(["test test: pnpm test"]);
  });

  test("two languages give both, each by its name", () => {
    const files = { ...scripts({ test: "node --test", lint: "eslint ." }), "tests/test_a.py": "import pytest\n", ".flake8": "" };
    expect(found(files)).toEqual([
      "lint lint: npm run lint",
      "lint-python lint: python3 -m flake8",
      "test test: npm test",
      "test-python test: python3 -m pytest -q",
    ]);
  });

  test("make stands in only where the language's own tools say nothing", () => {
    expect(found({ ...scripts({ test: "node --test" }), Makefile: "test:\n\tx\nlint:\n\tx\n" })).toEqual([
      "lint lint: make lint",
      "test test: npm test",
    ]);
  });

  test("projects in folders below the root, names made of the folder's", () => {
    const files = {
      "README.md": "",
      "My Web/package.json": JSON.stringify({ scripts: { test: "node --test" }, dependencies: { a: "1" } }),
      "My Web/package-lock.json": "",
      "My Web/a.js": "",
      "api/pyproject.toml": "[tool.ruff]\n[tool.pytest.ini_options]\n",
      "api/a.py": "",
    };
    expect(found(files)).toEqual([
      "test-my-web test: cd 'My Web' && npm test",
      "lint-api lint: cd api && ruff check .",
      "test-api test: cd api && python3 -m pytest -q",
    ]);
    expect(detectChecks(list(files)).setup).toBe("(cd 'My Web' && npm ci)");
  });

  test("a package.json that is no JSON is passed over", () => {
    expect(found({ "package.json": "{", "a.js": "" })).toEqual([]);
  });
});

describe("W11: setup", () => {
  const setup = (files: Files) => detectChecks(list({ "a.py": "", ".gitignore": "node_modules/\n.venv\n", ...files })).setup;
  const needs = { "package.json": JSON.stringify({ dependencies: { a: "1" } }) };

  test.each<[string, Files, string | undefined]>([
    ["npm", { ...needs, "package-lock.json": "" }, "npm ci"],
    ["pnpm", { ...needs, "pnpm-lock.yaml": "" }, "pnpm install --frozen-lockfile"],
    ["yarn 1", { ...needs, "yarn.lock": "" }, "yarn install --frozen-lockfile"],
    ["yarn 4", { ...needs, "yarn.lock": "", ".yarnrc.yml": "" }, "yarn install --immutable"],
    ["bun", { ...needs, "bun.lockb": "" }, "bun install --frozen-lockfile"],
    ["uv", { "uv.lock": "" }, "uv sync --frozen"],
    ["poetry", { "poetry.lock": "" }, "POETRY_VIRTUALENVS_IN_PROJECT=true poetry install --no-interaction"],
    ["pipenv", { "Pipfile.lock": "" }, "PIPENV_VENV_IN_PROJECT=1 pipenv sync --dev"],
    [
      "pip",
      { "requirements.txt": "requests\n" },
      "python3 -m venv --system-site-packages .venv && .venv/bin/pip install -q -r requirements.txt",
    ],
    ["nothing to install", { "package.json": "{}", "package-lock.json": "", "requirements.txt": "# none\n" }, undefined],
  ])("%s", (_, files, run) => expect(setup(files)).toBe(run));

  test("checks use the interpreter that setup fills", () => {
    const { checks } = detectChecks(list({ "uv.lock": "", "pyproject.toml": "[tool.ruff]\n", "tests/test_a.py": "import pytest" }));
    expect(checks.map(({ run }) => run)).toEqual([".venv/bin/python -m ruff check .", ".venv/bin/python -m pytest -q"]);
  });

  test("what setup makes must be ignored, and a lockfile tracked: both are said", () => {
    const { warnings } = detectChecks(list({ ...needs, "a.js": "" }));
    expect(warnings.join(" ")).toMatch(/node_modules\/ is not ignored.*no lockfile/);
  });
});

describe("W12: what is missing", () => {
  test("code without tests or linter: both are proposed, with what to add in its language", () => {
    const detection = detectChecks(list({ "a.py": "", "b.py": "", "c.js": "" }));
    expect(detection).toMatchObject({ knowledgeOnly: false, checks: [] });
    expect(detection.proposals.map(({ kind }) => kind)).toEqual(["test", "lint"]);
    expect(detection.proposals[0]?.text).toContain("Python");
    expect(detection.proposals[1]?.remedy).toContain("flake8");
  });

  test("only what is missing is proposed", () => {
    expect(detectChecks(list(scripts({ lint: "eslint ." }))).proposals.map(({ kind }) => kind)).toEqual(["test"]);
    expect(detectChecks(list(scripts({ lint: "eslint .", test: "node --test" }))).proposals).toEqual([]);
  });

  test("no code: knowledge only, and nothing is proposed", () => {
    const files = { "README.md": "", "wiki/index.md": "", "notes/sample.py": "", "data.csv": "", "cover.png": "" };
    expect(detectChecks(list(files))).toEqual({ knowledgeOnly: true, checks: [], proposals: [], warnings: [] });
    expect(detectChecks(list({}))).toMatchObject({ knowledgeOnly: true });
  });

  test("a tool that is configured but not depended on is said", () => {
    const { warnings } = detectChecks(list({ ...scripts({ test: "node --test" }), "eslint.config.js": "" }));
    expect(warnings).toEqual([expect.stringContaining("eslint is configured but package.json does not depend on it")]);
  });
});
