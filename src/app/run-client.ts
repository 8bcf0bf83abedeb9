import { randomBytes } from "node:crypto";
import { lstatSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AgentTool, Usage } from "../contract/agent.ts";
import type { Decision, PolicyAgent, Role, ToolCall } from "../contract/policy.ts";
import { hideInValue, hideSecrets, listSecretForms } from "../core/secret/hide-secrets.ts";
import type {
  AgentClientDriver,
  ClientFound,
  ClientHost,
  ClientLogin,
  ClientReader,
  ClientReading,
  ClientRun,
  ClientTalk,
} from "../port/agent-client.ts";
import type { BoxResult, Mount } from "../port/box.ts";
import type { RelayTotals, StartRelay } from "../port/relay.ts";
import type { ToolOutcome } from "../port/role-runtime.ts";
import { type Slot, treeInBox } from "../port/slot.ts";
import type { World } from "../port/world.ts";
import { denyFailure } from "../stage/execute/guard-calls.ts";
import { answerHook } from "./client/answer-hook.ts";
import type { ClientHook } from "./client/describe-hook.ts";
import { findLeaks } from "./client/find-leaks.ts";
import { makeHandInTool } from "./client/hand-in-tool.ts";
import { type OpenConversation, openConversation } from "./client/keep-conversation.ts";
import { createNotes, noNotes } from "./client/note-run.ts";
import { openTranscript } from "./client/open-transcript.ts";
import { makeRunFolder } from "./client/run-folder.ts";
import { makeRunTool, type RunCall } from "./client/run-tool.ts";
import { emptyNames, homeInBox, inHome, runDirInBox, showProgram, writeFiles } from "./client/show-files.ts";

/** What a client's run may use, beside the wall. */
export interface ClientLimits {
  readonly wallMs: number;
  readonly turns: number;
  readonly requests: number;
  readonly tokens: number;
  /** Kept of the transcript. */
  readonly transcriptBytes: number;
}

export type ClientCredential = { readonly kind: "key"; readonly key: string } | { readonly kind: "login"; readonly login: ClientLogin };

export interface RunClientArgs {
  readonly found: Extract<ClientFound, { kind: "found" }>;
  readonly role: Role;
  readonly domain: string;
  readonly ticket?: string;
  readonly prompt: string;
  readonly system?: string;
  /** What its role may where they are absent. */
  readonly tools?: readonly AgentTool[];
  /** What the run is to give. */
  readonly outputSchema?: Readonly<Record<string, unknown>>;
  /** Keeps the conversation, where this client can; with `resume`, goes on with that one if it is still there. */
  readonly conversation?: { readonly resume?: string };
  readonly model?: string;
  readonly subagents?: true;
  /** Prepared. Its tree is what the client sees, writable for roles that write. */
  readonly slot: Slot;
  readonly writable: boolean;
  /** Paths of the tree that stay read-only all the same. */
  readonly readOnly: readonly string[];
  /** `https://api.anthropic.com`, or a local server's address. */
  readonly upstream: string;
  readonly credential: ClientCredential;
  readonly startRelay: StartRelay;
  readonly hook: ClientHook;
  /** Decides on a call as the box sees it; the workspace's guards where it is absent. What throws is a denial. */
  readonly decide?: ((agent: PolicyAgent, call: ToolCall, view: { readonly tree: string }) => Promise<Decision>) | undefined;
  readonly limits: ClientLimits;
  /** A host file for what the client was told and printed, with secrets hidden. */
  readonly transcript: string;
  /** What it may print before it is ended, in characters. */
  readonly outputBytes?: number;
  /** Told what the model says, secrets hidden. */
  readonly onText?: (text: string) => void;
  /** Told what was used so far after each answer of the provider's, and what it was instead of one. A text lets no more requests pass. */
  readonly onUsage?: (usage: Usage, busy: RelayTotals["busy"]) => string | undefined;
  /** Told of each tool call of the model's that ended. A text as above. */
  readonly onOutcome?: (outcome: ToolOutcome) => string | undefined;
  /** Whoever asks for the run keeps its record: nothing of it is written to the log here. */
  readonly unlogged?: true;
  readonly signal: AbortSignal;
}

