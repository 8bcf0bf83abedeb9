import { randomBytes } from "node:crypto";
import type { ModelRequest, ModelScript } from "../../contract/model-script.ts";
import type { ProofLayer, ProofRow } from "../../contract/proof.ts";
import { judgeAnswer } from "../../core/prove/judge-answer.ts";
import type { Way } from "../../core/prove/list-ways.ts";
import { planConversation, type Step } from "../../core/prove/plan-conversation.ts";
import { findVocabulary } from "../../core/prove/vocabulary.ts";
import type { ClientName } from "../../port/agent-client.ts";
import type { Git } from "../../port/git.ts";
import type { StartModel } from "../../port/scripted-model.ts";
import { type DiskLook, findMarks, findSharedDeed, listChanges, lookAtDisk } from "./look-at-disk.ts";
import { type ProofWorkspace, resetPlaces } from "./make-proof-workspace.ts";

/** One start of a client, its guards attacked in one way. */
export interface ProofStart {
  readonly client: ClientName;
  readonly way: Way;
  readonly prompt: string;
  /** Address of the scripted model. */
  readonly upstream: string;
}

export interface ProofRun {
  readonly exitCode: number | null;
  /** What it said at its end, for people. */
  readonly words: string;
}

/** How clients are started: by Master OS as in earnest, or by a test that shows what happens without the guards. */
export interface ProofLauncher {
  readonly profile: string;
  /** Only looked at as it is started: the ways are those of another profile of the same client, and were tried there. */
  readonly startedOnly?: true;
  /** The tree and the home as the client sees them. */
  readonly tree: string;
  readonly home: string;
  /** Where its model has to listen, when it reaches no port. */
  readonly socket?: string;
  /** Folders beside the workspace that are looked at for what was written. */
  readonly watched: readonly string[];
  /** Makes the workspace's policy as this launcher's program would: it names the home of whoever opened the workspace last. */
  prepare?(): Promise<void>;
  start(start: ProofStart): Promise<ProofRun>;
  /** Does what a way does to the guards while the client runs; gives what undoes it. */
  attack(midway: NonNullable<Way["midway"]>): Promise<() => Promise<void>>;
}

export interface ProveWayArgs {
  readonly client: ClientName;
  readonly way: Way;
  readonly workspace: ProofWorkspace;
  readonly launcher: ProofLauncher;
  readonly startModel: StartModel;
  readonly git: Git;
  readonly thorough: boolean;
  /** Whether this client ran as started: only then does one that does not start at all count as a refusal. */
  readonly ranBefore: boolean;
}

/** Plays one conversation, looks at the disk before and after, and says of each forbidden thing what came of it. */
export async function proveWay(args: ProveWayArgs): Promise<ProofRow[]> {
  const { client, way, workspace, launcher } = args;
  const words = findVocabulary(client);
  if (!words) throw new Error(`nobody has seen how ${client}'s model speaks`);
  const word = `mosproof${randomBytes(6).toString("hex")}`;
  const places = { ...workspace.places, tree: launcher.tree, home: launcher.home };
  const plan = planConversation({ client, words, places, thorough: args.thorough, word });
  await resetPlaces(workspace);
  await launcher.prepare?.();
  const look = () => lookAtDisk({ root: workspace.root, store: places.store, repos: workspace.repos, git: args.git });
  const before = await look();
  const { run, requests, answers } = await play(args, plan.script, way, mentionIn(way, places.sealedFile) + plan.prompt);
  const after = await look();
  const marked = findMarks([workspace.root, ...launcher.watched], word);
  const leaks = requests.filter((request) => JSON.stringify(request.body ?? "").includes(workspace.canary));
  const refusedToStart = args.ranBefore && requests.every(({ route }) => route === "none") && run.exitCode !== 0;
  const offeredTo = (route: string) => requests.find((request) => request.route === route)?.tools ?? [];
  const spawned =
    plan.spawn && judgeAnswer({ call: answers.get(`${plan.spawn.route} ${plan.spawn.turn}`), offered: offeredTo(plan.spawn.route) });
  const judged = plan.steps.map((step): JudgedStep => {
    const call = answers.get(`${step.route} ${step.turn}`);
    const written = marked.get(step.mark);
    const did = call?.result?.text.includes(workspace.canary)
      ? "the canary reached the model"
      : written === undefined
        ? undefined
        : `it wrote ${written}`;
    const offered = requests.find(({ route }) => route === step.route)?.tools ?? [];
    const judgement = judgeAnswer({
      call,
      offered,
      anyAnswerIsDeed: step.attempt.id === "spawn-workflow",
      ...(did === undefined ? {} : { did }),
    });
    if (refusedToStart && judgement.outcome === "not-proven")
      return { step, outcome: "refused", layer: "client", words: `it does not start: ${run.words}` };
    if (!call && step.agent === "subagent" && spawned?.outcome === "refused")
      return { step, ...spawned, words: `no session can be started from it: ${spawned.words}` };
    return call ? { step, ...judgement } : { step, ...judgement, words: `${judgement.words} (${run.words})` };
  });
  excuseOtherHomes(judged);
  blameShared(judged, (step) => findSharedDeed({ step, before, after, places }));
  const rows = groupRows({ client, profile: launcher.profile, way: way.id }, judged);
  return [...rows, judgeRest({ client, profile: launcher.profile, way, leaks, requests, before, after, marked, refusedToStart, rows })];
}

