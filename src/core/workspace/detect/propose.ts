import type { DetectedCheck } from "../detect-checks.ts";
import type { Listing } from "./listing.ts";

/** Something that the repository lacks for code to land (G9), with what to add. Nothing is added unasked. */
export interface Proposal {
  readonly kind: "test" | "lint";
  readonly text: string;
  /** What to do, for a person or an agent. */
  readonly remedy: string;
}

interface Advice {
  readonly language: string;
  readonly pattern: RegExp;
  readonly test: string;
  readonly lint: string;
}

const advice: readonly Advice[] = [
  {
    language: "JavaScript or TypeScript",
    pattern: /\.([cm]?[jt]sx?|vue|svelte)$/,
    test: 'write test/first.test.js with node:test and the script "test": "node --test" in package.json',
    lint: 'npm install -D @biomejs/biome, npx biome init, and the script "lint": "biome check ." in package.json',
  },
  {
    language: "Python",
    pattern: /\.py$/,
    test: "write tests/test_first.py and run it with python3 -m pytest -q",
    lint: "add a .flake8 (python3 -m flake8) or a ruff.toml (ruff check .)",
  },
  { language: "Rust", pattern: /\.rs$/, test: "add a Cargo.toml; cargo test then runs", lint: "add a Cargo.toml; cargo clippy then runs" },
  { language: "Go", pattern: /\.go$/, test: "add a go.mod; go test ./... then runs", lint: "add a go.mod; go vet ./... then runs" },
  {
    language: "shell",
    pattern: /\.(sh|bash)$/,
    test: "add a Makefile with a target test",
    lint: "add a Makefile with a target lint that runs shellcheck",
  },
];

/** What a code repository still needs: at least one test and one lint check. */
export function describeMissing(listing: Listing, checks: readonly DetectedCheck[]): Proposal[] {
  const counts = advice.map((one) => ({ one, files: listing.files.filter((path) => one.pattern.test(path)).length }));
  const main = counts.toSorted((a, b) => b.files - a.files)[0];
  const known = main && main.files > 0 ? main.one : undefined;
  const nouns = { test: "tests", lint: "linter" } as const;
  return (["test", "lint"] as const)
    .filter((kind) => !checks.some((check) => check.kind === kind))
    .map((kind) => ({
      kind,
      text: `No ${nouns[kind]} found${known ? ` for ${known.language}` : ""}: no code can land without.`,
      remedy: `${known ? `For example: ${known[kind]}. ` : ""}Then name the command under checks in mos.yaml, with kind: ${kind}.`,
    }));
}
