import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type AgentRun, type ModelRole, type RunFailure, Usage } from "../../contract/agent.ts";
import { MosError } from "../../contract/error.ts";
import type { RoleOutput } from "../../contract/role.ts";
import { maskSecrets } from "../../core/gate/find-secrets.ts";
import { type Reader, rememberRecalled } from "../../core/knowledge/recalled.ts";
import { cleanLine } from "../../core/role/fence.ts";
import { checkOutput } from "../../core/role/name-fault.ts";
import { renderSchema } from "../../core/role/render-schema.ts";
import { rolePalettes } from "../../core/role/role-table.ts";
import { sayClears } from "../../core/role/say-clears.ts";
import { writePrompt } from "../../core/role/write-prompt.ts";
import { settleReport, settleUsage } from "../../core/run/settle-report.ts";
import { maxUsage } from "../../core/run/sum-tokens.ts";
import { hideSecrets, listSecretForms } from "../../core/secret/hide-secrets.ts";
import { refusalsMax } from "../../core/work/cause-of-failure.ts";
import type { Play, Played, PlayLimits, RoleRuntime } from "../../port/role-runtime.ts";
import type { RoleChoice, RoleRequest, RoleResult } from "../../port/roles.ts";
import { treeInBox } from "../../port/slot.ts";
import type { World } from "../../port/world.ts";
import { guardCalls } from "../../stage/execute/guard-calls.ts";
import { readLocalDay } from "../../stage/scout/local-day.ts";
import { closeRun, createFlusher, reserveRun } from "./ledger.ts";
import { findGuidance, type Guidance } from "./read-guidance.ts";
import type { RoleParts, RunEnding } from "./role-parts.ts";

interface Playing<R extends ModelRole> {
  readonly request: RoleRequest<R>;
  readonly runtime: RoleRuntime;
  readonly choice: RoleChoice;
  readonly version?: string;
}

/** What one attempt came to; `faults` where its output was missing or off the schema, and it may be asked for once more. */
type Attempt<R extends ModelRole> = { readonly result: RoleResult<R>; readonly faults?: readonly string[] };

/** At least this much of the wall must be left for a second attempt. */
const retryWallMsMin = 5_000;
const messageCharsMax = 1000;
const progressCharsMax = 300;

/**
 * A role, played by a runtime that may. Missing or off-schema output is asked for once more, with the fault named, in what is
 * left of the time; every other failure is a value for the stage. Throws where Master OS itself fails, with the row closed.
 */
export async function playRole<R extends ModelRole>(world: World, parts: RoleParts, playing: Playing<R>): Promise<RoleResult<R>> {
  const { request } = playing;
  refuseOtherSilo(request);
  const guidance = await findGuidance(world.workspace, { ...request, promptDir: parts.promptDir });
  if (guidance instanceof MosError) return { kind: "failed", failure: "not-ready", message: guidance.message, clears: guidance.hint };
  const startMs = world.clock.monotonicMs();
  await noteRecalled(world, request);
  const first = await playOnce(world, parts, { ...playing, guidance, attempt: 1 });
  if (!first.faults || request.signal.aborted) return first.result;
  const wallMs = (request.wallMs ?? world.workspace.config.budgets.run.seconds * 1000) - (world.clock.monotonicMs() - startMs);
  if (wallMs < retryWallMsMin) return first.result;
  const { run } = first.result;
  const second = await playOnce(world, parts, {
    ...playing,
    request: { ...request, wallMs },
    guidance,
    attempt: 2,
    faults: first.faults,
    ...(run?.conversation === undefined ? {} : { conversation: run.conversation }),
  });
  // Without a run of its own it never started (a budget): the first one's fault is what the reader needs.
  return second.result.run ? second.result : first.result;
}

/** I1, held here as well: whoever calls has mixed up two silos, which is no failure of a run. */
function refuseOtherSilo({ role, domain, slot }: RoleRequest<ModelRole>): void {
  if (slot.repo.domain !== domain) throw new Error(`the ${role} of ${domain} may not be shown ${slot.repo.lane}`);
}

