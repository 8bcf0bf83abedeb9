import type { ChoreWorld } from "../chore.ts";

interface StyleBase {
  /** Where entries are kept, for git's log. */
  readonly places: readonly string[];
  /** All that is told already. */
  readonly told: string;
  evidence(world: ChoreWorld): { path: string; line: number } | undefined;
}

/** How a repository tells its users of changes. */
export type ChangelogStyle =
  | (StyleBase & { readonly kind: "changesets"; readonly packageName: string })
  | (StyleBase & { readonly kind: "file" | "new" });

/** Changesets where they are configured; a changelog's file where there is one; a new one where there is code to release. */
export function chooseStyle(world: ChoreWorld): ChangelogStyle | undefined {
  const { tree } = world;
  const file = tree.paths.find((path) => /^(changelog|changes|history)\.md$/i.test(path));
  const packageName = readPackageName(world);
  if (tree.has(".changeset/config.json") && packageName !== undefined) {
    const entries = tree.paths.filter((path) => /^\.changeset\/[^/]+\.md$/.test(path) && !/readme\.md$/i.test(path));
    const told = [...entries, ...(file === undefined ? [] : [file])].map((path) => tree.read(path) ?? "").join("\n");
    return {
      kind: "changesets",
      packageName,
      places: [".changeset", file ?? "CHANGELOG.md"],
      told,
      evidence: () => ({ path: ".changeset/config.json", line: 1 }),
    };
  }
  if (file !== undefined) {
    const text = tree.read(file);
    if (text === undefined) return undefined;
    const heading = text.split(/\r?\n/).findIndex((line) => /^##\s/.test(line));
    return { kind: "file", places: [file], told: text, evidence: () => ({ path: file, line: heading + 1 || 1 }) };
  }
  const manifest = ["package.json", "pyproject.toml", "Cargo.toml", "setup.cfg", "setup.py", "go.mod"].find((path) => tree.has(path));
  return manifest === undefined
    ? undefined
    : {
        kind: "new",
        places: ["CHANGELOG.md"],
        told: "",
        evidence: () => ({ path: manifest, line: versionLine(tree.read(manifest) ?? "") }),
      };
}

function readPackageName({ tree }: ChoreWorld): string | undefined {
  try {
    const { name }: { name?: unknown } = JSON.parse(tree.read("package.json") ?? "{}");
    return typeof name === "string" && /^[@a-z0-9][\w./~-]*$/i.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

function versionLine(text: string): number {
  const at = text.split(/\r?\n/).findIndex((line) => /^\s*"?version"?\s*[:=]/.test(line));
  return at === -1 ? 1 : at + 1;
}
