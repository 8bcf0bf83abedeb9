import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadPlaybooks } from "../../src/adapter/playbook/load-playbooks.ts";
import { Finding, type PlannedTicket } from "../../src/contract/brief.ts";
import type { Playbook } from "../../src/contract/playbook.ts";
import { choreValues } from "../../src/core/chore/chore-values.ts";
import { decideFromFindings } from "../../src/core/playbook/decide-from-findings.ts";
import { readFindingLines } from "../../src/core/playbook/read-finding-lines.ts";
import { isInsideTouches } from "../../src/core/schedule/is-inside-touches.ts";
import { buildChore } from "../support/build-chore.ts";
import { makeHistory } from "../support/make-chore-world.ts";
import { runGitIn } from "../support/make-repository.ts";
import { fixtures } from "../support/playbook-fixture/fixtures.ts";

let chore: Awaited<ReturnType<typeof buildChore>>;
let playbooks: readonly Playbook[];

beforeAll(async () => {
  chore = await buildChore();
  playbooks = (await loadPlaybooks("/nonexistent")).playbooks;
});
afterAll(() => chore.remove());

const names = [
  ...["broken-links", "changelog", "dead-threads", "dependency-ranges", "failing-tests", "format-lint"],
  ...["stale-claims", "todo-harvest", "tracked-ignored", "wiki-index"],
];

test("PB1: the ten playbooks that the design names are built in, and each has a fixture", () => {
  expect(playbooks.map(({ id }) => id)).toEqual(names);
  expect([...new Set(fixtures.map(({ id }) => id))].sort()).toEqual(names);
});

describe.each(fixtures.map((fixture) => ({ fixture, name: `${fixture.id} (${fixture.subjects.length})` })))("$name", ({ fixture }) => {
  const playbookOf = () => playbooks.find(({ id }) => id === fixture.id) as Playbook;

  const run = (cwd: string, command: string, env: Readonly<Record<string, string>> = {}) => {
    const path = `${chore.bin}:${process.env.PATH}`;
    const result = spawnSync("sh", ["-c", command], { cwd, encoding: "utf8", env: { PATH: path, HOME: "/nonexistent", ...env } });
    return { code: result.status, output: `${result.stdout}${result.stderr}`, stdout: result.stdout };
  };

  const find = (cwd: string): Finding[] => {
    const { settled, findings } = findAll(cwd);
    expect(settled.filter((path) => existsSync(join(cwd, path)))).toEqual([]);
    return findings;
  };

  const findAll = (cwd: string): { findings: Finding[]; settled: string[] } => {
    const { code, output, stdout } = run(cwd, playbookOf().detect, fixture.env);
    expect(code, output).toBe(0);
    const { lines, problems } = readFindingLines({ output: stdout, owners: new Map([["", [fixture.id]]]), whole: "", perPlaybook: 200 });
    expect(problems).toEqual([]);
    const commit = runGitIn(cwd, "rev-parse", "HEAD");
    const settled = lines.flatMap((line) => line.settledBy ?? []);
    const findings = lines.map((line) => {
      for (const name of Object.keys(line.values)) expect(choreValues[fixture.id]).toContain(name);
      for (const { path, line: at } of line.evidence)
        expect(readFileSync(join(cwd, path), "utf8").split("\n").length).toBeGreaterThanOrEqual(at);
      const { playbook, subject, text } = line;
      const values = { ...line.values, commit, today: "2026-11-23" };
      return Finding.parse({ playbook, subject, text, repo: fixture.repo ?? "home", evidence: [], values });
    });
    return { findings, settled };
  };

  const ticketsOf = (findings: readonly Finding[]): PlannedTicket[] =>
    decideFromFindings(playbookOf(), findings, { domain: "music", name: fixture.repo ?? "home" }).flatMap(({ options }) => {
      const chosen = fixture.option === undefined ? options[0] : options.find(({ id }) => id === fixture.option);
      expect(chosen?.tickets.length).toBeGreaterThan(0);
      return chosen?.tickets ?? [];
    });

  const changedPaths = (cwd: string) => {
    runGitIn(cwd, "add", "-A");
    return runGitIn(cwd, "diff", "--cached", "--name-only", "-z")
      .split("\0")
      .filter((path) => path !== "");
  };

  test("PB2: finds what is wrong, fixes it inside its touches, and then finds nothing that it could fix", () => {
    const repository = makeHistory(fixture.found);
    try {
      const findings = find(repository.path);
      const subjects = typeof fixture.subjects === "function" ? fixture.subjects(repository.path) : fixture.subjects;
      expect(findings.map(({ subject }) => subject).sort()).toEqual([...subjects].sort());
      const tickets = ticketsOf(findings);
      expect(tickets.length).toBeGreaterThan(0);
      for (const { draft } of tickets) {
        for (const { run: command = "" } of draft.accept) expect(run(repository.path, command).code, `before: ${command}`).toBe(1);
      }
      for (const { draft } of tickets) for (const command of draft.run) expect(run(repository.path, command)).toMatchObject({ code: 0 });
      for (const { draft } of tickets) {
        for (const { run: command = "" } of draft.accept)
          expect(run(repository.path, command), `after: ${command}`).toMatchObject({ code: 0 });
      }
      const touches = tickets.flatMap(({ draft }) => draft.touches);
      const changed = changedPaths(repository.path);
      expect(changed.length).toBeGreaterThan(0);
      expect(changed.filter((path) => !isInsideTouches(path, touches))).toEqual([]);
      expect(
        changed.filter(
          (path) =>
            path.startsWith("wiki/") && !tickets.some(({ draft }) => draft.role === "librarian" && isInsideTouches(path, draft.touches)),
        ),
      ).toEqual([]);
      const after = typeof fixture.after === "function" ? fixture.after(repository.path) : fixture.after;
      for (const [path, text] of Object.entries(after)) {
        expect(existsSync(join(repository.path, path)) ? readFileSync(join(repository.path, path), "utf8") : undefined, path).toBe(text);
      }
      for (const { draft } of tickets) for (const command of draft.run) expect(run(repository.path, command)).toMatchObject({ code: 0 });
      runGitIn(repository.path, "add", "-A");
      const once = runGitIn(repository.path, "write-tree");
      for (const { draft } of tickets) for (const command of draft.run) run(repository.path, command);
      runGitIn(repository.path, "add", "-A");
      expect(runGitIn(repository.path, "write-tree"), "a second time changes nothing").toBe(once);
      if (fixture.remains) {
        const { settled } = findAll(repository.path);
        expect(settled.length).toBeGreaterThan(0);
        expect(settled.filter((path) => !existsSync(join(repository.path, path)))).toEqual([]);
        return;
      }
      runGitIn(repository.path, "commit", "-q", "-m", "Mended");
      expect(decideFromFindings(playbookOf(), find(repository.path), { domain: "music", name: fixture.repo ?? "home" })).toEqual([]);
    } finally {
      repository.remove();
    }
  });

  test("PB3: finds nothing where nothing is wrong", () => {
    const repository = makeHistory(fixture.clean);
    try {
      expect(find(repository.path)).toEqual([]);
    } finally {
      repository.remove();
    }
  });
});
