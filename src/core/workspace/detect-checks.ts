import type { Check } from "../../contract/config.ts";
import { gatherComposite } from "./detect/composite-script.ts";
import { type Detector, detectors, type Ecosystem, type Finding, findSetup } from "./detect/detectors.ts";
import { type Listing, scopeListing } from "./detect/listing.ts";
import { describeMissing, type Proposal } from "./detect/propose.ts";

export type { Listing } from "./detect/listing.ts";
export type { Proposal } from "./detect/propose.ts";

export type DetectedCheck = Pick<Check, "name" | "run" | "kind"> & Partial<Pick<Check, "timeoutSeconds">>;

/** What the gate should run in a repository, and what it lacks. */
export interface Detection {
  /** No code: the gate runs the wiki checks alone. */
  readonly knowledgeOnly: boolean;
  readonly setup?: string;
  readonly checks: readonly DetectedCheck[];
  readonly proposals: readonly Proposal[];
  readonly warnings: readonly string[];
}

/**
 * The repository's own commands that decide whether it is green, as its CI would call them (G9). Read from what is
 * tracked; nothing is run. Of each ecosystem and kind the first row of the table that fits is taken: what the people
 * wrote as a script goes before what a tool's configuration suggests.
 */
export function detectChecks(listing: Listing): Detection {
  if (!listing.files.some(isCode)) return { knowledgeOnly: true, checks: [], proposals: [], warnings: [] };
  const checks: DetectedCheck[] = [];
  const setups: string[] = [];
  const warnings: string[] = [];
  for (const folder of findProjects(listing)) {
    const project = scopeListing(listing, folder);
    const enter = folder === "" ? "" : `cd ${quote(folder)} && `;
    for (const found of detectProject(project)) {
      checks.push({
        ...found,
        name: freeName(folder === "" ? found.name : `${found.name}-${slug(folder)}`, found, checks),
        run: enter + found.run,
      });
      warnings.push(...found.warnings);
    }
    for (const setup of findSetup(project)) {
      setups.push(enter === "" ? setup.run : `(${enter}${setup.run})`);
      warnings.push(...(setup.warnings ?? []));
    }
  }
  const plain = checks.map(({ name, run, kind, timeoutSeconds }) => ({ name, run, kind, ...(timeoutSeconds ? { timeoutSeconds } : {}) }));
  return {
    knowledgeOnly: false,
    ...(setups.length === 0 ? {} : { setup: setups.join(" && ") }),
    checks: plain,
    proposals: describeMissing(listing, plain),
    warnings: [...new Set(warnings)],
  };
}

type Found = DetectedCheck & { readonly ecosystem: Ecosystem; readonly warnings: readonly string[] };

function detectProject(project: Listing): Found[] {
  const found: Found[] = [];
  const taken = new Set<string>();
  for (const row of detectors) {
    const place = `${row.ecosystem}/${row.name}`;
    if (taken.has(place) || (row.ecosystem === "any" && found.some(({ kind }) => kind === row.kind))) continue;
    const finding = row.find(project);
    if (!finding) continue;
    taken.add(place);
    found.push(toFound(row, finding));
  }
  return gatherComposite(
    project,
    found.toSorted((a, b) => order[a.kind] - order[b.kind]),
  );
}

/** Cheap ones first: what fails soon is known soon. */
const order = { lint: 0, other: 1, test: 2 } as const;

function toFound(row: Detector, finding: Finding): Found {
  return { name: row.name, kind: row.kind, run: finding.run, ecosystem: row.ecosystem, warnings: finding.warnings ?? [] };
}

function freeName(name: string, found: Found, taken: readonly DetectedCheck[]): string {
  const isFree = (one: string) => !taken.some((check) => check.name === one);
  if (isFree(name)) return name;
  const named = `${name}-${found.ecosystem}`;
  for (let count = 2; ; count++) {
    const candidate = isFree(named) ? named : `${named}-${count}`;
    if (isFree(candidate)) return candidate;
  }
}

const manifest =
  /^(package\.json|pyproject\.toml|setup\.cfg|setup\.py|requirements\.txt|Cargo\.toml|go\.mod|deno\.jsonc?|Gemfile|Makefile)$/;

/** The root, or, where it has no manifest, the folders right below it that have one. */
function findProjects(listing: Listing): string[] {
  if (listing.files.some((path) => manifest.test(path))) return [""];
  const folders = listing.files.flatMap((path) => {
    const [folder, name, ...rest] = path.split("/");
    return rest.length === 0 && folder && name && manifest.test(name) ? [folder] : [];
  });
  return folders.length === 0 ? [""] : [...new Set(folders)].toSorted();
}

const code =
  /\.(m?[jt]sx?|cjs|cts|vue|svelte|py|rb|go|rs|java|kt|kts|scala|c|cc|cpp|h|hpp|cs|swift|php|pl|lua|ex|exs|erl|hs|ml|clj|dart|r|jl|zig|sh|bash|sql)$/i;

function isCode(path: string): boolean {
  return code.test(path) && !/^(wiki|threads|notes)\//.test(path);
}

function slug(folder: string): string {
  return (
    folder
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "") || "part"
  );
}

function quote(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
