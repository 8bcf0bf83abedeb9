import { randomBytes } from "node:crypto";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelRole } from "../../contract/agent.ts";
import type { Domain } from "../../contract/config.ts";
import type { ModelRequest, ScriptedTurn } from "../../contract/model-script.ts";
import type { ProbeSeen } from "../../core/agent/judge-probe.ts";
import { type ProbePlaces, type ProbePlan, planProbe } from "../../core/agent/plan-probe.ts";
import { findProbeWords } from "../../core/agent/probe-words.ts";
import { isSampleOutput, makeSampleOutput } from "../../core/agent/sample-output.ts";
import { renderSchema } from "../../core/role/render-schema.ts";
import { rolePalettes } from "../../core/role/role-table.ts";
import type { AgentClientDriver, ClientFound, ClientLaunch, ClientName } from "../../port/agent-client.ts";
import type { StartRelay } from "../../port/relay.ts";
import type { StartModel } from "../../port/scripted-model.ts";
import { type Slot, treeInBox } from "../../port/slot.ts";
import type { World } from "../../port/world.ts";
import { commitFiles } from "../prove/make-proof-workspace.ts";
import { type ClientRunResult, type RunClientArgs, runClient } from "../run-client.ts";
import { wrapHook } from "./probe-hook.ts";

/** What a probe's starts need; all of it of a workspace that was made for it. */
export interface ProbeArgs {
  readonly world: World;
  readonly driver: AgentClientDriver;
  readonly found: Extract<ClientFound, { kind: "found" }>;
  /** Whose agent is looked at. */
  readonly domain: string;
  readonly places: Omit<ProbePlaces, "tree">;
  /** How the client starts by itself. */
  readonly launchAlone: (run: Parameters<AgentClientDriver["launch"]>[0]) => ClientLaunch | undefined;
  readonly guardsOf: (role: ModelRole) => Pick<RunClientArgs, "hook" | "decide">;
  readonly startModel: StartModel;
  readonly startRelay: StartRelay;
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
const turnsMax = 200;
/** Where a client offers its model other tools for one that it has never heard of. */
const models: Partial<Record<ClientName, string>> = { codex: "gpt-5.4" };
const takers = /^StructuredOutput$|hand_?in$/;

/** One start of a client: a role as Master OS starts it, or without one the client by itself. */
export async function startProbe(args: ProbeArgs, role?: ModelRole): Promise<ProbeStarted> {
  const { world, driver } = args;
  const words = findProbeWords(driver.name);
  const domain = world.workspace.domains.find(({ name }) => name === args.domain);
  if (!words || !domain) throw new Error(`nobody has seen how ${driver.name}'s model speaks, or ${args.domain} is not there`);
  const word = `mosprobe${randomBytes(6).toString("hex")}`;
  const places = { ...args.places, tree: treeInBox };
  const tools = role && rolePalettes[role].tools;
  const plan = planProbe({ words, places, word, ...(role && tools ? { role: { name: role, tools } } : {}) });
  let taker: string | undefined;
  const model = await args.startModel({
    script: plan.script,
    onTurn: (request) => {
      const output = role && giveOutput(plan, request, role, word);
      if (output?.tools?.[0]) taker = output.tools[0].name;
      return output;
    },
  });
  try {
    return await world.slots.withSlot({ repo: domain.home, purpose: "probe", ticket: `${domain.prefix}-1` }, async (slot) => {
      await slot.prepare(await commitFiles(world.git.at(domain.home.path), plan.files));
      const launches: ClientLaunch[] = [];
      const watched: AgentClientDriver = { ...driver, launch: (run) => keepIn(launches, chooseLaunch(args, role)(run)) };
      const start = (prompt: string, conversation: NonNullable<RunClientArgs["conversation"]>) =>
        runClient(world, watched, { ...describeRun(args, { domain, role, slot, upstream: model.url, plan }), prompt, conversation });
      const result = await start(plan.prompt, {});
      const tree = await findTree(slot);
      // What a start after this one writes is its own.
      const files = new Map(plan.steps.flatMap(({ deed }) => (deed.kind === "file" ? [[deed.path, readPlain(join(tree, deed.path))]] : [])));
      const seen = {
        requests: [...model.requests()],
        calls: [...model.calls()],
        readFile: (path: string) => files.get(path),
        hooked: JSON.stringify(launches[0] ?? {}).includes(plan.hook.dies),
      };
      const output = readOutput(driver, result);
      const came = role !== undefined && isSampleOutput(role, word, output);
      const resumed = role !== undefined && (await goesOn({ start, result, plan, requests: () => model.requests() }));
      return { plan, seen, result, structured: { came, ...(came && taker !== undefined ? { by: taker } : {}) }, resumed };
    });
  } finally {
    await model.close();
  }
}

/** The last turn gives the role's output: by whatever tool takes it, or as text where the client asks for that. */
function giveOutput(plan: ProbePlan, request: ModelRequest, role: ModelRole, word: string): ScriptedTurn | undefined {
  const turns = plan.steps.filter(({ route }) => route === plan.mainRoute).length;
  if (request.route !== plan.mainRoute || request.turn !== turns) return undefined;
  const output = makeSampleOutput(role, word);
  const name = request.tools.find((tool) => takers.test(tool));
  return name === undefined ? { text: JSON.stringify(output) } : { tools: [{ name, input: output }] };
}

/** By the client's own way, by `hand_in`, or as its last words where these are bound to the schema. */
function readOutput(driver: AgentClientDriver, { handedIn, reading }: ClientRunResult): unknown {
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
    const alone = launchAlone(run);
    if (!alone) throw new Error(`nobody has seen how ${driver.name} starts by itself`);
    return alone;
  };
}

function describeRun(
  args: ProbeArgs,
  { domain, role, slot, upstream, plan }: { domain: Domain; role: ModelRole | undefined; slot: Slot; upstream: string; plan: ProbePlan },
): Omit<RunClientArgs, "prompt" | "conversation"> {
  const { world, driver, found, startRelay } = args;
  const guards = role === undefined ? { hook: { argv: [], mounts: [] }, decide: allowAll } : args.guardsOf(role);
  const model = models[driver.name];
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
    limits: { wallMs: runMs, turns: turnsMax, requests: 500, tokens: 5_000_000, transcriptBytes: 16_000_000 },
    transcript: join(world.workspace.stateDir, "log", "probe", `${driver.name}-${role ?? "main"}.jsonl`),
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
