import type { RequestPermissionRequest, RequestPermissionResponse } from "@agentclientprotocol/sdk";
import type { Decision, ToolCall } from "../../../contract/policy.ts";

/** What an agent told of one of its calls, together: it tells it in pieces. */
export interface ToldCall {
  readonly kind?: string;
  readonly name?: string;
  readonly title?: string;
  readonly rawInput?: unknown;
  readonly paths: readonly string[];
}

const ownTool = /^(?:mcp__)?mos(?:__|[_:./ -])(?:run|hand_in)$/;
const pathFields = /^(file_?path|path|abs_?path|filename|file|target_?file|old_?path|new_?path|source|destination)$/i;

/**
 * What is asked of the guards before an agent gets what it asks for; none where the answer stands. Its own shell and its own
 * way into the web are not for it: commands run by the tool `run`, or by the terminals that it is offered here.
 */
export function readPermission(call: ToldCall, args: { cwd: string; writes: boolean }): readonly ToolCall[] | "allow" | "deny" {
  const named = call.name ?? call.title ?? "";
  if (ownTool.test(named)) return "allow";
  const { cwd } = args;
  const paths = [...new Set([...call.paths, ...readPaths(call.rawInput)])];
  const each = (tool: string): ToolCall[] => paths.map((path) => ({ tool, input: { file_path: path }, cwd }));
  switch (call.kind) {
    case "read":
    case "search":
      return paths.length > 0 ? each("Read") : [{ tool: "Grep", input: fieldsOf(call.rawInput), cwd }];
    case "edit":
    case "delete":
    case "move":
      return args.writes && paths.length > 0 ? each("Write") : "deny";
    case "think":
      return "allow";
    case "execute":
    case "fetch":
    case "switch_mode":
      return "deny";
    default:
      return named === "" ? "deny" : [{ tool: named, input: fieldsOf(call.rawInput), cwd }];
  }
}

/** Asks the guards in order and answers with one of the options: only ever for this once, and no where there is none such. */
export async function answerPermission(
  request: Pick<RequestPermissionRequest, "options">,
  asked: ReturnType<typeof readPermission>,
  ask: (call: ToolCall) => Promise<Decision>,
): Promise<RequestPermissionResponse> {
  const allowed = typeof asked === "string" ? asked === "allow" : await isAllowed(asked, ask);
  const find = (kind: string) => request.options.find((option) => option.kind === kind)?.optionId;
  const optionId = allowed ? find("allow_once") : (find("reject_once") ?? find("reject_always"));
  return optionId === undefined ? { outcome: { outcome: "cancelled" } } : { outcome: { outcome: "selected", optionId } };
}

async function isAllowed(calls: readonly ToolCall[], ask: (call: ToolCall) => Promise<Decision>): Promise<boolean> {
  for (const call of calls) if ((await ask(call)).decision !== "allow") return false;
  return calls.length > 0;
}

function readPaths(input: unknown): string[] {
  return Object.entries(fieldsOf(input)).flatMap(([key, value]) => (pathFields.test(key) && typeof value === "string" ? [value] : []));
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
