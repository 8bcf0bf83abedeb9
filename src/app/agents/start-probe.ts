import { randomBytes } from "node:crypto";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { ModelRole } from "../../contract/agent.ts";
import type { Domain } from "../../contract/config.ts";
import type { ModelRequest, ScriptedTurn } from "../../contract/model-script.ts";
import type { ProbeSeen } from "../../core/agent/judge-probe.ts";
import { type ProbePlaces, type ProbePlan, planProbe } from "../../core/agent/plan-probe.ts";
import { nameForAgent, type ProbeForm } from "../../core/agent/probe-words.ts";
import { isSampleOutput, makeSampleOutput } from "../../core/agent/sample-output.ts";
import { renderSchema } from "../../core/role/render-schema.ts";
import { rolePalettes } from "../../core/role/role-table.ts";
import type { AgentClientDriver, ClientFound, ClientLaunch } from "../../port/agent-client.ts";
import type { StartRelay } from "../../port/relay.ts";
import type { RunningModel, StartModel } from "../../port/scripted-model.ts";
import { type Slot, treeInBox } from "../../port/slot.ts";
import type { World } from "../../port/world.ts";
import { commitFiles } from "../prove/make-proof-workspace.ts";
import { type ClientRunResult, type RunClientArgs, type RunnableClient, runClient } from "../run-client.ts";
import { wrapHook } from "./probe-hook.ts";

/** What a probe's starts need; all of it of a workspace that was made for it. */
export interface ProbeArgs {
  readonly world: World;
  readonly driver: RunnableClient;
  readonly found: Extract<ClientFound, { kind: "found" }>;
  /** Whose agent is looked at. */
  readonly domain: string;
  readonly places: Omit<ProbePlaces, "tree">;
  /** How the client starts by itself. */
  readonly launchAlone?: (run: Parameters<AgentClientDriver["launch"]>[0]) => ClientLaunch | undefined;
  readonly guardsOf: (role: ModelRole, domain: Domain) => Pick<RunClientArgs, "hook" | "decide">;
  readonly startModel: StartModel;
  readonly startRelay: StartRelay;
  /** How long one start may take; default two minutes. */
  readonly runMs?: number;
}

/** What one start showed. */
export interface ProbeStarted {
  readonly plan: ProbePlan;
  readonly seen: ProbeSeen;
  readonly result: ClientRunResult;
  /** Whether the output that the model gave came out as it was, and which tool took it. */
  readonly structured: { readonly came: boolean; readonly by?: string };
  /** Whether a second start went on with the conversation. */
  readonly resumed: boolean;
}

const runMs = 120_000;
const transcriptBytes = 4_000_000;
/** A client that prints more than so many transcripts is ended. */
const floodFactor = 10;
const turnsMax = 200;
/** Going on with a conversation is the same switch for every role: it is looked at once. */
const resumingRole: ModelRole = "executor";
const takers = /^StructuredOutput$|hand_?in$/;

/** What is looked at: a role as Master OS starts it, or without one the client by itself. */
export interface ProbeTarget {
  readonly role?: ModelRole;
  readonly form: ProbeForm;
}

/** One start of a client. Throws where it could not be started at all; ended by its time and the world's signal. */
export async function startProbe(args: ProbeArgs, { role, form }: ProbeTarget): Promise<ProbeStarted> {
  const { world, driver } = args;
  const { words, stranger, model: modelName } = form;
  const named = role === "operator-global" ? world.workspace.operator.name : args.domain;
  const domain = [...world.workspace.domains, world.workspace.operator].find(({ name }) => name === named);
  if (!domain) throw new Error(`there is no ${named} to look at it in`);
  const word = `mosprobe${randomBytes(6).toString("hex")}`;
  const places = { ...args.places, tree: treeInBox };
  const tools = role && rolePalettes[role].tools;
  const plan = planProbe({ words, places, word, stranger, ...(role && tools ? { role: { name: role, tools } } : {}) });
  let taker: string | undefined;
  const model: RunningModel = await args.startModel({
    script: plan.script,
    onTurn: async (request) => {
      if (isLastTurn(plan, request)) await waitForOthers(plan, model.requests);
      const output = role && giveOutput(plan, request, role, word);
      if (output?.tools?.[0]) taker = output.tools[0].name;
      return output ?? nameCall(plan, request);
    },
  });
  try {
    return await world.slots.withSlot(describeSlot(domain, role), async (slot) => {
      await slot.prepare(await commitFiles(world.git.at(domain.home.path), plan.files));
      const launches: ClientLaunch[] = [];
      const watched: RunnableClient = { ...driver, launch: (run) => keepIn(launches, chooseLaunch(args, role)(run)) };
      const start = (prompt: string, conversation: NonNullable<RunClientArgs["conversation"]>) =>
        runClient(world, watched, {
          ...describeRun(args, { domain, role, model: modelName, slot, upstream: model.url, plan }),
          prompt,
          conversation,
        });
      const result = await start(plan.prompt, {});
      const tree = await findTree(slot);
      // What a start after this one writes is its own.
      const files = new Map(
        plan.steps.flatMap(({ deed }) => (deed.kind === "file" ? [[deed.path, readPlain(join(tree, deed.path))]] : [])),
      );
      const seen = {
        requests: [...model.requests()],
        calls: [...model.calls()],
        readFile: (path: string) => files.get(path),
        hooked: JSON.stringify(launches[0] ?? {}).includes(plan.hook.dies),
      };
      const output = readOutput(driver, result);
      const came = role !== undefined && isSampleOutput(role, word, output);
      const resumed =
        role === resumingRole && modelName === undefined && (await goesOn({ start, result, plan, requests: () => model.requests() }));
      return { plan, seen, result, structured: { came, ...(came && taker !== undefined ? { by: taker } : {}) }, resumed };
    });
  } finally {
    await model.close();
  }
}

