import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type ScriptedModel, type ScriptedModelArgs, startScriptedModel } from "../../src/adapter/scripted-model/start-scripted-model.ts";
import type { AgentTool, ModelRole, Usage } from "../../src/contract/agent.ts";
import type { ModelRequest } from "../../src/contract/model-script.ts";
import type { Decision, ToolCall } from "../../src/contract/policy.ts";
import type { Play, Played, PlayLimits, RoleRuntime, ToolOutcome } from "../../src/port/role-runtime.ts";
import { treeInBox } from "../../src/port/slot.ts";
import type { OpenedWorld } from "../support/open-world.ts";

export type ScriptOf = ScriptedModelArgs["script"];
export type RunningScript = ScriptedModel;

export interface PlayedOnce<T> {
  readonly played: Played;
  readonly model: RunningScript;
  readonly tree: string;
  readonly transcript: string;
  /** What `look` saw of the tree, while the slot was still held. */
  readonly files: T;
  readonly told: readonly Usage[];
  readonly outcomes: readonly ToolOutcome[];
  readonly texts: readonly string[];
  readonly calls: readonly ToolCall[];
  readonly ms: number;
}

const roomy: PlayLimits = { wallMs: 60_000, turns: 80, requests: 120, tokens: 5_000_000, transcriptBytes: 2_000_000 };

/** One run of one role against one script, in a slot of the first domain, as the roles above would play it. */
export async function playOnce<T = unknown>(args: {
  opened: OpenedWorld;
  key: string;
  script: ScriptOf;
  open: (args: { opened: OpenedWorld; model: RunningScript; key: string }) => Promise<RoleRuntime> | RoleRuntime;
  role: ModelRole;
  tools: readonly AgentTool[];
  output: z.ZodType;
  writable: boolean;
  limits: Partial<PlayLimits>;
  prompt?: string;
  modelName?: string;
  look?: (tree: string) => T;
  /** Instead of the workspace's guards. */
  decide?: (call: ToolCall) => Decision;
  onUsage?: Play["onUsage"];
  onOutcome?: Play["onOutcome"];
  cancelWhen?: (tree: string) => boolean;
}): Promise<PlayedOnce<T>> {
  const { opened, role } = args;
  const { world } = opened;
  const [domain] = world.workspace.domains;
  if (!domain?.home.baseline) throw new Error("a world with a domain is needed");
  const { home } = domain;
  const model = await startScriptedModel({ script: args.script });
  const folder = mkdtempSync(join(world.workspace.stateDir, "run-"));
  const id = folder.split("/").at(-1) as string;
  const transcript = join(folder, "transcript.jsonl");
  const told: Usage[] = [];
  const outcomes: ToolOutcome[] = [];
  const texts: string[] = [];
  const calls: ToolCall[] = [];
  const cancel = new AbortController();
  try {
    const runtime = await args.open({ opened, model, key: args.key });
    return await world.slots.withSlot({ repo: home, purpose: "conformance", ticket: `${domain.prefix}-1` }, async (slot) => {
      await slot.prepare(home.baseline as string);
      const tree = (await slot.show({})).mounts.find(({ to }) => to === treeInBox)?.from ?? "";
      const agent = { client: runtime.name, role, domain: domain.name, ticket: `${domain.prefix}-1`, worktree: treeInBox, boxed: true };
      const watch = setInterval(() => {
        if (args.cancelWhen?.(tree)) cancel.abort(new Error("the operator stopped it"));
      }, 100);
      const begun = performance.now();
      const played = await runtime
        .play({
          id,
          role,
          domain: domain.name,
          ticket: `${domain.prefix}-1`,
          system: "You are an agent of a test.",
          prompt: args.prompt ?? "Do what is to be done.",
          tools: args.tools,
          ...(args.modelName === undefined ? {} : { model: args.modelName }),
          outputSchema: withoutDialect(z.toJSONSchema(args.output, { io: "input" })),
          slot,
          writable: args.writable,
          readOnly: ["wiki"],
          limits: { ...roomy, ...args.limits },
          ask: async (call) => {
            calls.push(call);
            return args.decide?.(call) ?? world.guard.judge({ agent, call, tree });
          },
          onUsage: (usage) => {
            told.push(structuredClone(usage));
            return args.onUsage?.(usage);
          },
          onOutcome: (outcome) => {
            outcomes.push(outcome);
            return args.onOutcome?.(outcome);
          },
          onText: (text) => texts.push(text),
          transcript,
          signal: cancel.signal,
        })
        .finally(() => clearInterval(watch));
      const ms = performance.now() - begun;
      return { played, model, tree, transcript, files: args.look?.(tree) as T, told, outcomes, texts, calls, ms };
    });
  } finally {
    await model.close();
  }
}

function withoutDialect({ $schema: _schema, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}

/** What the model itself says was used: the script's figures for its turns, 10 and 10 for what plays none. */
export function countUsage(script: ScriptOf, requests: readonly ModelRequest[]): Usage {
  const usage = { requests: 0, inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
  for (const { protocol, route, turn } of requests) {
    if (protocol === "other") continue;
    const said = (route === "default" ? script.default?.[turn]?.usage : undefined) ?? { input: 10, output: 10 };
    usage.requests += 1;
    usage.inputTokens += said.input;
    usage.outputTokens += said.output;
    usage.cacheReadTokens += said.cacheRead ?? 0;
    usage.cacheWriteTokens += said.cacheWrite ?? 0;
  }
  return usage;
}

/** Processes that this one started, and theirs; or, of all, those that name `mark` in their command. */
export function listDescendants(mark?: string): { pid: number; command: string }[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const rest = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return [{ pid: Number(name), parent: Number(rest[1]), state: rest[0], command }];
      } catch {
        return [];
      }
    })
    .filter(({ state }) => state !== "Z");
  if (mark !== undefined) return all.filter(({ pid, command }) => pid !== process.pid && command.includes(mark));
  const mine = new Set([process.pid]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const { pid, parent } of all) {
      if (mine.has(pid) || !mine.has(parent)) continue;
      mine.add(pid);
      grown = true;
    }
  }
  return all.filter(({ pid }) => pid !== process.pid && mine.has(pid)).map(({ pid, command }) => ({ pid, command }));
}
