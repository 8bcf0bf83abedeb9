import { randomBytes } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { MosError } from "../contract/error.ts";
import type { Decision, PolicyAgent, Role, ToolCall } from "../contract/policy.ts";
import { hideSecrets, listSecretForms } from "../core/secret/hide-secrets.ts";
import type { AgentClientDriver, ClientFound, ClientHost, ClientLaunch, ClientLogin, ClientRun, ClientTalk } from "../port/agent-client.ts";
import type { BoxResult, Mount } from "../port/box.ts";
import type { RelayTotals, StartRelay } from "../port/relay.ts";
import { type Slot, treeInBox } from "../port/slot.ts";
import type { World } from "../port/world.ts";
import { answerHook } from "./client/answer-hook.ts";
import { findLeaks } from "./client/find-leaks.ts";
import { openTranscript } from "./client/open-transcript.ts";
import { makeRunTool, type RunCall } from "./client/run-tool.ts";

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
  /** The hook as the client calls it: argv in the box, and what it needs there, read-only. */
  readonly hook: { readonly argv: readonly string[]; readonly mounts: readonly Mount[] };
  /** Decides on a call as the box sees it; the workspace's guards where it is absent. What throws is a denial. */
  readonly decide?: ((agent: PolicyAgent, call: ToolCall, view: { readonly tree: string }) => Promise<Decision>) | undefined;
  /** Speaks with it while it runs, instead of one text on its standard input. */
  readonly talk?: (run: ClientRun, host: ClientHost) => Promise<ClientTalk>;
  readonly limits: ClientLimits;
  /** A host file for what the client printed, with secrets hidden. */
  readonly transcript: string;
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
  readonly refused: readonly string[];
  /** Whether the client printed a secret; it was hidden. */
  readonly printedSecret: boolean;
  /** Where in the tree the key or the login stands: such work is never handed in. Paths, and what could not be looked into. */
  readonly leaks: readonly string[];
  readonly stderr: string;
}

