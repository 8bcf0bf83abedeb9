import type { Refusal } from "../../contract/denial.ts";
import type { ToolCall } from "../../contract/policy.ts";

export const hookClients = ["claude", "codex", "gemini", "opencode", "generic"] as const;
export type HookClient = (typeof hookClients)[number];

/** What a hook prints and how it ends: 0 lets the client go on, 2 blocks. */
export interface Answer {
  readonly exit: 0 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

interface ClientForm {
  readonly event?: string;
  readonly tool: readonly string[];
  readonly input: readonly string[];
  readonly allow: string;
  readonly deny: (text: string) => unknown;
}

/** No decision of its own: what the client asks its user, it goes on asking. An `allow` would answer in the user's place. */
const noObjection = '{"hookSpecificOutput":{"hookEventName":"PreToolUse"}}';

const preToolUse: ClientForm = {
  event: "PreToolUse",
  tool: ["tool_name"],
  input: ["tool_input"],
  allow: noObjection,
  deny: (text) => ({
    hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "deny", permissionDecisionReason: text },
  }),
};

const plain: ClientForm = {
  tool: ["tool", "tool_name"],
  input: ["input", "args", "tool_input"],
  allow: '{"decision":"allow"}',
  deny: (reason) => ({ decision: "deny", reason }),
};

/** By client. Codex reads Claude Code's form and refuses unknown fields; Gemini CLI has its own. */
const forms: Readonly<Record<HookClient, ClientForm>> = {
  claude: preToolUse,
  codex: preToolUse,
  gemini: { ...plain, event: "BeforeTool", tool: ["tool_name"], input: ["tool_input"] },
  opencode: plain,
  generic: plain,
};

const toolNameMax = 256;

/**
 * The call in a client's own words. Untrusted: only its shape is looked at.
 *
 * @throws Error whose message says what is wrong with it
 */
export function readCall(client: HookClient, text: string): ToolCall {
  const form = forms[client];
  const said = parseObject(text);
  if (said.hook_event_name !== undefined && said.hook_event_name !== (form.event ?? said.hook_event_name))
    throw new Error(`the event is not ${form.event}`);
  const tool = pick(said, form.tool);
  const input = pick(said, form.input);
  const { cwd } = said;
  if (typeof tool !== "string" || tool === "" || tool.length > toolNameMax) throw new Error("it names no tool");
  if (typeof input !== "object" || input === null || Array.isArray(input)) throw new Error("the tool's input is not an object");
  if (typeof cwd !== "string" || !cwd.startsWith("/") || cwd.includes("\0")) throw new Error("it names no absolute cwd");
  return { tool, input, cwd };
}

export function formatAllow(client: HookClient): Answer {
  return { exit: 0, stdout: `${forms[client].allow}\n`, stderr: "" };
}

/** A client that is not known gets the form that most understand, and the exit code that all do. */
export function formatDeny(client: string, refusal: Refusal): Answer {
  const form = isHookClient(client) ? forms[client] : preToolUse;
  const text = describeRefusal(refusal);
  return { exit: 2, stdout: `${JSON.stringify(form.deny(text))}\n`, stderr: `${text}\n` };
}

export function isHookClient(name: unknown): name is HookClient {
  return (hookClients as readonly unknown[]).includes(name);
}

const textMax = 2_000;

/** One line, without control characters: it goes to terminals, headers and models. */
function describeRefusal({ guard, rule, reason, remedy }: Refusal): string {
  const line = `${guard} ${rule}: ${reason} ${remedy}`.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ");
  return cutText(line, textMax);
}

/** At most so many UTF-16 units, and never half a character. */
export function cutText(text: string, max: number): string {
  return (text.length > max ? `${text.slice(0, max - 1)}…` : text).replace(/\p{Cs}/gu, "\ufffd");
}

function pick(said: Readonly<Record<string, unknown>>, names: readonly string[]): unknown {
  const found = names.filter((name) => Object.hasOwn(said, name));
  if (found.length > 1) throw new Error(`it has ${found.join(" and ")}`);
  return found[0] === undefined ? undefined : said[found[0]];
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(text.trim() === "" ? "there is none" : "it is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("it is not a JSON object");
  return value as Record<string, unknown>;
}
