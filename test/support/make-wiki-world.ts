import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createGit } from "../../src/adapter/git/git.ts";
import { createMachine } from "../../src/adapter/host/machine-load.ts";
import { openPassageIndexes } from "../../src/adapter/search-libsql/open-index.ts";
import { openStore } from "../../src/adapter/store-libsql/open-store.ts";
import { createSearch } from "../../src/app/ask-wiki.ts";
import { createRoles } from "../../src/app/role/create-roles.ts";
import { Config, type Domain, DomainConfig, type RepoHandle } from "../../src/contract/config.ts";
import type { Clock } from "../../src/port/clock.ts";
import type { World } from "../../src/port/world.ts";
import { createFixedClock } from "./fixed-clock.ts";
import { commitFiles, makeRepository, makeTemporaryFolder } from "./make-repository.ts";

export interface WikiWorld {
  readonly world: World;
  readonly clock: Clock & { set(instant: string): void };
  readonly root: string;
  domain(name: string): Domain;
  /** Commits files in a domain's home, as its operator would; gives the commit's id. */
  commit(domain: string, files: Record<string, string>): string;
  remove(): Promise<void>;
}

type Homes = Readonly<Record<string, { prefix: string; files: Record<string, string>; sealed?: boolean }>>;

/**
 * A workspace of knowledge-only domains on real repositories with a real store. There is no box in it: what is tested
 * with it runs no command.
 */
export async function makeWikiWorld(homes: Homes): Promise<WikiWorld> {
  const folder = makeTemporaryFolder("mos-wiki-");
  for (const [name, home] of Object.entries(homes)) makeRepository(join(folder.path, name), home.files);
  makeRepository(join(folder.path, "operator"), { "DOMAIN.md": "# Operator\n" });
  mkdirSync(join(folder.path, ".mos"));
  const opened = await openWikiWorld(folder.path, homes);
  return {
    ...opened,
    remove: async () => {
      await opened.remove();
      folder.remove();
    },
  };
}

/** One that was made before, by this process or another; `remove` closes it and leaves the folder. */
export async function openWikiWorld(root: string, homes: Homes): Promise<WikiWorld> {
  const clock = createFixedClock("2026-11-20T08:00:00.000Z");
  const domains = Object.entries(homes).map(([name, home]) =>
    makeDomain({ root, name, prefix: home.prefix, sealed: home.sealed ?? false }),
  );
  const store = await openStore({ file: join(root, ".mos", "store.db"), clock, create: true });
  const none = () => Promise.reject(new Error("this world runs no command"));
  const git = createGit(process.env);
  const workspace = {
    root,
    stateDir: join(root, ".mos"),
    config: Config.parse({ version: 1 }),
    domains,
    operator: makeDomain({ root, name: "operator", prefix: "OPS", sealed: false }),
  };
  const world: World = {
    workspace,
    store,
    git,
    box: { probe: none, run: none },
    guard: {
      judge: () => {
        throw new Error("this world runs no command");
      },
    },
    slots: {
      withSlot: none,
      withLeft: none,
      ownerOf: () => undefined,
      stray: async () => [],
      removeStray: async () => [],
      kept: async () => [],
      boundKept: async () => [],
    },
    clock,
    machine: createMachine(),
    playbooks: [],
    runtimes: {},
    search: createSearch({ git, workspace }, openPassageIndexes(join(root, ".mos", "search"))),
    roleRuntimes: {},
    roles: createRoles(() => world, { promptDir: join(import.meta.dirname, "../../role") }),
    worker: { id: "host/1/1", pid: 1, process: "boot:1" },
    isProcessAlive: () => true,
    report: () => {},
    signal: new AbortController().signal,
  };
  return {
    world,
    clock,
    root,
    domain: (name) => domains.find((domain) => domain.name === name) as Domain,
    commit: (name, files) => commitFiles(join(root, name), files, "docs: change"),
    remove: () => store.close(),
  };
}

function makeDomain(args: { root: string; name: string; prefix: string; sealed: boolean }): Domain {
  const { root, name, prefix, sealed } = args;
  const config = DomainConfig.parse({ prefix, sealed, home: { path: name, knowledgeOnly: true } });
  const home: RepoHandle = { ...config.home, domain: name, name: "home", lane: name, path: join(root, name) };
  return { ...config, name, home, repos: [home] };
}
