import type { ToolCall } from "../../../contract/policy.ts";
import { roles } from "../../../contract/policy.ts";
import type { Act, MalformedAct } from "../act.ts";
import type { Scene } from "../scene.ts";
import { readMcpCall } from "./read-mcp-call.ts";
import { findTool } from "./tool-table.ts";

const nameLengthMax = 256;
const stringsMax = 4000;
const depthMax = 32;
/** Of what is looked through; the content of a file that is written is not. */
const charactersMax = 1024 * 1024;

/** What a tool call would do. Throws nothing that `evaluate` would not turn into a denial. */
export function readCall(scene: Scene, call: ToolCall): Act[] {
  const fault = findFault(scene, call);
  if (fault) return [fault];
  const input = call.input as Record<string, unknown>;
  const inside: Act = { kind: "path", path: call.cwd, access: "enter", deep: false, shown: call.cwd };
  if (call.tool.startsWith("mcp__")) return readMcpCall({ scene, call, input });
  const tool = findTool(scene.agent.client, call.tool);
  if (tool === undefined) return [{ kind: "tool", tool: call.tool, known: false, nature: "mcp" }];
  const acts = tool.read({ scene, call, input });
  return [{ kind: "tool", tool: call.tool, known: true, nature: tool.nature }, ...(tool.nature === "shell" ? [inside] : []), ...acts];
}

function findFault(scene: Scene, call: ToolCall): MalformedAct | undefined {
  const fault = (what: string): MalformedAct => ({ kind: "malformed", fault: "call", what });
  const { policy, agent } = scene;
  if (policy.schemaVersion !== 1) return fault("the policy is of another version");
  if (!roles.includes(agent.role)) return fault("the role is not known");
  if (agent.domain !== undefined && scene.own === undefined) return fault("the domain is not known");
  if (agent.worktree !== undefined && !isPlainPath(agent.worktree)) return fault("the worktree is not an absolute path");
  if (typeof call.tool !== "string" || call.tool === "" || call.tool.length > nameLengthMax) return fault("the tool has no name");
  if (typeof call.cwd !== "string" || !isPlainPath(call.cwd)) return fault("the working folder is not an absolute path");
  if (typeof call.input !== "object" || call.input === null || Array.isArray(call.input)) return fault("the input is no object");
  return findBadString(call.input, call.tool.startsWith("mcp__") ? charactersMax : 64 * charactersMax);
}

function isPlainPath(path: unknown): boolean {
  return typeof path === "string" && path.startsWith("/") && path.length <= 4096 && !path.includes("\0");
}

/** Bounds what is looked through; a NUL ends a string for the kernel and not for us. */
function findBadString(input: object, lengthMax: number): MalformedAct | undefined {
  let count = 0;
  let length = 0;
  const look = (value: unknown, depth: number): MalformedAct | undefined => {
    if (typeof value === "string") {
      length += value.length;
      if (length > lengthMax) return { kind: "malformed", fault: "size", what: `more than ${lengthMax} characters` };
      return value.includes("\0") ? { kind: "malformed", fault: "call", what: "a NUL character" } : undefined;
    }
    if (typeof value !== "object" || value === null) return undefined;
    if (depth > depthMax) return { kind: "malformed", fault: "size", what: `nested deeper than ${depthMax}` };
    for (const key of Object.keys(value)) {
      count += 1;
      if (count > stringsMax) return { kind: "malformed", fault: "size", what: `more than ${stringsMax} values` };
      const found = look(key, depth) ?? look((value as Record<string, unknown>)[key], depth + 1);
      if (found) return found;
    }
    return undefined;
  };
  return look(input, 0);
}