/** Before anything of it is told: whatever becomes of the run, what the wiki said to it is no evidence afterwards (K2). */
async function noteRecalled(world: World, { domain, session, ticket, input }: RoleRequest<ModelRole>): Promise<void> {
  const texts = input.flatMap(({ recalled = [] }) => recalled);
  const reader: Reader | undefined =
    ticket !== undefined ? { kind: "ticket", ticket: ticket.id } : session === undefined ? undefined : { kind: "session", session, domain };
  if (texts.length > 0 && reader) await world.store.write((tx) => rememberRecalled(tx, reader, texts));
}

interface Once<R extends ModelRole> extends Playing<R> {
  readonly guidance: Guidance;
  readonly attempt: 1 | 2;
  readonly faults?: readonly string[];
  readonly conversation?: string;
}

async function playOnce<R extends ModelRole>(world: World, parts: RoleParts, once: Once<R>): Promise<Attempt<R>> {
  const { request, runtime, choice } = once;
  const { role, domain, session, ticket, wallMs } = request;
  const reserved = await reserveRun(
    world,
    {
      role,
      domain,
      ...(session === undefined ? {} : { session }),
      ...(ticket === undefined ? {} : { ticket: ticket.id, epoch: ticket.epoch }),
      attempt: once.attempt,
      runtime: runtime.name,
      ...(once.version === undefined ? {} : { version: once.version }),
      ...(choice.model === undefined ? {} : { model: choice.model }),
      day: readLocalDay(world.clock.now()),
      ...(wallMs === undefined ? {} : { wallMs }),
    },
    parts.limitsLeft,
  );
  if (reserved.kind === "refused")
    return { result: { kind: "failed", failure: "budget", message: reserved.reason, clears: reserved.clears } };
  return settle(once, await runOnce(world, parts, { ...once, ...reserved }));
}

interface Ended {
  readonly run: AgentRun;
  readonly played: Played;
  /** What would let it go on, where we ended it. */
  readonly clears?: string;
  readonly faults?: readonly string[];
}

/** Plays the reserved run and closes its row, whatever happens. */
async function runOnce<R extends ModelRole>(
  world: World,
  parts: RoleParts,
  args: Once<R> & { run: AgentRun; limits: PlayLimits },
): Promise<Ended> {
  const { request, run } = args;
  const forms = listSecretForms(parts.listSecrets());
  const hide = (text: string) => maskSecrets(hideSecrets(text, forms));
  const stop = new AbortController();
  const { runtime: client, role, domain, ticket } = run;
  const guards = guardCalls(world, {
    agent: { client, role, domain, ...(ticket === undefined ? {} : { ticket }), worktree: treeInBox, boxed: true },
    ...{ run: run.id, slot: request.slot, writable: isWritable(request), hide },
    onRefusal: (count) => {
      if (count >= refusalsMax) stop.abort();
    },
  });
  const observer = parts.observe(world, { run, limits: args.limits });
  const flusher = createFlusher(world, run.id);
  let usage = Usage.parse({});
  try {
    const play: Play = {
      ...preparePlay(world, parts, args, hide),
      ask: guards.ask,
      onUsage: (told) => {
        usage = maxUsage(usage, settleUsage(told));
        flusher.take(usage);
        return observer.onUsage(usage);
      },
      onOutcome: observer.onOutcome,
      signal: AbortSignal.any([request.signal, stop.signal]),
    };
    const played = await args.runtime.play(play);
    const ended = judge(request, guards.refusals.length, played, observer.ending?.());
    await flusher.end();
    const closed = await closeRun(world, run.id, { ...describeEnd(ended.played, hide), denied: guards.refusals.length });
    return { ...ended, run: closed };
  } catch (error) {
    await flusher.end();
    const failure = request.signal.aborted ? ("cancelled" as const) : ("died" as const);
    const message = cleanLine(hide(error instanceof Error ? error.message : String(error)), messageCharsMax);
    const end = { state: "failed" as const, failure, message, usage, turns: 0, toolCalls: {}, denied: guards.refusals.length };
    await closeRun(world, run.id, end).catch(() => undefined);
    throw error;
  }
}

