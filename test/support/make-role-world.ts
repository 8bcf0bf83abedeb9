import { join } from "node:path";
import { onTestFinished } from "vitest";
import { identifyWorker, isProcessAlive } from "../../src/adapter/process/identify-process.ts";
import { createRoles, type RoleSettings } from "../../src/app/role/create-roles.ts";
import { Config, type Domain, DomainConfig, type RepoHandle } from "../../src/contract/config.ts";
import type { Clock } from "../../src/port/clock.ts";
import type { RoleRuntime } from "../../src/port/role-runtime.ts";
import type { World } from "../../src/port/world.ts";
import { createFixedClock } from "./fixed-clock.ts";
import { makeTemporaryFolder } from "./make-repository.ts";
import { createMemoryStore } from "./memory-store.ts";

/** As much of a world as roles need: no repository, no box, a store in memory; guards that let everything through. */
export function makeRoleWorld(args: {
  config: Record<string, unknown>;
  domains: Readonly<Record<string, { prefix: string } & Record<string, unknown>>>;
  roleRuntimes: Readonly<Record<string, RoleRuntime>>;
  roleParts?: Partial<RoleSettings>;
  clock?: Clock;
}): World {
  const clock = args.clock ?? createFixedClock(new Date().toISOString());
  const { path: root, remove } = makeTemporaryFolder("mos-role-world-");
  onTestFinished(remove);
  const makeDomain = ([name, given]: [string, Record<string, unknown>]): Domain => {
    const config = DomainConfig.parse({ home: { path: name }, ...given });
    const home: RepoHandle = { ...config.home, domain: name, name: "home", lane: name, path: join(root, name) };
    return { ...config, name, home, repos: [] };
  };
  const world = {
    workspace: {
      root,
      stateDir: join(root, ".mos"),
      config: Config.parse({ version: 1, ...args.config }),
      domains: Object.entries(args.domains).map(makeDomain),
      operator: makeDomain(["operator", { prefix: "OPS" }]),
    },
    store: createMemoryStore(clock),
    guard: { judge: () => ({ decision: "allow" }) },
    slots: { removeStray: async () => [], kept: async () => [], boundKept: async () => [] },
    clock,
    playbooks: [],
    runtimes: {},
    roleRuntimes: args.roleRuntimes,
    roles: createRoles(() => world, { promptDir: join(import.meta.dirname, "../../role"), ...args.roleParts }),
    worker: identifyWorker(),
    isProcessAlive,
    report: () => undefined,
    signal: new AbortController().signal,
  } as unknown as World;
  return world;
}