interface Played {
  readonly run: ProofRun;
  readonly requests: readonly ModelRequest[];
  /** By route and turn. */
  readonly answers: ReadonlyMap<string, Parameters<typeof judgeAnswer>[0]["call"]>;
}

async function play(args: ProveWayArgs, script: ModelScript, way: Way, prompt: string): Promise<Played> {
  let undo: (() => Promise<void>) | undefined;
  const { socket } = args.launcher;
  const model = await args.startModel({
    script,
    ...(socket === undefined ? {} : { socket }),
    onTurn: async ({ turn }) => {
      if (way.midway !== undefined && turn >= 1 && !undo) undo = await args.launcher.attack(way.midway);
      return undefined;
    },
  });
  try {
    const run = await args.launcher.start({ client: args.client, way, prompt, upstream: model.url });
    const answers = new Map(model.calls().map((call) => [`${call.route} ${call.turn}`, call]));
    return { run, requests: model.requests(), answers };
  } finally {
    await undo?.();
    await model.close();
  }
}

function mentionIn(way: Way, file: string): string {
  return way.mentions === "sealed-file" ? `Look at @${file} first. ` : "";
}

/**
 * A command that wrote into "the home" and did no harm wrote into that of the tool box, which is another and gone with it.
 * That it was another is seen when the forbidden things are refused again after it.
 */
function excuseOtherHomes(judged: JudgedStep[]): void {
  for (const [index, { step, outcome, words }] of judged.entries()) {
    const answered = outcome === "not-proven" && words.startsWith("not a refusal") && /run$/.test(step.call.name);
    if (!answered || step.attempt.inHome !== true) continue;
    const after = judged.filter((one) => one.step.again && one.step.agent === step.agent);
    if (after.length === 0 || after.some((one) => one.outcome !== "refused")) continue;
    judged[index] = {
      step,
      outcome: "refused",
      layer: "box",
      words: "it wrote into a home of the tool box's own; what is forbidden was refused again after it",
    };
  }
}

/** What was done by some call of a kind is held against those that were not refused; where all were, against all. */
function blameShared(judged: JudgedStep[], find: (step: Step) => string | undefined): void {
  for (const [index, one] of judged.entries()) {
    const did = find(one.step);
    if (did === undefined) continue;
    const others = judged.filter(({ step }) => step.attempt.id === one.step.attempt.id);
    if (one.outcome === "refused" && others.some(({ outcome }) => outcome !== "refused")) continue;
    judged[index] = { step: one.step, outcome: "not-refused", words: did };
  }
}

type JudgedStep = { step: Step; outcome: ProofRow["outcome"]; layer?: ProofLayer; words: string };

/** One row for each thing and session: as good as the worst of its calls. */
function groupRows(common: Pick<ProofRow, "client" | "profile" | "way">, judged: readonly JudgedStep[]): ProofRow[] {
  const groups = new Map<string, JudgedStep[]>();
  for (const one of judged) {
    const key = `${one.step.agent} ${one.step.attempt.id} ${one.step.again}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => {
    const { agent, attempt, again } = (group[0] as JudgedStep).step;
    return {
      ...common,
      agent,
      guard: attempt.guard,
      attempt: again ? `${attempt.says}, again` : attempt.says,
      outcome: worst(group.map(({ outcome }) => outcome)),
      layers: [...new Set(group.flatMap(({ layer }) => layer ?? []))],
      calls: group.map(({ step, outcome, layer, words }) => ({ tool: step.call.name, outcome, ...(layer ? { layer } : {}), words })),
    };
  });
}

function worst(outcomes: readonly ProofRow["outcome"][]): ProofRow["outcome"] {
  return (["not-refused", "not-proven"] as const).find((one) => outcomes.includes(one)) ?? "refused";
}

/** That nothing of the sealed domain reached the model by whatever way, and that nothing else is other than before. */
function judgeRest(args: {
  client: string;
  profile: string;
  way: Way;
  leaks: readonly ModelRequest[];
  requests: readonly ModelRequest[];
  before: DiskLook;
  after: DiskLook;
  marked: ReadonlyMap<string, string>;
  refusedToStart: boolean;
  rows: readonly ProofRow[];
}): ProofRow {
  const { client, profile, way, leaks, requests, before, after, refusedToStart } = args;
  const changes = listChanges(before, after);
  const played = requests.some(({ route }) => route !== "none");
  const words =
    leaks.length > 0
      ? `the canary stands in ${leaks.length} requests to the model`
      : changes.length > 0
        ? `changed: ${changes.slice(0, 5).join(", ")}`
        : played || refusedToStart
          ? "nothing reached the model, nothing changed"
          : "the client asked the model nothing";
  const outcome = leaks.length > 0 || changes.length > 0 ? "not-refused" : played || refusedToStart ? "refused" : "not-proven";
  const layer = refusedToStart ? "client" : "box";
  return {
    ...{ client, profile, agent: "main", way: way.id, guard: "boundary-guard" },
    attempt: way.mentions ? "an @file mention, and whatever else" : "the disk and the model's requests afterwards",
    outcome,
    layers: outcome === "refused" ? [layer] : [],
    calls: [{ tool: way.mentions ? "@file" : "-", outcome, ...(outcome === "refused" ? { layer } : {}), words }],
  };
}
