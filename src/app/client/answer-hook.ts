import type { Decision, ToolCall } from "../../contract/policy.ts";

/**
 * The answer to Claude Code's PreToolUse over HTTP. Anything but an explicit allow is a denial, an input that cannot be
 * read too. Never throws.
 */
export async function answerHook(input: unknown, decide: (call: ToolCall) => Promise<Decision>): Promise<unknown> {
  const call = readCall(input);
  if (!call) return deny("boundary-guard P2: the hook's input cannot be read. Call the tool again.");
  try {
    const decision = await decide(call);
    if (decision.decision !== "allow") return deny(`${decision.guard} ${decision.rule}: ${decision.reason} ${decision.remedy}`);
    // No word of ours: the client's own permissions still have theirs. `allow` would go past them, `defer` ends the run.
    return {};
  } catch {
    return deny("boundary-guard P2: the guard failed. Try another way.");
  }
}

function readCall(input: unknown): ToolCall | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  const { hook_event_name: event, tool_name: tool, tool_input: toolInput, cwd } = input as Record<string, unknown>;
  if (event !== "PreToolUse" || typeof tool !== "string" || typeof cwd !== "string" || !cwd.startsWith("/")) return undefined;
  return { tool, input: toolInput, cwd };
}

function deny(reason: string): unknown {
  return { hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "deny", permissionDecisionReason: reason } };
}
