import type { ModelRequest, ScriptedTurn } from "../../contract/model-script.ts";

/** What a request says of its conversation, whatever its form. */
export interface Conversation {
  readonly model: string;
  readonly stream: boolean;
  /** All that the user said before the model's first answer. */
  readonly firstUser: string;
  /** Answers of the model so far. */
  readonly turn: number;
  readonly tools: readonly OfferedTool[];
  readonly results: ModelRequest["results"];
}

export interface OfferedTool {
  readonly name: string;
  /** Takes one text and no JSON (OpenAI's custom tools). */
  readonly custom?: true;
  /** OpenAI groups the tools of an MCP server so; a call names the group apart. */
  readonly namespace?: string;
}

/** An answer with its tool calls numbered. */
export interface Reply {
  readonly id: string;
  readonly model: string;
  readonly text: string | undefined;
  readonly calls: readonly {
    readonly id: string;
    readonly name: string;
    readonly input: Record<string, unknown>;
    readonly tool?: OfferedTool;
  }[];
  readonly usage: NonNullable<ScriptedTurn["usage"]>;
}

/** One wire form of a model's API. Pure: the server beside it does the talking. */
export interface Dialect {
  readonly protocol: Exclude<ModelRequest["protocol"], "other">;
  /** Of a path without its query. */
  takes(path: string): boolean;
  read(body: Record<string, unknown>, path: string): Conversation;
  /** Server-sent events as text, in order; joined they are the whole stream. */
  stream(reply: Reply): string[];
  whole(reply: Reply): unknown;
  error(turn: ScriptedTurn & { status: number }): unknown;
}

/** In two pieces, so that a client which reads only the first is found out. */
export function halve(text: string): string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)].filter((piece) => piece !== "");
}

export function asList(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((one): one is Record<string, unknown> => typeof one === "object" && one !== null) : [];
}

export function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Text of a message's content or of a tool's result: a string, or parts of which some have text. */
export function readText(content: unknown): string {
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return content.map((part) => (typeof part === "string" ? part : readPart(part))).join("\n");
  return content === undefined || content === null ? "" : JSON.stringify(content);
}

function readPart(part: unknown): string {
  if (typeof part !== "object" || part === null) return "";
  const { text } = part as { text?: unknown };
  return typeof text === "string" ? text : JSON.stringify(part);
}
