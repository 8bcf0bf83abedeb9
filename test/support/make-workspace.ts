import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createGit } from "../../src/adapter/git/git.ts";
import { openStore } from "../../src/adapter/store-libsql/open-store.ts";
import { openConfigFile } from "../../src/adapter/workspace/edit-config.ts";
import { type AddDomainArgs, type AddDomainPlan, type AddDomainWorld, applyAddDomain, planAddDomain } from "../../src/app/add-domain.ts";
import { applyInit, planInit } from "../../src/app/init-workspace.ts";
import type { Workspace } from "../../src/contract/config.ts";
import type { Git } from "../../src/port/git.ts";
import type { Store } from "../../src/port/store.ts";
import { createFixedClock } from "./fixed-clock.ts";
import { makeRepository, makeTemporaryFolder } from "./make-repository.ts";

export interface Bench {
  /** A temporary folder without symbolic links; the workspace is `<folder>/os`. */
  readonly folder: string;
  readonly root: string;
  readonly git: Git;
  readonly store: Store;
  world(): Promise<AddDomainWorld>;
  plan(args: AddDomainArgs): Promise<AddDomainPlan>;
  /** A repository beside the workspace, with tests and a linter where no files are given; gives its path. */
  repository(name: string, files?: Record<string, string>): string;
  /** Plans and applies. */
  add(args: AddDomainArgs): Promise<Workspace>;
  remove(): Promise<void>;
}

/** Git with a home of its own: with the identity of a test's operator, or with none. */
export function makeGit(folder: string, identity = true): Git {
  const home = join(folder, identity ? "home" : "home-without-identity");
  mkdirSync(home, { recursive: true });
  if (identity) writeFileSync(join(home, ".gitconfig"), "[user]\n\tname = Test Operator\n\temail = operator@example.invalid\n");
  return createGit({ PATH: process.env.PATH, HOME: home });
}

/** A small code repository, with a test and a lint script. */
export const nodeProject = {
  "README.md": "# App\n",
  "package.json": JSON.stringify({ scripts: { test: "node --test", lint: "node lint.mjs" } }),
  "src/app.js": "export const one = 1;\n",
};

/** A workspace as `mos init` makes it, with its store. */
export async function makeWorkspace(name = "os"): Promise<Bench> {
  const { path: folder, remove } = makeTemporaryFolder("mos-workspace-");
  const git = makeGit(folder);
  const root = join(folder, name);
  await applyInit({ git, plan: await planInit({ git, dir: root }) });
  const store = await openStore({
    file: join(root, ".mos", "store.db"),
    clock: createFixedClock("2026-11-20T08:00:00.000Z"),
    create: true,
  });
  const configFile = openConfigFile(root);
  const world = async () => ({ workspace: await configFile.load(), git, store, configFile });
  return {
    folder,
    root,
    git,
    store,
    world,
    repository: (name, files = nodeProject) => {
      makeRepository(join(folder, name), files);
      return join(folder, name);
    },
    plan: async (args) => planAddDomain(await world(), args),
    add: async (args) => {
      const at = await world();
      return (await applyAddDomain(at, await planAddDomain(at, args))).workspace;
    },
    remove: async () => {
      await store.close();
      remove();
    },
  };
}
