import type { Decision, PolicyAgent, ToolCall } from "../../contract/policy.ts";
import type { World } from "../../port/world.ts";
import type { ClientRunResult } from "../run-client.ts";

/** A run's start, each refusal of a guard and its end in the log; never a secret (C10). */
export function createNotes(world: World, agent: PolicyAgent, { client, hide }: { client: string; hide: (text: string) => string }) {
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

/** For a run whose record somebody else keeps. */
export const noNotes: ReturnType<typeof createNotes> = { started: async () => {}, denied: async () => {}, ended: async () => {} };
