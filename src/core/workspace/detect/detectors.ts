import type { Check } from "../../../contract/config.ts";
import { has, hasSection, type Listing } from "./listing.ts";
import { firstScript, type NodeProject, readNodeProject } from "./node-project.ts";
import { findTestStyle, pythonOf, requirementsOf } from "./python-project.ts";

export type Ecosystem = "node" | "deno" | "python" | "rust" | "go" | "ruby" | "java" | "any";

export interface Finding {
  readonly run: string;
  readonly warnings?: readonly string[];
}

/** One way to find one check. Rows of one ecosystem and name exclude each other: the first that finds something counts. */
export interface Detector {
  readonly id: string;
  readonly ecosystem: Ecosystem;
  /** The check's name. */
  readonly name: string;
  readonly kind: Check["kind"];
  find(project: Listing): Finding | undefined;
}

/** `any` comes last: it counts only where no other row found that kind. */
export const detectors: readonly Detector[] = [
  row("node-test-script", "node", "test", "test", script(["test", "test:run", "test:ci", "test:unit", "unit"])),
  row("node-vitest", "node", "test", "test", tool("vitest", "vitest run", /^vitest\.config\.[cm]?[jt]s$/)),
  row("node-jest", "node", "test", "test", tool("jest", "jest", /^jest\.config\.([cm]?[jt]s|json)$/)),
  row("node-mocha", "node", "test", "test", tool("mocha", "mocha", /^\.mocharc(\.\w+)?$/)),
  row("node-test-runner", "node", "test", "test", (project) =>
    has(project, /(^|\/)[^/]+[.-]test\.[cm]?js$|^test\/[^/]+\.[cm]?js$/) ? { run: "node --test" } : undefined,
  ),
  row("node-lint-script", "node", "lint", "lint", findLintScript),
  row("node-biome", "node", "lint", "lint", tool("@biomejs/biome", "biome ci .", /^biome\.jsonc?$/)),
  row("node-eslint", "node", "lint", "lint", tool("eslint", "eslint .", /^(eslint\.config\.[cm]?[jt]s|\.eslintrc(\.\w+)?)$/)),
  row("node-oxlint", "node", "lint", "lint", tool("oxlint", "oxlint", /^\.?oxlintrc\.json$/)),
  row("node-standard", "node", "lint", "lint", tool("standard", "standard")),
  row("node-xo", "node", "lint", "lint", tool("xo", "xo")),
  row("node-types-script", "node", "types", "other", script(["types", "typecheck", "type-check", "check-types", "tsc"])),
  row(
    "node-format-script",
    "node",
    "format",
    "other",
    script(["format:check", "format-check", "fmt:check", "check:format", "prettier:check"]),
  ),

  row("deno-test", "deno", "test", "test", when(/^deno\.jsonc?$/, "deno test --allow-read")),
  row("deno-lint", "deno", "lint", "lint", when(/^deno\.jsonc?$/, "deno lint")),

  row("python-unittest", "python", "test", "test", (project) => {
    if (findTestStyle(project) !== "unittest") return undefined;
    const folder = project.files.some((path) => path.startsWith("tests/")) ? " -s tests" : has(project, /^test\/test_/) ? " -s test" : "";
    return { run: `${pythonOf(project)} -m unittest discover -q${folder}` };
  }),
  row("python-pytest", "python", "test", "test", (project) =>
    findTestStyle(project) === "pytest" ? { run: `${pythonOf(project)} -m pytest -q` } : undefined,
  ),
  row("python-ruff", "python", "lint", "lint", (project) =>
    has(project, /^\.?ruff\.toml$/) || hasSection(project, "pyproject.toml", "tool.ruff") ? python(project, "ruff check .") : undefined,
  ),
  row("python-flake8", "python", "lint", "lint", (project) =>
    has(project, /^\.flake8$/) || hasSection(project, "setup.cfg", "flake8") || hasSection(project, "tox.ini", "flake8")
      ? { run: `${pythonOf(project)} -m flake8${pythonOf(project).startsWith(".venv") ? " --extend-exclude .venv" : ""}` }
      : undefined,
  ),
  row("python-pylint", "python", "lint", "lint", (project) =>
    has(project, /^\.?pylintrc$/) || hasSection(project, "pyproject.toml", "tool.pylint")
      ? { run: `${pythonOf(project)} -m pylint --recursive=y .` }
      : undefined,
  ),
  row("python-mypy", "python", "types", "other", (project) =>
    has(project, /^\.?mypy\.ini$/) || hasSection(project, "pyproject.toml", "tool.mypy") || hasSection(project, "setup.cfg", "mypy")
      ? { run: `${pythonOf(project)} -m mypy .` }
      : undefined,
  ),
  row("python-black", "python", "format", "other", (project) =>
    hasSection(project, "pyproject.toml", "tool.black") ? { run: `${pythonOf(project)} -m black --check .` } : undefined,
  ),

  row("rust-test", "rust", "test", "test", (project) =>
    has(project, /^Cargo\.toml$/)
      ? { run: "cargo test", warnings: warnUnvendored(project, { lists: fetchesCrates(project), by: "cargo vendor" }) }
      : undefined,
  ),
  row("rust-clippy", "rust", "lint", "lint", when(/^Cargo\.toml$/, "cargo clippy --all-targets -- -D warnings")),
  row("rust-format", "rust", "format", "other", when(/^Cargo\.toml$/, "cargo fmt --check")),

  row("go-test", "go", "test", "test", (project) =>
    has(project, /^go\.mod$/)
      ? { run: "go test ./...", warnings: warnUnvendored(project, { lists: has(project, /^go\.sum$/), by: "go mod vendor" }) }
      : undefined,
  ),
  row("go-golangci", "go", "lint", "lint", when(/^\.golangci\.(ya?ml|toml|json)$/, "golangci-lint run")),
  row("go-vet", "go", "lint", "lint", when(/^go\.mod$/, "go vet ./...")),

  row("ruby-rspec", "ruby", "test", "test", (project) => (has(project, /^spec\/.+_spec\.rb$/) ? { run: "bundle exec rspec" } : undefined)),
  row("ruby-rubocop", "ruby", "lint", "lint", when(/^\.rubocop\.yml$/, "bundle exec rubocop")),

  row("java-gradle", "java", "test", "test", when(/^gradlew$/, "./gradlew --offline test")),
  row("java-maven", "java", "test", "test", when(/^pom\.xml$/, "mvn -q -o test")),
  row("java-checkstyle", "java", "lint", "lint", (project) =>
    /maven-checkstyle-plugin/.test(project.read("pom.xml") ?? "") ? { run: "mvn -q -o checkstyle:check" } : undefined,
  ),

  row("make-test", "any", "test", "test", target(["test", "tests", "check"])),
  row("make-lint", "any", "lint", "lint", target(["lint"])),
  row("just-test", "any", "test", "test", recipe(["test", "tests"])),
  row("just-lint", "any", "lint", "lint", recipe(["lint"])),
  row("pre-commit", "any", "lint", "lint", (project) =>
    has(project, /^\.pre-commit-config\.ya?ml$/)
      ? {
          run: "pre-commit run --all-files",
          warnings: [
            "pre-commit fetches its hooks from the network, which checks have not: name the linter itself as a check if this fails.",
          ],
        }
      : undefined,
  ),
];

