import type { Denial, Refusal } from "../../contract/denial.ts";
import type { Policy, PolicyAgent, ToolCall } from "../../contract/policy.ts";
import { decideCall } from "../compose-policy.ts";
import { type Answer, cutText, formatAllow, formatDeny, type HookClient, readCall } from "./client-form.ts";

/** An answer, and the trace that it owes. */
export interface Judgement {
  readonly answer: Answer;
  readonly denial?: Denial;
}

/**
 * One call from the client's words to the client's answer. Whatever is thrown on the way is a refusal: by the words, by the
 * policy's reader, by the decision itself (H2).
 */
export function judgeCall(args: {
  readonly client: HookClient;
  readonly agent: PolicyAgent;
  readonly text: string;
  readonly readPolicy: () => Policy;
  readonly by: Denial["by"];
}): Judgement {
  const { client, agent, by } = args;
  let call: ToolCall | undefined;
  const refuse = (refusal: Refusal): Judgement => ({
    answer: formatDeny(client, refusal),
    denial: describeDenial({ refusal, by, client, agent, ...(call === undefined ? {} : { tool: call.tool }) }),
  });
  try {
    call = attempt(() => readCall(client, args.text), inputFault);
    const policy = attempt(args.readPolicy, policyFault);
    const decision = decideCall(policy, agent, call);
    if (decision.decision === "allow") return { answer: formatAllow(client) };
    if (decision.decision === "deny") return refuse(decision);
    return refuse(ownFault(`the decision was ${JSON.stringify(decision)}`));
  } catch (error) {
    return refuse(error instanceof Fault ? error.refusal : ownFault(nameError(error)));
  }
}

/** Why the hook denies when it is itself that fails. */
export function ownFault(what: string): Refusal {
  return fault(`the guard could not decide (${what}).`, "Try the call once more; if it stays so, the operator runs mos doctor.");
}

export function inputFault(what: string): Refusal {
  return fault(`the call was not understood: ${what}.`, "This is between the client and Master OS: the operator runs mos doctor.");
}

function policyFault(what: string): Refusal {
  return fault(`${what}.`, "Any mos command in the workspace makes the policy anew: the operator runs mos status.");
}

export function argumentFault(what: string): Refusal {
  return fault(`the hook was started wrongly: ${what}.`, "The operator runs mos guard install.");
}

function fault(reason: string, remedy: string): Refusal {
  return { guard: "hook-tamper-guard", rule: "H2", reason, remedy };
}

export function nameError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function describeDenial(args: { refusal: Refusal; by: Denial["by"]; client: string; agent?: PolicyAgent; tool?: string }): Denial {
  const { refusal, by, client, agent, tool } = args;
  const { guard, rule, reason, remedy } = refusal;
  return {
    schemaVersion: 1,
    at: new Date().toISOString(),
    by,
    client,
    ...(agent === undefined ? {} : pickAgent(agent)),
    ...(tool === undefined ? {} : { tool }),
    guard,
    rule,
    reason: cutText(reason, reasonMax),
    remedy: cutText(remedy, reasonMax),
  };
}

const reasonMax = 2_000;

function pickAgent({ role, domain, ticket, worktree }: PolicyAgent) {
  return {
    role,
    ...(domain === undefined ? {} : { domain }),
    ...(ticket === undefined ? {} : { ticket }),
    ...(worktree === undefined ? {} : { worktree }),
  };
}

class Fault extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

function attempt<T>(body: () => T, describe: (what: string) => Refusal): T {
  try {
    return body();
  } catch (error) {
    throw new Fault(describe(nameError(error)));
  }
}
