import type { Play, Played, RoleRuntime } from "../../src/port/role-runtime.ts";

/** What one run is to come to: an output, or a whole result, or a function of what it was asked. */
export type ScriptedTurn =
  | { output: unknown; act?: (play: Play) => Promise<void> }
  | { result: Partial<Played> }
  | ((play: Play) => Promise<Played>);

const nothing = {
  usage: { requests: 1, inputTokens: 100, outputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0 },
  turns: 1,
  toolCalls: {},
};

/** A role runtime that plays a script, a turn a run, and keeps what it was asked. One turn too many is an error. */
export function scriptRuntime(
  name: string,
  turns: readonly ScriptedTurn[],
  ready: Awaited<ReturnType<RoleRuntime["ready"]>> = { ok: true, version: "1.2.3" },
): RoleRuntime & { readonly plays: Play[] } {
  const plays: Play[] = [];
  return {
    name,
    plays,
    ready: async () => ready,
    play: async (play) => {
      const turn = turns[plays.length];
      plays.push(play);
      if (turn === undefined) throw new Error(`the script of ${name} has no turn ${plays.length}`);
      if (typeof turn === "function") return turn(play);
      if ("result" in turn) return { ...nothing, kind: "failed", failure: "died", message: "", ...turn.result } as Played;
      await turn.act?.(play);
      play.onUsage(nothing.usage);
      return { ...nothing, kind: "done", output: turn.output, text: "" };
    },
  };
}

/** What an executor gives at the least. */
export const doneOutput = { outcome: "done", summary: "it is done" } as const;