/** The commands that install what the project's lockfiles say, each with what is odd about it. */
export function findSetup(project: Listing): Finding[] {
  return [nodeSetup(project), pythonSetup(project)].filter((one) => one !== undefined);
}

function nodeSetup(project: Listing): Finding | undefined {
  const node = readNodeProject(project);
  if (!node || node.dependencies.size === 0) return undefined;
  const unignored = warnUnignored(project, "node_modules", "/");
  if (has(project, /^(package-lock|npm-shrinkwrap)\.json$/) && node.manager === "npm") return { run: "npm ci", warnings: unignored };
  if (has(project, /^pnpm-lock\.yaml$/)) return { run: "pnpm install --frozen-lockfile", warnings: unignored };
  if (has(project, /^yarn\.lock$/))
    return { run: has(project, /^\.yarnrc\.yml$/) ? "yarn install --immutable" : "yarn install --frozen-lockfile", warnings: unignored };
  if (has(project, /^bun\.lockb?$/)) return { run: "bun install --frozen-lockfile", warnings: unignored };
  return {
    run: "npm install --no-package-lock",
    warnings: [
      ...unignored,
      "package.json has dependencies but no lockfile is tracked: commit one (npm install), so that everyone tests the same.",
    ],
  };
}

function pythonSetup(project: Listing): Finding | undefined {
  const warnings = warnUnignored(project, ".venv", "/");
  if (has(project, /^uv\.lock$/)) return { run: "uv sync --frozen", warnings };
  if (has(project, /^poetry\.lock$/)) return { run: "POETRY_VIRTUALENVS_IN_PROJECT=true poetry install --no-interaction", warnings };
  if (has(project, /^Pipfile\.lock$/)) return { run: "PIPENV_VENV_IN_PROJECT=1 pipenv sync --dev", warnings };
  const files = requirementsOf(project);
  if (files.length === 0) return undefined;
  const install = files.map((file) => `-r ${file}`).join(" ");
  return { run: `python3 -m venv --system-site-packages .venv && .venv/bin/pip install -q ${install}`, warnings };
}