const runDirInBox = "/opt/mos/run";
const clientDirInBox = "/opt/client";
const homeInBox = "/tmp/home";
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
export async function runClient(
  world: World,
  driver: Pick<AgentClientDriver, "protocol" | "launch"> & { readonly name: string },
  args: RunClientArgs,
): Promise<ClientRunResult> {
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
  const clientRun: ClientRun = {
    role: args.role,
    domain: args.domain,
    ...(args.ticket === undefined ? {} : { ticket: args.ticket }),
    prompt: args.prompt,
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
  const note = createNotes(world, agent, { client: driver.name, hide });

  const ask = async (call: ToolCall) => (args.decide ? args.decide(agent, call, { tree }) : world.guard.judge({ agent, call, tree }));
  const decide = async (call: ToolCall): Promise<Decision> => {
    const decision = await ask(call).catch(denyFailure);
    if (decision.decision === "deny") {
      if (denials.length < keptMax) denials.push({ tool: call.tool, decision });
      await note.denied(call, decision);
    }
    return decision;
  };

  const transcript = openTranscript({ file: args.transcript, forms, bytesMax: args.limits.transcriptBytes });
  const runDir = mkdtempSync(join(tmpdir(), "mos-client-"));
  const mounts = [...writeFiles(runDir, launch), ...emptyNames(runDir, tree, launch.emptied ?? [])];
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
  const relay = await args.startRelay({
    socket,
    protocol: driver.protocol,
    upstream: args.upstream,
    credential: args.credential.kind === "key" ? args.credential : { kind: "login", accessToken: args.credential.login.accessToken },
    token,
    tools: [run],
    hook: (input) => answerHook(input, decide),
    limits: {
      requestBytes: 32 * 1024 ** 2,
      responseBytes: 64 * 1024 ** 2,
      requests: args.limits.requests,
      tokens: args.limits.tokens,
      requestMs: args.limits.wallMs,
    },
    onRefusal: (reason) => {
      if (refused.length < keptMax) refused.push(reason);
    },
  });
  const leave = new AbortController();
  let leaving: NodeJS.Timeout | undefined;
  try {
    const { readOnly, writable, slot } = args;
    const talk = await args.talk?.(clientRun, {
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
      mounts: [...view.mounts, ...program.mounts, ...args.hook.mounts, ...mounts],
      roots: view.roots,
      tmpfs: view.tmpfs,
      ...(view.asUid === undefined ? {} : { asUid: view.asUid }),
      cwd: treeInBox,
      env: { HOME: homeInBox, ...launch.env },
      input: talk?.input ?? launch.input ?? "",
      network: { relay: socket },
      limits: { ...boxLimits(world), wallMs: args.limits.wallMs, outputBytes: args.limits.transcriptBytes },
      signal: joinSignals(args.signal, leave.signal),
      onOutput: (text, stream) => {
        transcript.take(text, stream);
        if (stream === "stdout") talk?.take(text);
      },
    });
    // All was said: that it had to be ended is no failure of its work.
    const left = result.endedBy === "abort" && leave.signal.aborted && !args.signal.aborted;
    const { stderr, found } = await transcript.end();
    const totals = relay.totals();
    const outcome: ClientRunResult = {
      exitCode: left ? 0 : result.exitCode,
      endedBy: left ? "exit" : result.endedBy,
      transcript: args.transcript,
      runCalls,
      denials,
      toolCalls: totals.toolCalls,
      usage: { inputTokens: totals.inputTokens, outputTokens: totals.outputTokens },
      requests: totals.requests,
      refused,
      printedSecret: found,
      leaks: args.writable ? findLeaks({ tree, forms, sinceMs }) : [],
      stderr,
    };
    await note.ended(outcome);
    return outcome;
  } finally {
    clearTimeout(leaving);
    await relay.close();
    await transcript.end();
    rmSync(runDir, { recursive: true, force: true });
  }
}

/** The hook's bundle as the box sees it, with what was kept of compiling it where that is there. */
export function showHook(program: string, to: string): Mount[] {
  const kept = join(dirname(program), "hook.cache");
  return [{ from: program, to }, ...(existsSync(kept) ? [{ from: kept, to: join(dirname(to), "hook.cache") }] : [])];
}

function joinSignals(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined ? one : AbortSignal.any([one, other]);
}

function boxLimits(world: World) {
  const { memoryMb, processes } = world.workspace.config.limits;
  return { memoryBytes: memoryMb * 1024 ** 2, processes };
}

/** The run's files on the host, in a folder that no other user enters, and how they are shown: all read-only. */
function writeFiles(runDir: string, launch: ClientLaunch): Mount[] {
  const config = join(runDir, "config");
  mkdirSync(config, { mode: 0o755 });
  const mounts: Mount[] = [{ from: config, to: runDirInBox }];
  for (const [name, content] of Object.entries(launch.files)) {
    const inHome = name.startsWith("~/");
    const from = inHome ? join(runDir, "home", name.slice(2)) : join(config, name);
    mkdirSync(dirname(from), { recursive: true, mode: 0o755 });
    writeFileSync(from, content, { mode: 0o644 });
    if (inHome) mounts.push({ from, to: join(homeInBox, name.slice(2)) });
  }
  return mounts;
}

/** Over what is there alone: a place for a mount would be made in the tree. */
function emptyNames(runDir: string, tree: string, names: readonly string[]): Mount[] {
  const folder = join(runDir, "empty");
  const file = join(runDir, "empty-file");
  mkdirSync(folder, { mode: 0o755 });
  writeFileSync(file, "", { mode: 0o644 });
  return names.flatMap((name) => {
    const found = lstatSync(join(tree, name), { throwIfNoEntry: false });
    return found === undefined ? [] : [{ from: found.isFile() ? file : folder, to: join(treeInBox, name) }];
  });
}

/** A program below /usr is there already; one in a package is shown with the packages that it may load. */
function showProgram(program: string): { path: string; mounts: Mount[] } {
  if (program.startsWith("/usr/")) return { path: program, mounts: [] };
  const packages = program.lastIndexOf("/node_modules/");
  const root = packages === -1 ? program : program.slice(0, packages + "/node_modules".length);
  const to = packages === -1 ? join(clientDirInBox, "client") : join(clientDirInBox, "node_modules");
  return { path: `${to}${program.slice(root.length)}`, mounts: [{ from: root, to }] };
}

function denyFailure(error: unknown): Decision {
  return {
    decision: "deny",
    guard: "boundary-guard",
    rule: "P2",
    reason: `the guard failed: ${error instanceof MosError || error instanceof Error ? error.message.slice(0, 200) : "unknown"}`,
    remedy: "Try another way; the operator finds the failure in the log.",
  };
}

function createNotes(world: World, agent: PolicyAgent, { client, hide }: { client: string; hide: (text: string) => string }) {
  const { domain, ticket, role } = agent;
  const common = {
    ...(domain === undefined ? {} : { domain }),
    ...(ticket === undefined ? {} : { ticket }),
    actor: `worker:${world.worker.id}`,
  };
  const append = (kind: string, reason: string, data: Record<string, unknown>) =>
    world.store.write((tx) => tx.append({ ...common, kind, reason, data })).then(() => undefined);
  return {
    started: (version: string) => append("run.started", `${client} ${version} as ${role}`, { client, version, role }),
    denied: (call: ToolCall, { guard, rule, reason }: Extract<Decision, { decision: "deny" }>) =>
      append("guard.denied", hide(`${guard} ${rule}: ${reason}`).slice(0, 500), {
        guard,
        rule,
        tool: hide(call.tool).slice(0, 100),
        reason: hide(reason).slice(0, 500),
        agent: { client, role },
      }),
    ended: (result: ClientRunResult) =>
      append("run.ended", `${client} ended with ${result.exitCode ?? result.endedBy}`, {
        client,
        role,
        exitCode: result.exitCode,
        endedBy: result.endedBy,
        requests: result.requests,
        ...result.usage,
        toolCalls: result.toolCalls,
        denied: result.denials.length,
        refused: result.refused.length,
        printedSecret: result.printedSecret,
        leaks: result.leaks.length,
      }),
  };
}
