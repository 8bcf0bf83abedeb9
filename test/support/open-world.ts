import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createSystemClock } from "../../src/adapter/clock/system-clock.ts";
import { createGit } from "../../src/adapter/git/git.ts";
import { createMachine } from "../../src/adapter/host/machine-load.ts";
import { identifyWorker, isProcessAlive } from "../../src/adapter/process/identify-process.ts";
import { createPlaybookRuntime } from "../../src/adapter/runtime-playbook/playbook-runtime.ts";
import { openPassageIndexes } from "../../src/adapter/search-libsql/open-index.ts";
import { createSlots } from "../../src/adapter/slot/create-slots.ts";
import { openStore } from "../../src/adapter/store-libsql/open-store.ts";
import { createSearch } from "../../src/app/ask-wiki.ts";
import { compileWorkspacePolicy } from "../../src/app/compile-workspace-policy.ts";
import { closeDomain } from "../../src/app/home/close-sealed.ts";
import { createRoles, type RoleSettings } from "../../src/app/role/create-roles.ts";
import { Config, type Domain, DomainConfig, RepoConfig, type RepoHandle } from "../../src/contract/config.ts";
import type { Diagnosis } from "../../src/contract/doctor.ts";
import { TicketDraft } from "../../src/contract/ticket.ts";
import { applyTransition } from "../../src/core/ticket/apply-transition.ts";
import { createTicket } from "../../src/core/ticket/create-ticket.ts";
import { createGuard } from "../../src/entry/compose-policy.ts";
import type { RoleRuntime } from "../../src/port/role-runtime.ts";
import type { Progress, World } from "../../src/port/world.ts";
import { makeRepository, makeTemporaryFolder, runGitIn } from "./make-repository.ts";
import { openBox } from "./open-box.ts";

export interface OpenedWorld {
  readonly world: World;
  readonly root: string;
  readonly reported: Progress[];
  /** Files a draft and makes it ready on the operator's word; gives its id. */
  fileReady(draft: Record<string, unknown>): Promise<string>;
  remove(): Promise<void>;
}

export interface OpenOptions {
  readonly limits?: Record<string, number>;
  readonly signal?: AbortSignal;
  readonly chore?: string;
  /** More of mos.yaml: `roles`, `budgets`, `prices`, `runtimes`. */
  readonly config?: Record<string, unknown>;
  readonly roleRuntimes?: Readonly<Record<string, RoleRuntime>>;
  /** Parts of Roles that stand in for the real ones. */
  readonly roleParts?: Partial<RoleSettings>;
}

/** The doctor of tests that are not about it. */
export const healthy: Diagnosis = { grade: "A", passed: 19, total: 19, domains: {}, checks: [] };

/**
 * A workspace on real repositories, with real store, git, box and slots. Each home begins with its files; its checks are
 * `sh check.sh` as test and as linter unless others are given.
 */
export async function openWorld(
  homes: Readonly<
    Record<
      string,
      { prefix: string; files: Record<string, string>; repo?: Record<string, unknown>; sealed?: boolean; config?: Record<string, unknown> }
    >
  >,
  options: OpenOptions = {},
): Promise<OpenedWorld> {
  const { path: root, remove } = makeTemporaryFolder("mos-world-");
  const stateDir = join(root, ".mos");
  mkdirSync(stateDir, { mode: 0o700 });
  const checks = [
    { name: "test", run: "sh check.sh", kind: "test" },
    { name: "lint", run: "sh check.sh lint", kind: "lint" },
  ];
  const domains = Object.entries(homes).map(([name, { prefix, files, repo, sealed, config: more }]): Domain => {
    const path = join(root, name);
    const baseline = makeRepository(path, files);
    const config = DomainConfig.parse({ prefix, sealed: sealed ?? false, home: { path: name, baseline, checks, ...repo }, ...more });
    const home: RepoHandle = { ...config.home, domain: name, name: "home", lane: name, path };
    return { ...config, name, home, repos: [home] };
  });
  makeRepository(join(root, "operator"));
  const operatorHome = RepoConfig.parse({
    path: "operator",
    knowledgeOnly: true,
    baseline: runGitIn(join(root, "operator"), "rev-parse", "HEAD"),
  });
  const operatorHandle: RepoHandle = { ...operatorHome, domain: "operator", name: "home", lane: "operator", path: join(root, "operator") };
  const operator: Domain = {
    ...DomainConfig.parse({ prefix: "OPS", home: operatorHome }),
    name: "operator",
    home: operatorHandle,
    repos: [operatorHandle],
  };
  const clock = createSystemClock();
  const store = await openStore({ file: join(stateDir, "store.db"), clock, create: true });
  const git = createGit({ PATH: process.env.PATH, HOME: root });
  const box = openBox(stateDir, options.chore);
  const worker = identifyWorker();
  const workspace = {
    root,
    stateDir,
    config: Config.parse({ version: 1, limits: options.limits ?? {}, ...options.config }),
    domains,
    operator,
  };
  const uid = process.getuid?.() ?? -1;
  const slots = createSlots({ workspace, store, git, box, clock, worker, isProcessAlive, uid });
  // As `mos domain add --sealed` does.
  for (const domain of domains.filter((one) => one.sealed)) {
    const group = slots.ownerOf(domain);
    if (group !== undefined) await closeDomain(git, domain, group);
  }
  const reported: Progress[] = [];
  const world: World = {
    workspace,
    store,
    git,
    box,
    slots,
    guard: createGuard(await compileWorkspacePolicy(workspace, { home: root, programDir: join(import.meta.dirname, "../..") })),
    clock,
    machine: createMachine(),
    playbooks: [],
    runtimes: { playbook: createPlaybookRuntime() },
    search: createSearch({ git, workspace }, openPassageIndexes(join(stateDir, "search"))),
    roleRuntimes: options.roleRuntimes ?? {},
    roles: createRoles(() => world, { promptDir: join(import.meta.dirname, "../../role"), ...options.roleParts }),
    worker,
    isProcessAlive,
    report: (progress) => reported.push(progress),
    signal: options.signal ?? new AbortController().signal,
  };
  return {
    world,
    root,
    reported,
    fileReady: async (value) => {
      const draft = TicketDraft.parse({ accept: ["true"], ...value });
      const prefix = domains.find((domain) => domain.name === draft.domain)?.prefix ?? "OPS";
      return store.write(async (tx) => {
        const ticket = await createTicket(tx, { draft, prefix, sealedDomains: [], now: clock.now(), actor: "operator" });
        await applyTransition(tx, ticket.id, { kind: "ready" }, { actor: "operator", authority: "operator", reason: "test" });
        return ticket.id;
      });
    },
    remove: async () => {
      await store.close();
      remove();
    },
  };
}
