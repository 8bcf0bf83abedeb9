import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createGit } from "../../../src/adapter/git/git.ts";
import { commitFiles, makeRepository, makeTemporaryFolder, runGitIn } from "../../support/make-repository.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

const lines = (changes: Record<number, string> = {}) => `${Array.from({ length: 9 }, (_, at) => changes[at] ?? `line ${at}`).join("\n")}\n`;
const landedText = lines({ 0: "landed" });
const workText = lines({ 8: "work" });
const bothText = lines({ 0: "landed", 8: "work" });

/** Main, where something landed after the work was begun, and the work on the older base. */
function makeHistory(name: string) {
  const path = join(folder.path, name);
  const base = makeRepository(path, { "a.txt": lines(), "old.txt": "old\n" });
  const landed = commitFiles(path, { "a.txt": landedText, "landed.txt": "landed\n" }, "landed");
  runGitIn(path, "checkout", "-q", "--detach", base);
  const work = commitFiles(path, { "a.txt": workText }, "work");
  runGitIn(path, "checkout", "-q", "main");
  return { path, base, landed, work };
}
type Made = ReturnType<typeof makeHistory>;

const steer = (path: string, name: string) => {
  const trace = join(folder.path, `${name}-driver-ran`);
  runGitIn(path, "config", "merge.steered.driver", `touch '${trace}'; cp %B %A`);
  return trace;
};

test.each<[string, (made: Made) => { trace?: string; home?: string }]>([
  ["nothing at all", () => ({})],
  [
    "a replacement that gives the work a later parent",
    ({ path, landed, work }) => {
      runGitIn(path, "replace", "--graft", work, landed);
      return {};
    },
  ],
  [
    "a graft that does",
    ({ path, landed, work }) => {
      writeFileSync(join(path, ".git/info/grafts"), `${work} ${landed}\n`);
      return {};
    },
  ],
  [
    "a driver that the repository's own attributes name",
    ({ path }) => {
      writeFileSync(join(path, ".git/info/attributes"), "* merge=steered\n");
      return { trace: steer(path, "info") };
    },
  ],
  [
    "a driver that the working tree's attributes name",
    ({ path }) => {
      writeFileSync(join(path, ".gitattributes"), "* merge=steered\n");
      return { trace: steer(path, "tree") };
    },
  ],
  [
    "a default driver",
    ({ path }) => {
      runGitIn(path, "config", "merge.default", "steered");
      return { trace: steer(path, "default") };
    },
  ],
  [
    "the person's own attributes and settings",
    ({ path }) => {
      const home = join(folder.path, "steering-home");
      mkdirSync(join(home, ".config/git"), { recursive: true });
      writeFileSync(join(home, ".config/git/attributes"), "* merge=steered\n");
      writeFileSync(join(home, ".gitconfig"), '[merge]\n\tdefault = steered\n[merge "steered"]\n\tdriver = cp %B %A\n');
      return { home, trace: steer(path, "home") };
    },
  ],
  [
    "a shallow file that hides older history",
    ({ path, base }) => {
      writeFileSync(join(path, ".git/shallow"), `${base}\n`);
      return {};
    },
  ],
])("G1a: the merge is of the commits as they are, despite %s", async (name, prepare) => {
  const made = makeHistory(name.replaceAll(/\W+/g, "-"));
  const { trace, home } = prepare(made);
  const repo = createGit({ PATH: process.env.PATH, HOME: home ?? folder.path }).at(made.path);
  const merged = await repo.mergeTree({ ours: made.landed, theirs: made.work });
  expect(merged.kind).toBe("clean");
  if (merged.kind !== "clean") return;
  expect(await repo.readFile(merged.tree, "a.txt")).toBe(bothText);
  expect(await repo.readFile(merged.tree, "landed.txt")).toBe("landed\n");
  expect(await repo.mergeBase(made.landed, made.work)).toBe(made.base);
  if (trace) expect(existsSync(trace)).toBe(false);
});

test("G1a: a repository whose settings say otherwise reverts with plain git what the neutral merge keeps", () => {
  const { path, landed, work } = makeHistory("plain");
  runGitIn(path, "replace", "--graft", work, landed);
  const tree = runGitIn(path, "merge-tree", "--write-tree", landed, work);
  expect(runGitIn(path, "cat-file", "blob", `${tree}:a.txt`)).toBe(workText.trim());
  expect(() => runGitIn(path, "cat-file", "blob", `${tree}:landed.txt`)).toThrow();
});

test("G1a: a repository of SHA-256 objects merges the same", async () => {
  const path = join(folder.path, "sha256");
  mkdirSync(path);
  runGitIn(path, "init", "-q", "-b", "main", "--object-format=sha256");
  runGitIn(path, "config", "user.name", "Test Operator");
  runGitIn(path, "config", "user.email", "operator@example.invalid");
  const base = commitFiles(path, { "a.txt": lines() }, "chore: begin");
  const landed = commitFiles(path, { "a.txt": landedText }, "landed");
  runGitIn(path, "checkout", "-q", "--detach", base);
  const work = commitFiles(path, { "a.txt": workText }, "work");
  const repo = createGit({ PATH: process.env.PATH, HOME: folder.path }).at(path);
  const merged = await repo.mergeTree({ ours: landed, theirs: work });
  expect(merged.kind === "clean" && (await repo.readFile(merged.tree, "a.txt"))).toBe(bothText);
});
