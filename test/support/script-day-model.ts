import { createModelRuntime } from "../../src/adapter/runtime-model/model-runtime.ts";
import { startScriptedModel } from "../../src/adapter/scripted-model/start-scripted-model.ts";
import { createRoles } from "../../src/app/role/create-roles.ts";
import type { ModelRequest, ScriptedTurn } from "../../src/contract/model-script.ts";
import type { World } from "../../src/port/world.ts";

const handIn = (output: object): ScriptedTurn => ({ tools: [{ name: "hand_in", input: output as Record<string, unknown> }] });

export interface DayModel {
  /** The world in which this domain's scout, executor and distiller are played by the model. */
  speakIn(world: World, args: { domain: string; day: number; readmeLine: string }): World;
  /** How often each role was asked. */
  readonly asked: Record<"scout" | "executor" | "distiller", number>;
  close(): Promise<void>;
}

/**
 * A scripted model on loopback that plays a domain's roles for a day: its scout asks one question, its executor writes a page and says
 * what it learned, its distiller doubts the first thing that it reads, holds the second for certain, and adds one of its own.
 */
export async function startDayModel(promptDir: string): Promise<DayModel> {
  const asked = { scout: 0, executor: 0, distiller: 0 };
  let today = { day: 0, readmeLine: "" };
  const onTurn = (request: ModelRequest): ScriptedTurn | undefined => {
    const said = textOf(request.body);
    if (said.includes("You are the scout of")) {
      if (request.turn === 0) asked.scout += 1;
      return scout(today);
    }
    if (said.includes("You are the distiller of")) {
      if (request.turn === 0) asked.distiller += 1;
      return distill(said);
    }
    if (request.turn === 0) asked.executor += 1;
    return execute(today.day, request.turn);
  };
  const model = await startScriptedModel({ script: { default: [handIn({})], playsWithoutTools: false }, onTurn });
  const config = { kind: "model" as const, provider: "anthropic" as const, model: "scripted", baseUrl: `${model.url}/v1`, keyEnv: "KEY" };
  const own = createModelRuntime({ name: "own", config, readKey: () => "made-up-key" });
  return {
    asked,
    speakIn: (world, { domain, day, readmeLine }) => {
      today = { day, readmeLine };
      const roles = { scout: { runtime: "own" }, executor: { runtime: "own" }, distiller: { runtime: "own" } };
      const { workspace } = world;
      const speaking: World = {
        ...world,
        workspace: {
          ...workspace,
          config: { ...workspace.config, runtimes: { ...workspace.config.runtimes, own: config } },
          domains: workspace.domains.map((one) => (one.name === domain ? { ...one, roles } : one)),
        },
        roleRuntimes: { ...world.roleRuntimes, own },
        roles: createRoles(() => speaking, { promptDir }),
      };
      return speaking;
    },
    close: () => model.close(),
  };
}

function scout({ day, readmeLine }: { day: number; readmeLine: string }): ScriptedTurn {
  const evidence = [{ path: "README.md", line: 1, quote: readmeLine }];
  const path = `docs/day-${day}.md`;
  const ticket = {
    ...{ key: "1", title: `Write down day ${day}`, body: `Write ${path}.`, touches: [path], creates: [path] },
    accept: [{ text: "the page is there", run: `test -s ${path}` }],
  };
  return handIn({
    facts: [{ kind: "risk", text: `nothing is written of day ${day}`, evidence }],
    decisions: [
      {
        ...{ key: `day-${day}`, question: `Shall day ${day} be written down?`, why: "It is forgotten else.", weight: 95, evidence },
        options: [
          { id: "write", label: `Write day ${day} down`, tickets: [ticket] },
          { id: "leave", label: "Leave it" },
        ],
      },
    ],
  });
}

function execute(day: number, turn: number): ScriptedTurn {
  if (turn === 0)
    return { tools: [{ name: "write", input: { path: `docs/day-${day}.md`, content: `# Day ${day}\n\nIt was a day of work.\n` } }] };
  const learned = [`The page of Larch-${day} is read by two people before noon`, `The archive of Rowan-${day} is closed on every holiday`];
  return handIn({ outcome: "done", summary: `Day ${day} is written down.`, decided: [], learned, left: [] });
}

function distill(said: string): ScriptedTurn {
  const parts = [...said.matchAll(/<data-[0-9a-f]{32} title="((?:[^"\\]|\\.)*)"[^>]*>\n([\s\S]*?)\n<\/data-/g)];
  const found = parts.flatMap(([, title = "", text = ""]) => {
    const artifact = JSON.parse(`"${title}"`) as string;
    return [...text.matchAll(/^(?:[-*] )?(Learned|Asked): (\S.{12,200})$/gm)].map(([, kind, quote = ""]) => ({ artifact, kind, quote }));
  });
  const learned = found.filter(({ kind }) => kind === "Learned");
  const candidate = (one: { artifact: string; quote: string }, claim: string, confidence: string) => ({
    ...{ claim, source: { artifact: one.artifact, quote: one.quote }, confidence },
    ...{ reason: "so it reads", target: "wiki/history.md" },
  });
  const asked = found.find(({ kind }) => kind === "Asked");
  return handIn({
    candidates: [
      ...learned.slice(0, 2).map((one, index) => candidate(one, one.quote, index === 0 ? "low" : "high")),
      ...(asked ? [candidate(asked, `What was asked for was this: ${asked.quote.slice(0, 80)}`, "high")] : []),
      ...learned
        .slice(0, 1)
        .map((one) => candidate({ ...one, quote: "words that stand in none of them" }, "Nobody ever said this", "high")),
    ],
  });
}

/** All that the request says, as it was written. */
function textOf(body: unknown): string {
  if (typeof body === "string") return body;
  if (Array.isArray(body)) return body.map(textOf).join("\n");
  if (typeof body !== "object" || body === null) return "";
  const { system, messages, content, text } = body as Record<string, unknown>;
  return [system, messages, content, text].map(textOf).join("\n");
}