export interface ClientRunResult {
  readonly exitCode: number | null;
  readonly endedBy: BoxResult["endedBy"];
  readonly transcript: string;
  /** What its `run` tool was asked, in order, at most the first thousand. */
  readonly runCalls: readonly RunCall[];
  /** Calls that a guard refused, of every tool. */
  readonly denials: readonly { readonly tool: string; readonly decision: Extract<Decision, { decision: "deny" }> }[];
  /** Tools that the model called, by name. */
  readonly toolCalls: RelayTotals["toolCalls"];
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number };
  readonly requests: number;
  /** The same, in its four kinds. */
  readonly spent: Usage;
  /** What the provider answered last, where that was no answer of the model's. */
  readonly busy?: RelayTotals["busy"];
  /** Whether it printed more than it may, and was ended. */
  readonly flooded: boolean;
  readonly refused: readonly string[];
  /** Whether the client printed a secret; it was hidden. */
  readonly printedSecret: boolean;
  /** Where in the tree the key or the login stands: such work is never handed in. Paths, and what could not be looked into. */
  readonly leaks: readonly string[];
  readonly stderr: string;
  /** What it said of itself, secrets hidden. */
  readonly reading: ClientReading;
  /** What was handed in by the tool `hand_in`. */
  readonly handedIn?: { readonly output: unknown };
  /** Kept, to go on with. */
  readonly conversation?: string;
  /** Of this run alone, by the client's own report. */
  readonly usd?: number;
}

const relayInBox = "http://127.0.0.1:3129";
const keptMax = 1000;
/** From the end of a conversation to the client's own. */
const leaveMs = 5000;

/**
 * Runs one client, once, in its box: the tree, its own program, its settings and the hook read-only, and one way out, the
 * relay of this run. Nothing of a run is left but the tree's change, the transcript and the log's events.
 *
 * Throws `box-unavailable` where there is no sandbox; a client that fails is a result. Bounded by its limits and the signal.
 */
export async function runClient(world: World, driver: RunnableClient, args: RunClientArgs): Promise<ClientRunResult> {
  const runDir = makeRunFolder(world);
  try {
    return await runIn(runDir, world, driver, args);
  } finally {
    rmSync(runDir, { recursive: true, force: true });
  }
}

/** A driver, or what of it is there: one without a reader says nothing of itself. */
export type RunnableClient = Pick<AgentClientDriver, "protocol" | "launch"> &
  Partial<Pick<AgentClientDriver, "output" | "resumes" | "read">> & {
    readonly name: string;
    /** Speaks with it while it runs, instead of one text on its standard input; what it says is read there. */
    readonly talk?: (run: ClientRun, host: ClientHost) => Promise<ClientTalk>;
    /** Of the host, for what it is started with, read-only. */
    readonly mounts?: readonly Mount[];
  };

const saysNothing: ClientReader = {
  take: () => [],
  end: () => ({
    ...{ text: "", turns: 0, toolCalls: {}, ended: true, strange: 0 },
    usage: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
  }),
};

