import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { createBubblewrapBox } from "../adapter/box/create-box.ts";
import { createSystemClock } from "../adapter/clock/system-clock.ts";
import { openMinilm } from "../adapter/embedder-minilm/open-minilm.ts";
import { createGit } from "../adapter/git/git.ts";
import { createMachineHost } from "../adapter/host/machine-host.ts";
import { createMachine } from "../adapter/host/machine-load.ts";
import { loadPlaybooks } from "../adapter/playbook/load-playbooks.ts";
import { createProcessControl } from "../adapter/process/control-process.ts";
import { identifyWorker, isProcessAlive } from "../adapter/process/identify-process.ts";
import { createPlaybookRuntime } from "../adapter/runtime-playbook/playbook-runtime.ts";
import { openPassageIndexes } from "../adapter/search-libsql/open-index.ts";
import { createSlots } from "../adapter/slot/create-slots.ts";
import { openStore } from "../adapter/store-libsql/open-store.ts";
import { openConfigFile } from "../adapter/workspace/edit-config.ts";
import { configName, findWorkspace, noWorkspace } from "../adapter/workspace/find-workspace.ts";
import { holdLock } from "../adapter/workspace/hold-lock.ts";
import { createSearch } from "../app/ask-wiki.ts";
import { collectDenials } from "../app/collect-denials.ts";
import { compileWorkspacePolicy, type PolicyPlaces } from "../app/compile-workspace-policy.ts";
import { createDiagnose } from "../app/diagnose.ts";
import { recordDiagnosis } from "../app/record-diagnosis.ts";
import { createRoles } from "../app/role/create-roles.ts";
import type { Diagnose } from "../app/run-tickets.ts";
import type { Stoppable } from "../app/stop-all.ts";
import { loadAndWritePolicy } from "../app/write-policy.ts";
import type { Workspace } from "../contract/config.ts";
import { MosError } from "../contract/error.ts";
import type { Clock } from "../port/clock.ts";
import type { ConfigFile } from "../port/config-file.ts";
import type { Git } from "../port/git.ts";
import type { Host } from "../port/host.ts";
import type { ProcessControl } from "../port/process-control.ts";
import type { OpenEmbedder } from "../port/search.ts";
import type { Progress, World } from "../port/world.ts";
import { createGuard } from "./compose-policy.ts";
import { composeRoleRuntimes, listKeys } from "./compose-runtimes.ts";

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

/** An open workspace. */
export interface OpenWorld {
  readonly world: World;
  readonly configFile: ConfigFile;
  readonly processes: ProcessControl;
  readonly host: Host;
  /** The doctor, who remembers for as long as this process runs; what he says of the whole workspace is kept. */
  readonly diagnose: Diagnose;
  close(): Promise<void>;
}

/** The one place that picks adapters. */
export async function composeWorld(request: WorldRequest): Promise<OpenWorld> {
  const { git, clock } = composeTools();
  const { configFile, workspace } = await openConfig(request);
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
    guard: createGuard(await compileWorkspacePolicy(workspace, findPolicyPlaces())),
    clock,
    machine: createMachine(),
    playbooks,
    runtimes: { [playbook.name]: playbook },
    search: createSearch({ git, workspace }, openPassageIndexes(join(workspace.stateDir, "search")), findEmbedder(workspace)),
    roleRuntimes: composeRoleRuntimes({ workspace, store }, () => world),
    roles: createRoles(() => world, { promptDir: findPackaged("role"), listSecrets: () => listKeys(workspace) }),
    worker,
    isProcessAlive,
    report,
    signal,
  };
  const host = createMachineHost();
  // What was refused while no command ran. A log that cannot be written is this command's own trouble, not this one's.
  await collectDenials(world).catch((error) => report({ stage: "sweep", state: "failed", text: nameError(error) }));
  return {
    world,
    configFile,
    processes: createProcessControl(),
    host,
    diagnose: keepDiagnoses(createDiagnose(host, configFile)),
    close: () => store.close(),
  };
}

/** What an emergency stop needs, where mos.yaml is there and cannot be read. */
export async function composeStop(request: WorldRequest): Promise<{ world: Stoppable; processes: ProcessControl; close(): Promise<void> }> {
  const { clock } = composeTools();
  const { start, exact, report, signal } = request;
  const root = exact ? resolve(start) : await findWorkspace(start);
  const store = await openStore({ file: join(root, ".mos", "store.db"), clock });
  const world = { store, clock, worker: identifyWorker(), isProcessAlive, report, signal };
  return { world, processes: createProcessControl(), close: () => store.close() };
}

const embedders = new Map<string, OpenEmbedder>();

/** One a process and workspace: what was loaded for a question serves the next one. */
function findEmbedder({ stateDir }: Workspace): OpenEmbedder {
  const kept = embedders.get(stateDir);
  if (kept !== undefined) return kept;
  const program = dirname(findPackaged("package.json"));
  // Beside the program: where a global install puts what is installed with it.
  const beside = basename(dirname(program)) === "node_modules" ? dirname(dirname(program)) : program;
  const made = openMinilm([join(stateDir, "embed"), beside]);
  embedders.set(stateDir, made);
  return made;
}

/** mos.yaml, with the guards' policy made of it now and after each edit. */
async function openConfig({ start, exact, report }: WorldRequest): Promise<{ configFile: ConfigFile; workspace: Workspace }> {
  const file = openConfigFile(exact ? resolve(start) : await findWorkspace(start));
  const load = async () => {
    const { workspace, policy } = await loadAndWritePolicy(file, findPolicyPlaces());
    if (policy.kind === "failed") report({ stage: "sweep", state: "failed", text: `${policy.error.message} ${policy.error.hint}` });
    return workspace;
  };
  const workspace = await load();
  const edit: ConfigFile["edit"] = async (change) => {
    const edited = await file.edit(change);
    await load();
    return edited;
  };
  return { configFile: { ...file, edit }, workspace };
}

function findPolicyPlaces(): PolicyPlaces {
  return { home: homedir(), programDir: dirname(findPackaged("package.json")) };
}

function nameError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the resident process needs beside a world, and those who start and end it instead of one: no store is opened. */
export interface Resident {
  readonly root: string;
  readonly stateDir: string;
  /** The built program of the resident process. */
  readonly program: string;
  readonly worker: World["worker"];
  readonly isProcessAlive: World["isProcessAlive"];
  /** One resident process a workspace. Throws `daemon-running`. */
  holdLock<T>(body: () => Promise<T>): Promise<T>;
}

export async function composeResident({ start, exact }: Pick<WorldRequest, "start" | "exact">): Promise<Resident> {
  const root = exact ? resolve(start) : await findWorkspace(start);
  if (!existsSync(join(root, configName))) throw noWorkspace(root);
  const stateDir = join(root, ".mos");
  return {
    root,
    stateDir,
    program: findShipped("daemon.mjs"),
    worker: identifyWorker(),
    isProcessAlive,
    holdLock: (body) =>
      holdLock({ path: join(stateDir, "run", "daemon.lock"), waitMs: 0 }, body).catch((error) => {
        if (!(error instanceof MosError) || error.code !== "config-busy") throw error;
        const hint = "mos daemon status shows it.";
        throw new MosError({ code: "daemon-running", message: "This workspace has a resident process already.", hint, cause: error });
      }),
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
