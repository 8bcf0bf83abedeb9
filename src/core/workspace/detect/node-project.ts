import { has, type Listing } from "./listing.ts";

export interface NodeProject {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: ReadonlySet<string>;
  /** Runs a script: `npm run lint`, `npm test`. */
  script(name: string): string;
  /** Runs a tool of node_modules: `npx eslint .`. */
  tool(command: string): string;
  readonly manager: "npm" | "pnpm" | "yarn" | "bun";
}

/** What package.json says; `undefined` where there is none that can be read. */
export function readNodeProject(listing: Listing): NodeProject | undefined {
  const data = parseObject(listing.read("package.json"));
  if (!data) return undefined;
  const scripts = Object.fromEntries(
    Object.entries(toObject(data.scripts)).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
  const dependencies = new Set(
    ["dependencies", "devDependencies", "optionalDependencies"].flatMap((key) => Object.keys(toObject(data[key]))),
  );
  const manager = findManager(listing, data.packageManager);
  return {
    scripts,
    dependencies,
    manager,
    script: (name) => (name === "test" && manager !== "bun" ? `${manager} test` : `${manager} run ${name}`),
    tool: (command) => `${{ npm: "npx", pnpm: "pnpm exec", yarn: "yarn", bun: "bunx" }[manager]} ${command}`,
  };
}

/** A script that does something: not npm's stand-in, not an echo, and it ends. */
export function isReal(script: string | undefined): script is string {
  if (script === undefined || script.trim() === "") return false;
  if (/no test specified/i.test(script) || /\s(--watch|--watchAll|-w)\b/.test(` ${script}`) || /\bvitest\s+(watch|dev)\b/.test(script))
    return false;
  return !/^\s*(echo\b[^&|;]*|true|:|exit\s+\d+)\s*((&&|;|\|\|)\s*(exit\s+\d+|true|:)\s*)?$/.test(script);
}

/** The first of these scripts that is real. */
export function firstScript(project: NodeProject, names: readonly string[]): string | undefined {
  return names.find((name) => isReal(project.scripts[name]));
}

function findManager(listing: Listing, declared: unknown): NodeProject["manager"] {
  const named = typeof declared === "string" ? /^(npm|pnpm|yarn|bun)@/.exec(declared)?.[1] : undefined;
  if (named) return named as NodeProject["manager"];
  if (has(listing, /^pnpm-lock\.yaml$/)) return "pnpm";
  if (has(listing, /^yarn\.lock$/)) return "yarn";
  return has(listing, /^bun\.lockb?$/) ? "bun" : "npm";
}

function parseObject(text: string | undefined): Record<string, unknown> | undefined {
  try {
    return text === undefined ? undefined : toObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function toObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