async function runIn(runDir: string, world: World, driver: RunnableClient, args: RunClientArgs): Promise<ClientRunResult> {
  const agent: PolicyAgent = {
    client: driver.name,
    role: args.role,
    domain: args.domain,
    ...(args.ticket === undefined ? {} : { ticket: args.ticket }),
    worktree: treeInBox,
    boxed: true,
  };
  const token = randomBytes(24).toString("base64url");
  const login = args.credential.kind === "login" ? args.credential.login : undefined;
  const kept = args.conversation && driver.resumes ? keepConversation(world, driver, args, runDir) : undefined;
  const clientRun: ClientRun = {
    role: args.role,
    domain: args.domain,
    ...(args.ticket === undefined ? {} : { ticket: args.ticket }),
    prompt: args.prompt,
    ...(args.system === undefined ? {} : { system: args.system }),
    ...(args.tools === undefined ? {} : { tools: args.tools }),
    ...(args.outputSchema === undefined ? {} : { outputSchema: args.outputSchema }),
    ...(kept ? { conversation: kept.resume === undefined ? {} : { resume: kept.resume } } : {}),
    ...(args.model === undefined ? {} : { model: args.model }),
    tree: treeInBox,
    relay: relayInBox,
    token,
    configDir: runDirInBox,
    hook: args.hook.argv,
    maxTurns: args.limits.turns,
    ...(args.subagents ? { subagents: args.subagents } : {}),
    ...(login ? { login } : {}),
  };
  const launch = driver.launch(clientRun);
  const view = await args.slot.show({ writable: args.writable, readOnly: args.readOnly });
  const tree = view.mounts.find(({ to }) => to === treeInBox)?.from ?? treeInBox;
  const denials: ClientRunResult["denials"][number][] = [];
  const runCalls: RunCall[] = [];
  const refused: string[] = [];
  const secrets = [args.credential.kind === "key" ? args.credential.key : args.credential.login.accessToken];
  const forms = listSecretForms(secrets);
  const hide = (text: string) => hideSecrets(text, forms);
  const note = args.unlogged ? noNotes : createNotes(world, agent, { client: driver.name, hide });

  const ask = async (call: ToolCall) => (args.decide ? args.decide(agent, call, { tree }) : world.guard.judge({ agent, call, tree }));
  const decide = async (call: ToolCall): Promise<Decision> => {
    const decision = await ask(call).catch(denyFailure);
    if (decision.decision === "deny") {
      if (denials.length < keptMax) denials.push({ tool: call.tool, decision });
      await note.denied(call, decision);
    }
    return decision;
  };

  const reader = driver.read?.(args.outputSchema === undefined ? {} : { outputSchema: args.outputSchema }) ?? saysNothing;
  const transcript = openTranscript({
    file: args.transcript,
    forms,
    bytesMax: args.limits.transcriptBytes,
    head: { type: "mos", system: args.system, prompt: args.prompt },
    onShown: (text) => {
      for (const said of reader.take(text)) args.onText?.(said);
    },
  });
  const mounts = [
    ...writeFiles(runDir, launch),
    ...emptyNames(runDir, tree, launch.emptied ?? []),
    ...(kept && launch.keeps !== undefined ? [{ from: kept.folder, to: inHome(launch.keeps), writable: true }] : []),
  ];
  const socket = join(runDir, "relay.sock");
  // The kernel's clock, as the files of the tree have it; a little before the start, for its grain.
  const sinceMs = lstatSync(runDir).ctimeMs - 1000;
  const run = makeRunTool({
    slot: args.slot,
    writable: args.writable,
    readOnly: args.readOnly,
    wallMs: args.limits.wallMs,
    decide,
    hide,
    onCall: (call) => {
      if (runCalls.length < keptMax) runCalls.push({ ...call, command: hide(call.command) });
    },
  });
  let handedIn: ClientRunResult["handedIn"];
  const handIn =
    args.outputSchema && driver.output === "hand-in"
      ? [makeHandInTool({ schema: args.outputSchema, onTaken: (output) => (handedIn = { output: hideInValue(output, hide) }) })]
      : [];
  const { onUsage, outputBytes = Number.POSITIVE_INFINITY } = args;
  const relay = await args.startRelay({
    socket,
    protocol: driver.protocol,
    upstream: args.upstream,
    credential: args.credential.kind === "key" ? args.credential : { kind: "login", accessToken: args.credential.login.accessToken },
    token,
    tools: [...(args.tools === undefined || args.tools.includes("run") ? [run] : []), ...handIn],
    hook: (input) => answerHook(input, decide),
    limits: {
      requestBytes: 32 * 1024 ** 2,
      responseBytes: 64 * 1024 ** 2,
      requests: args.limits.requests,
      tokens: args.limits.tokens,
      requestMs: args.limits.wallMs,
    },
    ...(onUsage ? { onUsage: (usage: Usage) => onUsage(usage, relay.totals().busy) } : {}),
    ...(args.onOutcome ? { onOutcome: args.onOutcome } : {}),
    onRefusal: (reason) => {
      if (refused.length < keptMax) refused.push(reason);
    },
  });
  const leave = new AbortController();
  const flood = new AbortController();
  let printed = 0;
  let leaving: NodeJS.Timeout | undefined;
  try {
    const { readOnly, writable, slot } = args;
    const talk = await driver.talk?.(clientRun, {
      ask: decide,
      run: (command) =>
        slot.run({ ...command, wallMs: args.limits.wallMs, writable, readOnly, signal: joinSignals(args.signal, command.signal) }),
    });
    void talk?.ended.then(() => {
      leaving = setTimeout(() => leave.abort(), leaveMs).unref();
    });
    await note.started(args.found.version);
    const program = showProgram(args.found.program);
    const result = await world.box.run({
      argv: [program.path, ...launch.argv.slice(1)],
      mounts: [...view.mounts, ...program.mounts, ...(driver.mounts ?? []), ...args.hook.mounts, ...mounts],
      roots: view.roots,
      tmpfs: view.tmpfs,
      ...(view.asUid === undefined ? {} : { asUid: view.asUid }),
      cwd: treeInBox,
      env: { HOME: homeInBox, ...launch.env },
      input: talk?.input ?? launch.input ?? "",
      network: { relay: socket },
      limits: { ...boxLimits(world), wallMs: args.limits.wallMs, outputBytes: args.limits.transcriptBytes },
      signal: AbortSignal.any([args.signal, leave.signal, flood.signal]),
      onOutput: (text, stream) => {
        printed += text.length;
        if (printed > outputBytes) flood.abort();
        if (!talk || stream === "stderr") return transcript.take(text, stream);
        for (const said of talk.take(text)) args.onText?.(hide(said));
        transcript.take(talk.kept(), stream);
      },
    });
    // All was said: that it had to be ended is no failure of its work.
    const left = result.endedBy === "abort" && leave.signal.aborted && !args.signal.aborted && !flood.signal.aborted;
    const heard = talk && (hideInValue(talk.end(), hide) as ClientReading);
    if (talk) transcript.take(talk.kept(), "stdout");
    const { stderr, found } = await transcript.end();
    const totals = relay.totals();
    const reading = heard ?? reader.end();
    const { conversation, usd } = settleConversation(kept, reading, forms);
    const outcome: ClientRunResult = {
      exitCode: left ? 0 : result.exitCode,
      endedBy: left ? "exit" : result.endedBy,
      transcript: args.transcript,
      runCalls,
      denials,
      toolCalls: totals.toolCalls,
      usage: { inputTokens: totals.inputTokens, outputTokens: totals.outputTokens },
      requests: totals.requests,
      spent: totals.usage,
      busy: totals.busy,
      flooded: flood.signal.aborted,
      refused,
      printedSecret: found,
      leaks: args.writable ? findLeaks({ tree, forms, sinceMs }) : [],
      stderr,
      reading,
      ...(handedIn ? { handedIn } : {}),
      ...(conversation === undefined ? {} : { conversation }),
      ...(usd === undefined ? {} : { usd }),
    };
    await note.ended(outcome);
    return outcome;
  } finally {
    clearTimeout(leaving);
    await relay.close();
    await transcript.end();
  }
}

function keepConversation(world: World, driver: RunnableClient, args: RunClientArgs, runDir: string): OpenConversation {
  const sealed = world.workspace.domains.some(({ name, sealed }) => name === args.domain && sealed);
  const place = { stateDir: world.workspace.stateDir, domain: args.domain, client: driver.name };
  const owner = world.slots.ownerOf({ name: args.domain, sealed });
  return openConversation(place, { runDir, resume: args.conversation?.resume, owner });
}

/** A client's report of cost is of the whole conversation: what it had said before is taken off, and unknown is no report. */
function settleConversation(kept: OpenConversation | undefined, reading: ClientReading, forms: readonly string[]) {
  const before = kept ? kept.usdBefore : 0;
  const usd = reading.usd === undefined || before === undefined ? undefined : Math.max(0, reading.usd - before);
  return { usd, conversation: kept?.keep({ conversation: reading.conversation, usd: reading.usd, forms }) };
}

function joinSignals(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined ? one : AbortSignal.any([one, other]);
}

function boxLimits(world: World) {
  const { memoryMb, processes } = world.workspace.config.limits;
  return { memoryBytes: memoryMb * 1024 ** 2, processes };
}
