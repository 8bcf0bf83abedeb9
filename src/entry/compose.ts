import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createBubblewrapBox } from "../adapter/box/create-box.ts";
import { createSystemClock } from "../adapter/clock/system-clock.ts";
import { createGit } from "../adapter/git/git.ts";
import { createMachineHost } from "../adapter/host/machine-host.ts";
import { loadPlaybooks } from "../adapter/playbook/load-playbooks.ts";
import { identifyWorker, interruptProcess, isProcessAlive } from "../adapter/process/identify-process.ts";
import { createPlaybookRuntime } from "../adapter/runtime-playbook/playbook-runtime.ts";
import { createSlots } from "../adapter/slot/create-slots.ts";
import { openStore } from "../adapter/store-libsql/open-store.ts";
import { openConfigFile } from "../adapter/workspace/edit-config.ts";
import { findWorkspace } from "../adapter/workspace/find-workspace.ts";
import { compileWorkspacePolicy } from "../app/compile-workspace-policy.ts";
import { createDiagnose } from "../app/diagnose.ts";
import { recordDiagnosis } from "../app/record-diagnosis.ts";
import type { Diagnose } from "../app/run-tickets.ts";
import type { Lease } from "../contract/run.ts";
import type { Clock } from "../port/clock.ts";
import type { ConfigFile } from "../port/config-file.ts";
import type { Git } from "../port/git.ts";
import type { Host } from "../port/host.ts";
import type { Progress, World } from "../port/world.ts";
import { createGuard } from "./compose-policy.ts";

/** What works without a workspace. */
export interface Tools {
  readonly git: Git;
  readonly clock: Clock;
}

export function composeTools(): Tools {
  return { git: createGit(process.env), clock: createSystemClock() };
}

export interface WorldRequest {
  /** Where to look for mos.yaml: here, or upward. */
  readonly start: string;
  /** `start` was named: it must be a workspace itself. */
  readonly exact: boolean;
  readonly report: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** An open workspace. `interrupt` is Ctrl-C for another worker of it. */
export interface OpenWorld {
  readonly world: World;
  readonly configFile: ConfigFile;
  readonly interrupt: (lease: Lease) => boolean;
  readonly host: Host;
  /** The doctor, who remembers for as long as this process runs; what he says of the whole workspace is kept. */
  readonly diagnose: Diagnose;
  close(): Promise<void>;
}

/** The one place that picks adapters. */
export async function composeWorld(request: WorldRequest): Promise<OpenWorld> {
  const { git, clock } = composeTools();
  const configFile = openConfigFile(request.exact ? resolve(request.start) : await findWorkspace(request.start));
  const workspace = await configFile.load();
  const store = await openStore({ file: join(workspace.stateDir, "store.db"), clock, create: true });
  const uid = process.getuid?.() ?? -1;
  const box = createBubblewrapBox({
    supportDir: join(workspace.stateDir, "box"),
    chore: findShipped("chore.mjs"),
    uid,
    node: process.execPath,
  });
  const worker = identifyWorker();
  const slots = createSlots({ workspace, store, git, box, clock, worker, isProcessAlive, uid });
  const playbook = createPlaybookRuntime();
  const { report, signal } = request;
  const { playbooks, notes } = await loadPlaybooks(workspace.root);
  for (const text of notes) report({ stage: "scout", state: "update", text });
  const world: World = {
    workspace,
    store,
    git,
    box,
    slots,
    guard: createGuard(await compileWorkspacePolicy(workspace, { home: homedir(), programDir: dirname(findPackaged("package.json")) })),
    clock,
    playbooks,
    runtimes: { [playbook.name]: playbook },
    worker,
    isProcessAlive,
    report,
    signal,
  };
  const host = createMachineHost();
  return {
    world,
    configFile,
    interrupt: interruptProcess,
    host,
    diagnose: keepDiagnoses(createDiagnose(host, configFile)),
    close: () => store.close(),
  };
}

function keepDiagnoses(diagnose: Diagnose): Diagnose {
  return async (world, args) => {
    const diagnosis = await diagnose(world, args);
    if (args.domains === undefined) await recordDiagnosis(world, diagnosis);
    return diagnosis;
  };
}

/** A folder of the package, which lies beside dist/ and src/: `demo`. */
export function findPackaged(name: string): string {
  const beside = resolve(import.meta.dirname, "..", name);
  return existsSync(beside) ? beside : resolve(import.meta.dirname, "../..", name);
}

/** A file of the package: beside the bundle when built, under dist/ when run from source. */
export function findShipped(name: string): string {
  const beside = join(import.meta.dirname, name);
  return existsSync(beside) ? beside : resolve(import.meta.dirname, "../../dist", name);
}