/** What setup makes must be ignored, or every ticket would seem to have changed it. */
function warnUnignored(project: Listing, folder: string, suffix: string): string[] {
  const ignored = (project.read(".gitignore") ?? "").split("\n").some((line) => line.trim().replace(/^\/|\/$|^\*\*\//g, "") === folder);
  return ignored ? [] : [`${folder}${suffix} is not ignored: add it to .gitignore, or what setup installs will look like a change.`];
}

function fetchesCrates(project: Listing): boolean {
  return /^\s*\[(dev-|build-)?dependencies[^\]]*\]\s*\n\s*[\w"]/m.test(project.read("Cargo.toml") ?? "");
}

function warnUnvendored(project: Listing, { lists, by }: { lists: boolean; by: string }): string[] {
  return lists && !has(project, /^vendor\//)
    ? [`Checks have no network: track the dependencies (${by}), or name a setup that puts them into the tree.`]
    : [];
}

function row(id: string, ecosystem: Ecosystem, name: string, kind: Check["kind"], find: Detector["find"]): Detector {
  return { id, ecosystem, name, kind, find };
}

function when(file: RegExp, run: string): Detector["find"] {
  return (project) => (has(project, file) ? { run } : undefined);
}

function python(project: Listing, command: string): Finding {
  const interpreter = pythonOf(project);
  return { run: interpreter.startsWith(".venv") ? `${interpreter} -m ${command}` : command };
}

function script(names: readonly string[]): Detector["find"] {
  return (project) => {
    const node = readNodeProject(project);
    const name = node && firstScript(node, names);
    return node && name ? { run: node.script(name) } : undefined;
  };
}

/** One that only looks goes before one that also mends: a check runs on a tree that it may not change. */
function findLintScript(project: Listing): Finding | undefined {
  const node = readNodeProject(project);
  if (!node) return undefined;
  const mends = (name: string) => /\s(--fix|--write|--apply)\b/.test(node.scripts[name] ?? "");
  const names = ["lint", "lint:check", "lint:ci", "eslint", "check:lint"];
  const name = firstScript(
    node,
    names.filter((one) => !mends(one)),
  );
  return name ? { run: node.script(name) } : undefined;
}

function tool(dependency: string, command: string, config?: RegExp): Detector["find"] {
  return (project) => {
    const node = readNodeProject(project);
    if (!node) return undefined;
    if (node.dependencies.has(dependency)) return { run: node.tool(command) };
    return config && has(project, config) ? { run: node.tool(command), warnings: [warnUndeclared(dependency, node)] } : undefined;
  };
}

function warnUndeclared(dependency: string, node: NodeProject): string {
  return `${dependency} is configured but package.json does not depend on it: add it (${node.manager} ${node.manager === "npm" ? "install" : "add"} -D ${dependency}).`;
}

function target(names: readonly string[]): Detector["find"] {
  return (project) => {
    const text = project.read("Makefile") ?? project.read("GNUmakefile") ?? "";
    const name = names.find((one) => new RegExp(`^${one}\\s*:(?!=)`, "m").test(text));
    return name ? { run: `make ${name}` } : undefined;
  };
}

function recipe(names: readonly string[]): Detector["find"] {
  return (project) => {
    const text = project.read("justfile") ?? project.read("Justfile") ?? "";
    const name = names.find((one) => new RegExp(`^@?${one}(\\s[^:=]*)?:(?!=)`, "m").test(text));
    return name ? { run: `just ${name}` } : undefined;
  };
}