/** A client by itself makes what it likes of its own settings: only a ticket's slot keeps them from being made. */
function describeSlot(domain: Domain, role: ModelRole | undefined) {
  return { repo: domain.home, purpose: "probe", ...(role === undefined ? {} : { ticket: `${domain.prefix}-1` }) };
}

/** A stranger names our tools in its own way, which is known when it offers them. */
function nameCall({ stranger, steps }: ProbePlan, { route, turn, tools }: ModelRequest): ScriptedTurn | undefined {
  const step = stranger && steps.find((one) => one.route === route && one.turn === turn);
  return step ? { tools: [nameForAgent(step.call, tools)] } : undefined;
}

const countTurns = (plan: ProbePlan, route: string) => plan.steps.filter((step) => step.route === route).length;

function isLastTurn(plan: ProbePlan, { route, turn }: ModelRequest): boolean {
  return route === plan.mainRoute && turn === countTurns(plan, route);
}

const othersMs = 20_000;

/** Clients that do not wait for the agents that they start end with their own last word: it is held back until those are done. */
async function waitForOthers(plan: ProbePlan, requests: RunningModel["requests"]): Promise<void> {
  const isAtWork = (route: string) => {
    const own = requests().filter((request) => request.route === route);
    return own.length > 0 && !own.some(({ turn }) => turn >= countTurns(plan, route));
  };
  for (let waited = 0; waited < othersMs && plan.levelRoutes.some(isAtWork); waited += 100) await setTimeout(100);
}

/** The last turn gives the role's output: by whatever tool takes it, or as text where the client asks for that. */
function giveOutput(plan: ProbePlan, request: ModelRequest, role: ModelRole, word: string): ScriptedTurn | undefined {
  if (!isLastTurn(plan, request)) return undefined;
  const output = makeSampleOutput(role, word);
  const name = request.tools.find((tool) => takers.test(tool));
  return name === undefined ? { text: JSON.stringify(output) } : { tools: [{ name, input: output }] };
}

/** By the client's own way, by `hand_in`, or as its last words where these are bound to the schema. */
function readOutput(driver: RunnableClient, { handedIn, reading }: ClientRunResult): unknown {
  if (handedIn) return handedIn.output;
  return driver.output === "native" ? reading.output : undefined;
}

/** A second start that is told to go on: that it does is seen when the model hears what was said before. */
async function goesOn(args: {
  start: (prompt: string, conversation: NonNullable<RunClientArgs["conversation"]>) => Promise<ClientRunResult>;
  result: ClientRunResult;
  plan: ProbePlan;
  requests: () => readonly ModelRequest[];
}): Promise<boolean> {
  const { conversation } = args.result;
  if (conversation === undefined) return false;
  const before = args.requests().length;
  await args.start("go on", { resume: conversation });
  return args
    .requests()
    .slice(before)
    .some(({ route }) => route === args.plan.mainRoute);
}

function chooseLaunch({ driver, launchAlone }: ProbeArgs, role: ModelRole | undefined): AgentClientDriver["launch"] {
  if (role !== undefined) return driver.launch;
  return (run) => {
    const alone = launchAlone?.(run);
    if (!alone) throw new Error(`nobody has seen how ${driver.name} starts by itself`);
    return alone;
  };
}

function describeRun(
  args: ProbeArgs,
  target: { domain: Domain; role: ModelRole | undefined; model: string | undefined; slot: Slot; upstream: string; plan: ProbePlan },
): Omit<RunClientArgs, "prompt" | "conversation"> {
  const { world, driver, found, startRelay } = args;
  const { domain, role, model, slot, upstream, plan } = target;
  const guards = role === undefined ? { hook: { argv: [], mounts: [] }, decide: allowAll } : args.guardsOf(role, domain);
  return {
    found,
    role: role ?? "executor",
    domain: domain.name,
    ticket: `${domain.prefix}-1`,
    ...(role === undefined ? {} : { tools: rolePalettes[role].tools, outputSchema: renderSchema(role) }),
    ...(model === undefined ? {} : { model }),
    slot,
    writable: role === undefined || rolePalettes[role].writable,
    readOnly: role === "librarian" || role === "operator-global" ? [] : ["wiki"],
    upstream,
    credential: { kind: "key", key: `made-up-${randomBytes(12).toString("hex")}` },
    startRelay,
    hook: wrapHook(guards.hook, plan.hook),
    decide: guards.decide,
    limits: { wallMs: args.runMs ?? runMs, turns: turnsMax, requests: 500, tokens: 5_000_000, transcriptBytes },
    outputBytes: floodFactor * transcriptBytes,
    transcript: join(world.workspace.stateDir, "log", "probe", `${driver.name}-${role ?? "main"}-${model ?? "default"}.jsonl`),
    signal: world.signal,
  };
}

/** By itself it is looked at in its box alone, without a guard of ours. */
const allowAll: RunClientArgs["decide"] = async () => ({ decision: "allow" });

function keepIn(launches: ClientLaunch[], launch: ClientLaunch): ClientLaunch {
  launches.push(launch);
  return launch;
}

async function findTree(slot: Slot): Promise<string> {
  const { mounts } = await slot.show({});
  const tree = mounts.find(({ to }) => to === treeInBox)?.from;
  if (tree === undefined) throw new Error("the slot shows no tree");
  return tree;
}

const fileBytesMax = 65_536;

/** A box wrote it: a plain file of a size that ours have, or nothing. */
function readPlain(path: string): string | undefined {
  const found = existsSync(path) ? lstatSync(path) : undefined;
  return found?.isFile() && found.size <= fileBytesMax ? readFileSync(path, "utf8") : undefined;
}
