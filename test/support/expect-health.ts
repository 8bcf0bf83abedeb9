import { join } from "node:path";
import Database from "libsql";
import { expect } from "vitest";
import { createMachineHost } from "../../src/adapter/host/machine-host.ts";
import { type DiagnoseArgs, diagnose } from "../../src/app/diagnose.ts";
import type { Domain, RepoHandle } from "../../src/contract/config.ts";
import type { World } from "../../src/port/world.ts";
import { runGitIn } from "./make-repository.ts";

type Given = Partial<DiagnoseArgs>;

/** Nineteen of nineteen, everywhere. */
export async function expectSound(world: World, given: Given = {}): Promise<void> {
  const found = await diagnose(world, { host: createMachineHost(), ...given });
  expect(found.checks.filter((check) => !check.ok)).toEqual([]);
  expect(found).toMatchObject({ grade: "A", passed: 19, total: 19 });
  expect(found.checks).toHaveLength(19);
}

/** One check fails, at one place, with a reason and a fix that say this; every other check and domain is sound. */
export async function expectOnly(
  world: World,
  ailment: { id: string; domain?: string; reason: RegExp; fix: RegExp; grade?: string },
  given: Given = {},
): Promise<void> {
  const { id, domain, reason, fix, grade = "B" } = ailment;
  const found = await diagnose(world, { host: createMachineHost(), ...given });
  const failing = found.checks.filter((check) => !check.ok);
  expect(failing.map((check) => [check.id, check.domain])).toEqual([[id, domain]]);
  expect(failing[0]?.reason).toMatch(reason);
  expect(failing[0]?.fix).toMatch(fix);
  expect(found).toMatchObject({ grade, passed: 18 });
  for (const [name, own] of Object.entries(found.domains))
    expect([name, own]).toEqual([name, domain === undefined || domain === name ? grade : "A"]);
}

/** The same world, whose repositories owe receipts from where they are now on. */
export function withBaselines(world: World): World {
  return editDomains(world, (domain) => {
    const repos = domain.repos.map((repo): RepoHandle => {
      const baseline = runGitIn(repo.path, "rev-parse", `refs/heads/${repo.branch}`);
      return { ...repo, baseline };
    });
    return { ...domain, repos, home: repos[0] ?? domain.home };
  });
}

/** The same world with its domains as `edit` gives them. */
export function editDomains(world: World, edit: (domain: Domain) => Domain): World {
  const { workspace } = world;
  return { ...world, workspace: { ...workspace, domains: workspace.domains.map(edit), operator: edit(workspace.operator) } };
}

/** SQL straight into the store's file, as nobody should. The log's triggers are dropped first. */
export function editStore(root: string, ...statements: readonly string[]): void {
  const database = new Database(join(root, ".mos", "store.db"));
  for (const name of ["events_never_change", "events_never_go", "events_in_order"]) database.exec(`drop trigger if exists ${name}`);
  for (const statement of statements) database.exec(statement);
  database.close();
}
