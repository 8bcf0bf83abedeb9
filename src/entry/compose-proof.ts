import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { offlineUrl, runOffline } from "../adapter/offline/run-offline.ts";
import { judgeLastProofs } from "../app/prove/judge-last-proofs.ts";
import { launchInBox } from "../app/prove/launch-in-box.ts";
import { makeProofWorkspace, type ProofWorkspace } from "../app/prove/make-proof-workspace.ts";
import { proveGuards } from "../app/prove/prove-guards.ts";
import type { ProofLauncher } from "../app/prove/prove-way.ts";
import type { Role } from "../contract/policy.ts";
import type { LastProof, Proof } from "../contract/proof.ts";
import type { AgentClientDriver, ClientName } from "../port/agent-client.ts";
import type { StartModel } from "../port/scripted-model.ts";
import { composeResident, composeTools, composeWorld, findShipped, type OpenWorld, type Tools } from "./compose.ts";
import { clientDrivers, startRelay } from "./compose-clients.ts";
import { hookProgram, openGuards } from "./compose-guards.ts";
import { startScriptedModel } from "./compose-scripted-model.ts";
import { startDaemon, stopDaemon } from "./daemon/control-daemon.ts";

/** The role that writes and runs is attacked in every way; of one that only reads it is seen that it is not offered more. */
const profiles: readonly { role: Role; startedOnly?: true }[] = [{ role: "executor" }, { role: "scout", startedOnly: true }];

/**
 * Proves the guards of each client in a workspace of its own in a temporary folder, which goes with it.
 *
 * @param clients  these alone; empty: all that Master OS knows
 * @param ways  these alone, by their names; empty: all
 */
export async function proveInThrowaway(args: {
  clients: readonly ClientName[];
  folders: readonly string[];
  ways: readonly string[];
  report: (text: string) => void;
  signal: AbortSignal;
}): Promise<Proof[]> {
  const { signal } = args;
  return inThrowaway(signal, async ({ root, folder, git, clock, workspace, world, open }) => {
    const resident = await composeResident({ start: root, exact: true });
    try {
      const hook = await readHook();
      return await proveGuards({
        drivers: clientDrivers.filter(({ name }) => args.clients.length === 0 || args.clients.includes(name)),
        path: process.env.PATH ?? "",
        folders: args.folders,
        workspace,
        git,
        clock,
        startModel,
        launchersOf: async (driver, found) => [
          ...(driver.name === "claude" ? [await launchMainSession({ root, folder, program: found.program, signal })] : []),
          ...profiles.map(({ role, ...only }) =>
            launchInBox({
              world,
              ...only,
              driver,
              found,
              role,
              domain: workspace.attacker,
              policyFile: workspace.places.policy,
              startRelay,
              guards: openGuards({ root, agent: { client: driver.name, role, domain: workspace.attacker, ticket: "BEN-1" } }),
              prepare: async () => (await open()).close(),
              daemon: { start: async () => void (await startDaemon(resident)), stop: async () => void (await stopDaemon(resident)) },
            }),
          ),
        ],
        describeGuards: (driver) => describeGuards(hook, driver),
        ...(args.ways.length === 0 ? {} : { chooseWay: ({ id }) => args.ways.includes(id) }),
        report: args.report,
        signal,
      });
    } finally {
      await stopDaemon(resident);
    }
  });
}

/** A workspace to be attacked or looked at, open. */
export interface Throwaway extends Pick<OpenWorld, "world">, Tools {
  readonly root: string;
  /** What it lies in, with room for more. */
  readonly folder: string;
  readonly workspace: ProofWorkspace;
  /** Opens it once more. */
  open(): Promise<OpenWorld>;
}