/** What the runtime is handed but for its calls back. No secret that is known here, or looks like one, is in it. */
function preparePlay<R extends ModelRole>(
  world: World,
  parts: RoleParts,
  { request, run, limits, guidance, faults, conversation }: Once<R> & { run: AgentRun; limits: PlayLimits },
  hide: (text: string) => string,
): Omit<Play, "ask" | "onUsage" | "onOutcome" | "signal"> {
  const { role, domain, slot, readOnly } = request;
  const { stage, tools } = rolePalettes[role];
  const ticket = run.ticket === undefined ? {} : { ticket: run.ticket };
  if (run.transcript === undefined) throw new Error(`the row of ${run.id} names no transcript`);
  const transcript = join(world.workspace.stateDir, run.transcript);
  mkdirSync(dirname(transcript), { recursive: true, mode: 0o700 });
  return {
    id: run.id,
    role,
    domain,
    ...ticket,
    ...writePrompt({
      guidance: hide(guidance.text),
      input: request.input.map((part) => ({ ...part, title: hide(part.title), text: hide(part.text) })),
      nonce: parts.makeNonce(),
      ...(faults === undefined ? {} : { fault: faults }),
    }),
    tools,
    outputSchema: renderSchema(role),
    ...(run.model === undefined ? {} : { model: run.model }),
    slot,
    writable: isWritable(request),
    readOnly,
    limits,
    ...(conversation === undefined ? {} : { conversation }),
    onText: (text) => {
      const line = cleanLine(hide(text), progressCharsMax);
      if (line !== "") world.report({ stage, domain, ...ticket, state: "update", text: line });
    },
    transcript,
  };
}

function isWritable({ role, scratch }: RoleRequest<ModelRole>): boolean {
  return rolePalettes[role].writable || scratch === true;
}

/** What it came to once our own reasons for ending it, and the schema, have had their word. */
function judge<R extends ModelRole>(
  request: RoleRequest<R>,
  refusals: number,
  played: Played,
  ending: RunEnding | undefined,
): Omit<Ended, "run"> {
  const fail = (failure: RunFailure, message: string): Played => ({ ...settleReport(played), kind: "failed", failure, message });
  if (request.signal.aborted) return { played: fail("cancelled", "it was stopped") };
  if (refusals >= refusalsMax) return { played: fail("no-progress", `the guards refused ${refusals} of its calls`) };
  // Work that was done with the last of a budget is done; a loop is none, whatever it says of itself.
  if (ending && (played.kind === "failed" ? played.failure !== "secret" : ending.failure === "no-progress"))
    return { played: fail(ending.failure, ending.message), clears: ending.clears };
  if (played.kind === "failed") {
    // What a runtime says of its model's output is untrusted: the fault is named in our own words.
    if (played.failure === "no-output") return { played, faults: [missing] };
    return played.failure === "off-schema" ? { played, faults: ["the output did not fit its schema"] } : { played };
  }
  if (played.output === undefined || played.output === null) return { played: fail("no-output", missing), faults: [missing] };
  const checked = checkOutput(request.role, played.output);
  if (checked.kind === "fits") return { played: { ...played, output: checked.output } };
  return { played: fail("off-schema", checked.faults.join("; ")), faults: checked.faults };
}

const missing = "the output was missing: the run ended without giving the object of its schema";

function describeEnd(played: Played, hide: (text: string) => string) {
  const failed =
    played.kind === "failed" ? { failure: played.failure, message: cleanLine(hide(played.message), messageCharsMax) } : undefined;
  return { ...settleReport(played), state: played.kind, message: "", ...failed };
}

function settle<R extends ModelRole>({ runtime }: Once<R>, { run, played, faults, clears }: Ended): Attempt<R> {
  if (played.kind === "done") return { result: { kind: "done", output: played.output as RoleOutput<R>, run } };
  const { failure, retryAfterMs, refusal } = played;
  const result: RoleResult<R> = {
    kind: "failed",
    failure,
    message: run.message,
    clears: clears ?? sayClears(failure, runtime.name),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(refusal === undefined ? {} : { refusal }),
    run,
  };
  return faults === undefined ? { result } : { result, faults };
}
