import { z } from "zod";

/** A tool call that the scripted model makes. `{{name}}` in strings is replaced by the server's variables. */
export const ScriptedTool = z.strictObject({ name: z.string().min(1), input: z.record(z.string(), z.unknown()) });

/** One answer of the model. A status answers with that HTTP error instead; `hangMs` waits first; `cut` ends the stream in its middle. */
export const ScriptedTurn = z.strictObject({
  text: z.string().optional(),
  tools: z.array(ScriptedTool).optional(),
  status: z.int().min(400).max(599).optional(),
  retryAfterSeconds: z.int().min(0).optional(),
  hangMs: z.int().min(0).optional(),
  cut: z.literal(true).optional(),
});
export type ScriptedTurn = z.infer<typeof ScriptedTurn>;

/** Which turns are played to a conversation: the first route whose text stands in its first user message. */
export const ScriptedRoute = z.strictObject({ match: z.string().min(1), turns: z.array(ScriptedTurn) });

/**
 * A whole scripted model. The turn's index is the number of assistant messages (tool results, for OpenAI forms) already in the
 * request, so parallel conversations need no state. After the last turn it says "done".
 */
export const ModelScript = z.strictObject({ routes: z.array(ScriptedRoute).default([]), default: z.array(ScriptedTurn).default([]) });
export type ModelScript = z.infer<typeof ModelScript>;

/** One request that the server got, for those who look at it afterwards. */
export interface ModelRequest {
  readonly protocol: "anthropic-messages" | "openai-responses" | "openai-chat" | "other";
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Route's text, or `default`. */
  readonly route: string;
  readonly turn: number;
  /** Names of the tools offered. */
  readonly tools: readonly string[];
  /** Results of tool calls in this request, in order: what the client answered to the calls before. */
  readonly results: readonly { readonly id: string; readonly isError: boolean; readonly text: string }[];
  readonly body: unknown;
}