/** Makes a workspace in a temporary folder, which goes with it, and opens it. */
export async function inThrowaway<T>(signal: AbortSignal, body: (made: Throwaway) => Promise<T>): Promise<T> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "mos-proof-")));
  const root = join(folder, "os");
  const open = async () => composeWorld({ start: root, exact: true, report: () => {}, signal });
  const { git, clock } = composeTools();
  let close = async () => {};
  try {
    const workspace = await makeProofWorkspace({
      root,
      secret: randomBytes(12).toString("hex"),
      git,
      open: async () => {
        const { world, configFile, close } = await open();
        return { workspace: world.workspace, git: world.git, store: world.store, slots: world.slots, configFile, close };
      },
    });
    const opened = await open();
    close = opened.close;
    return await body({ root, folder, git, clock, workspace, world: opened.world, open });
  } finally {
    await close();
    await rm(folder, { recursive: true, force: true });
  }
}

export const startModel: StartModel = (model) =>
  startScriptedModel({ ...model, ...(model.socket === undefined ? {} : { listen: { socket: model.socket } }) });

const sessionMs = 120_000;

/** The operator's own main session, by `mos claude` itself, which refuses every switch that would take its guards away. */
async function launchMainSession(args: { root: string; folder: string; program: string; signal: AbortSignal }): Promise<ProofLauncher> {
  const home = join(args.folder, "home");
  const bin = join(args.folder, "bin");
  const socket = join(args.folder, "model.sock");
  await mkdir(home, { recursive: true });
  await mkdir(bin, { recursive: true });
  await rm(join(bin, "claude"), { force: true });
  await symlink(args.program, join(bin, "claude"));
  return {
    profile: "orchestrator",
    startedOnly: true,
    tree: args.root,
    home,
    socket,
    watched: [home],
    attack: async () => async () => {},
    prepare: async () => {
      const { exitCode } = await runMos(["status"], AbortSignal.any([args.signal, AbortSignal.timeout(sessionMs)]));
      if (exitCode !== 0) throw new Error(`mos status ended with ${exitCode} in the proof's workspace`);
    },
    start: async ({ prompt }) => {
      const run = await runMos(["claude", "--", "-p", prompt], args.signal);
      return { exitCode: run.exitCode, words: `exit ${run.exitCode}: ${run.output.trim().replace(/\s+/g, " ").slice(0, 200)}` };
    },
  };

  function runMos([verb = "", ...argv]: readonly string[], signal: AbortSignal) {
    return runOffline({
      program: process.execPath,
      argv: [findShipped("mos.mjs"), verb, "--workspace", args.root, ...argv],
      cwd: args.root,
      env: {
        ...{ PATH: `${bin}:${process.env.PATH ?? "/usr/bin:/bin"}`, HOME: home, TERM: "dumb", LANG: "C.UTF-8" },
        ...{ ANTHROPIC_BASE_URL: offlineUrl, ANTHROPIC_API_KEY: "made-up", DISABLE_AUTOUPDATER: "1" },
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      },
      socket,
      timeoutMs: sessionMs,
      signal,
    });
  }
}

/** Whether what was proven before still says something. Asks the clients on PATH their version. */
export async function judgeProofs(proofs: readonly Proof[]): Promise<LastProof[]> {
  const hook = await readHook();
  const describe = (driver: AgentClientDriver) => describeGuards(hook, driver);
  return judgeLastProofs({ proofs, drivers: clientDrivers, path: process.env.PATH ?? "", describeGuards: describe });
}

async function readHook(): Promise<string> {
  return createHash("sha256")
    .update(await readFile(hookProgram()))
    .digest("hex");
}

/** Another hook or another way of starting the client: other guards. */
function describeGuards(hook: string, driver: AgentClientDriver): string {
  const launch = driver.launch({
    ...{ role: "executor", domain: "d", ticket: "D-1", prompt: "", tree: "/work/tree", relay: "http://127.0.0.1:3129", token: "t" },
    ...{ configDir: "/opt/mos/run", hook: ["hook"], maxTurns: 1 },
  });
  return createHash("sha256")
    .update(`${hook}\n${JSON.stringify(launch)}`)
    .digest("hex")
    .slice(0, 16);
}
