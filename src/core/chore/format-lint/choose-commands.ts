import type { ChoreWorld } from "../chore.ts";

/** Names under which repositories keep what mends their format; of each row the first that is there. */
const scriptNames = [
  ["lint:fix", "lint-fix", "fix:lint", "eslint:fix", "fix"],
  ["format", "fmt", "format:fix", "format:write", "prettier:fix", "prettier:write"],
] as const;

interface Tool {
  /** A program that must be there. */
  readonly program: string;
  readonly command: string;
  isConfigured(world: ChoreWorld): boolean;
}

const has =
  (...paths: string[]) =>
  (world: ChoreWorld) =>
    paths.some((path) => world.tree.has(path));

const hasLike = (pattern: RegExp) => (world: ChoreWorld) => world.tree.paths.some((path) => pattern.test(path));

const mentions = (path: string, pattern: RegExp) => (world: ChoreWorld) => pattern.test(world.tree.read(path) ?? "");

const any =
  (...tests: readonly ((world: ChoreWorld) => boolean)[]) =>
  (world: ChoreWorld) =>
    tests.some((test) => test(world));

/** A linter's fixes first, then formatters: those have the last word. */
const tools: readonly Tool[] = [
  {
    program: "eslint",
    command: "eslint --fix .",
    isConfigured: any(hasLike(/^(eslint\.config\.[cm]?[jt]s|\.eslintrc(\.\w+)?)$/), mentions("package.json", /"eslintConfig"\s*:/)),
  },
  { program: "biome", command: "biome check --write .", isConfigured: has("biome.json", "biome.jsonc") },
  {
    program: "prettier",
    command: "prettier --write --log-level warn .",
    isConfigured: any(
      hasLike(/^(\.prettierrc(\.\w+)?|prettier\.config\.[cm]?[jt]s)$/),
      mentions("package.json", /"prettier"\s*:\s*[{"]?[^0-9^~]/),
    ),
  },
  {
    program: "ruff",
    command: "ruff check --fix --quiet .",
    isConfigured: any(has("ruff.toml", ".ruff.toml"), mentions("pyproject.toml", /^\[tool\.ruff/m)),
  },
  {
    program: "ruff",
    command: "ruff format --quiet .",
    isConfigured: any(
      mentions("ruff.toml", /^\[format\]/m),
      mentions(".ruff.toml", /^\[format\]/m),
      mentions("pyproject.toml", /^\[tool\.ruff\.format\]/m),
    ),
  },
  { program: "isort", command: "isort --quiet .", isConfigured: any(has(".isort.cfg"), mentions("pyproject.toml", /^\[tool\.isort\]/m)) },
  { program: "black", command: "black --quiet .", isConfigured: mentions("pyproject.toml", /^\[tool\.black\]/m) },
  { program: "gofmt", command: "gofmt -w .", isConfigured: has("go.mod") },
  { program: "cargo", command: "cargo fmt --all", isConfigured: has("Cargo.toml") },
];

/**
 * The commands that put this repository's format right, as its own people would run them: the scripts that it names;
 * where there is none for formatting, the tools that it configures. What is not installed is left out.
 */
export function chooseCommands(world: ChoreWorld): string[] {
  const scripts = readScripts(world);
  const named = scriptNames.flatMap((row) => row.map((name) => scripts[name]).find((text) => text !== undefined) ?? []);
  const runnable = named.filter((command) => world.rehearsal.hasProgram(firstWord(command)));
  const configured = tools.filter((tool) => tool.isConfigured(world) && world.rehearsal.hasProgram(tool.program));
  const own = new Set(runnable.join(" ").match(/[\w.-]+/g) ?? []);
  return [...runnable, ...configured.filter(({ program }) => !own.has(program)).map(({ command }) => command)];
}

function readScripts(world: ChoreWorld): Readonly<Record<string, string>> {
  try {
    const { scripts }: { scripts?: unknown } = JSON.parse(world.tree.read("package.json") ?? "{}");
    if (typeof scripts !== "object" || scripts === null) return {};
    return Object.fromEntries(Object.entries(scripts).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  } catch {
    return {};
  }
}

/** `NODE_ENV=x prettier --write .` → `prettier`. */
function firstWord(command: string): string {
  return command.split(/\s+/).find((word) => word !== "" && !/^\w+=/.test(word)) ?? "";
}
