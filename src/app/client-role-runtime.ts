import { join } from "node:path";
import { Usage } from "../contract/agent.ts";
import { MosError } from "../contract/error.ts";
import { policyFileName } from "../core/policy-file/policy-file.ts";
import type { AgentClient } from "../port/agent.ts";
import type { Play, Played, RoleRuntime } from "../port/role-runtime.ts";
import type { World } from "../port/world.ts";
import { describeStart } from "./agents/describe-start.ts";
import { describeEnd } from "./client/describe-end.ts";
import { describeHook } from "./client/describe-hook.ts";
import { watchRun } from "./client/watch-run.ts";
import { type ClientRunResult, type RunClientArgs, type RunnableClient, runClient } from "./run-client.ts";

/** What a client's run needs of the world, found when the first role asks for it. */
export type ClientSetup = Pick<RunClientArgs, "found" | "upstream" | "credential" | "startRelay"> & {
  /** The bundle of the hook on this machine. */
  readonly hookProgram: string;
};

/** A client that prints more than so many transcripts is ended. */
const floodFactor = 10;

/**
 * A role, played by a client of somebody else's in its box: its own file tools on the slot's tree, its commands in the tool
 * box, its one way out the run's relay, its output read as it comes (C14). Whoever asks keeps the record of the run.
 *
 * @param open  throws `client-not-ready` where there is no program or no key
 */
export function createClientRoleRuntime(args: {
  driver: RunnableClient;
  ready: RoleRuntime["ready"];
  open: () => Promise<{ world: World; setup: ClientSetup }>;
  client?: AgentClient;
}): RoleRuntime {
  const { driver } = args;
  return {
    name: driver.name,
    ...(args.client ? { client: args.client } : {}),
    ready: args.ready,
    start: () => describeStart(driver),
    play: async (play) => {
      const opened = await args.open().catch((error: unknown) => {
        if (error instanceof MosError && error.code === "client-not-ready") return error;
        throw error;
      });
      if (opened instanceof MosError) return notReady(opened);
      if (play.signal.aborted) return { ...nothing, kind: "failed", failure: "cancelled", message: "it was stopped" };
      return playOnce(opened.world, driver, opened.setup, play);
    },
  };
}

const nothing = { usage: Usage.parse({}), turns: 0, toolCalls: {} };

function notReady(error: MosError): Played {
  return { ...nothing, kind: "failed", failure: "not-ready", message: `${error.message} ${error.hint}` };
}

async function playOnce(world: World, driver: RunnableClient, setup: ClientSetup, play: Play): Promise<Played> {
  const { hookProgram, ...rest } = setup;
  const ending = new AbortController();
  const watch = watchRun({
    play,
    turnsMax: play.limits.turns,
    end: (why) => ending.abort(new Error(why)),
  });
  const result = await runClient(world, driver, {
    ...rest,
    hook: describeHook({
      agent: { client: driver.name, role: play.role, domain: play.domain, ...(play.ticket === undefined ? {} : { ticket: play.ticket }) },
      hookProgram,
      policyFile: join(world.workspace.stateDir, policyFileName),
    }),
    decide: (_agent, call) => play.ask(call),
    role: play.role,
    domain: play.domain,
    ...(play.ticket === undefined ? {} : { ticket: play.ticket }),
    system: play.system,
    prompt: play.prompt,
    tools: play.tools,
    outputSchema: play.outputSchema,
    conversation: play.conversation === undefined ? {} : { resume: play.conversation },
    ...(play.model === undefined ? {} : { model: play.model }),
    slot: play.slot,
    writable: play.writable,
    readOnly: play.readOnly,
    limits: play.limits,
    outputBytes: floodFactor * play.limits.transcriptBytes,
    transcript: play.transcript,
    ...(play.onText ? { onText: play.onText } : {}),
    unlogged: true,
    onUsage: watch.onUsage,
    onOutcome: watch.onOutcome,
    signal: AbortSignal.any([play.signal, ending.signal]),
  });
  const end = describeEnd({ client: driver.name, result, stopped: watch.stopped(), aborted: play.signal.aborted });
  return { ...describeRun(result, { version: rest.found.version, turns: watch.turns() }), ...end };
}

function describeRun(
  { reading, spent, usd, conversation, toolCalls }: ClientRunResult,
  { version, turns }: { version: string; turns: number },
) {
  return {
    usage: spent,
    version,
    turns: Math.max(reading.turns, turns),
    toolCalls,
    ...(usd === undefined ? {} : { cost: { usd, source: "client" as const } }),
    ...(conversation === undefined ? {} : { conversation }),
  };
}
