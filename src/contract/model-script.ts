import { z } from "zod";

/** A tool call that the scripted model makes. `{{name}}` in strings is replaced by the server's variables. */
export const ScriptedTool = z.strictObject({ name: z.string().min(1), input: z.record(z.string(), z.unknown()) });

/**
 * One answer of the model. A status answers with that HTTP error instead; `hangMs` waits first; `cut` ends the stream in its
 * middle, `stallMs` waits there, and `malformed` says there what is not of the protocol.
 */
export const ScriptedTurn = z.strictObject({
  text: z.string().optional(),
  tools: z.array(ScriptedTool).optional(),
  status: z.int().min(400).max(599).optional(),
  retryAfterSeconds: z.int().min(0).optional(),
  hangMs: z.int().min(0).optional(),
  stallMs: z.int().min(0).optional(),
  cut: z.literal(true).optional(),
  malformed: z.literal(true).optional(),
  /** The fault comes to the first so many requests for this turn; after them the same turn is played without it. Default: to all. */
  times: z.int().min(1).optional(),
  /** Tokens that the answer says it has used, the kinds disjoint; default 10, 10, 0 and 0. OpenAI's and Google's forms know no cache writes. */
  usage: z
    .strictObject({
      input: z.int().min(0),
      output: z.int().min(0),
      cacheRead: z.int().min(0).optional(),
      cacheWrite: z.int().min(0).optional(),
    })
    .optional(),
});
export type ScriptedTool = z.infer<typeof ScriptedTool>;
export type ScriptedTurn = z.infer<typeof ScriptedTurn>;

/** Which turns are played to a conversation: the first route whose text stands in what the user said before the model's first answer. */
export const ScriptedRoute = z.strictObject({ match: z.string().min(1), turns: z.array(ScriptedTurn) });

/**
 * A whole scripted model. The turn's index is the number of answers of the model already in the request, so parallel
 * conversations need no state. After the last turn it says "done". A request that offers no tools (a title, a summary) is
 * answered "ok" and is no turn, unless `playsWithoutTools`.
 */
export const ModelScript = z.strictObject({
  routes: z.array(ScriptedRoute).default([]),
  default: z.array(ScriptedTurn).default([]),
  playsWithoutTools: z.boolean().default(false),
});
export type ModelScript = z.infer<typeof ModelScript>;

/** One request that the server got, for those who look at it afterwards. */
export interface ModelRequest {
  readonly protocol: "anthropic-messages" | "openai-responses" | "openai-chat" | "google-generate" | "other";
  /** Counted from 1. */
  readonly number: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Route's text, or `default`; `none` for a request that plays no turn. */
  readonly route: string;
  readonly turn: number;
  /** Names of the tools offered. */
  readonly tools: readonly string[];
  /** Results of tool calls in this request, in order: what the client answered to the calls before. */
  readonly results: readonly { readonly id: string; readonly isError: boolean; readonly text: string }[];
  readonly body: unknown;
}

/** A tool call that the model made, with what the client answered to it in its next request. */
export interface ModelCall extends ScriptedTool {
  readonly id: string;
  readonly route: string;
  readonly turn: number;
  /** Absent: no answer came. `isError` is always false in the OpenAI forms, which do not say. */
  readonly result?: { readonly isError: boolean; readonly text: string };
}
