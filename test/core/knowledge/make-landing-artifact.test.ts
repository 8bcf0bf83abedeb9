import { expect, test } from "vitest";
import { describeInterfaces } from "../../../src/core/knowledge/changed-interfaces.ts";
import { makeLandingArtifact } from "../../../src/core/knowledge/make-landing-artifact.ts";
import { readStatements } from "../../../src/core/knowledge/read-statements.ts";

const base = { domain: "music", repo: "home", commit: "c".repeat(40), landedAt: "2026-11-19T08:00:00.000Z" };
const read = (subject: string, body = "") =>
  readStatements(
    makeLandingArtifact({ ...base, commits: [{ id: "a".repeat(40), subject, body }], files: [] }) ?? { kind: "landing", text: "" },
  ).map(({ kind, claim }) => `${kind}: ${claim}`);

test.each([
  ["feat: play lists offline", "", ["changed: 2026-11-19: new: play lists offline"]],
  ["feat(player): play lists offline", "", ["changed: 2026-11-19: new: player: play lists offline"]],
  ["fix!: drop the old format", "", ["changed: 2026-11-19: breaking: drop the old format"]],
  ["refactor(store)!: one table", "", ["changed: 2026-11-19: breaking: store: one table"]],
  ["fix: x", "Why.\n\nBREAKING CHANGE: keys are lower case now", ["changed: 2026-11-19: breaking: keys are lower case now"]],
  ["feat: x", "Why.\n\nChanged: lists play offline", ["changed: 2026-11-19: lists play offline"]],
  ["feat: x", "Why.\n\nTicket: MUS-1", []],
  ["fix: a small thing", "", []],
  ["chore: a small thing", "", []],
  ["docs: feat: quoted", "", []],
  ["Feature: x", "", []],
  ["add lists", "", []],
])("K2: of the commit %j %j", (subject, body, statements) => {
  expect(read(subject, body)).toEqual(statements);
});

test("K2: an interface is what others use: names that went, names and commands that entry files offer, schemas", () => {
  const files = [
    { path: "src/index.ts", before: "export { a } from './a.ts';\n", after: "export { a, b as c } from './a.ts';\n" },
    {
      path: "src/inner.ts",
      before: "export const gone = 1;\nexport function stays() {}\n",
      after: "export async function stays() {}\nexport const more = 2;\n",
    },
    { path: "src/moved-from.ts", before: "export class Moved {}\n" },
    { path: "src/moved-to.ts", after: "export class Moved {}\n" },
    { path: "test/a.test.ts", before: "export const x = 1;\n", after: "" },
    { path: "tools/x.py", before: "def run():\n  pass\ndef _own():\n  pass\n", after: "def _own():\n  pass\n" },
    { path: "package.json", before: '{"bin":{"one":"a"}}', after: '{"bin":{"two":"a"}}' },
    { path: "schema/a.schema.json", after: "{}" },
    { path: "schema/b.schema.json", before: "{}", after: '{"type":"object"}' },
  ];
  expect(describeInterfaces(files)).toEqual([
    "c is newly exported by src/index.ts",
    "gone is no longer exported by src/inner.ts",
    "run is no longer exported by tools/x.py",
    "the command one is no longer offered by package.json",
    "the command two is newly offered by package.json",
    "schema schema/a.schema.json was added",
  ]);
  expect(makeLandingArtifact({ ...base, commits: [], files: files.slice(2, 5) })).toBeUndefined();
});
