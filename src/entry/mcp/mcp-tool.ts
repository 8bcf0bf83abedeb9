import type { ZodObject, z } from "zod";
import type { OpenWorld } from "../compose.ts";

/** What one call may use: a world that was opened for it. `domain` is the one that the server is bound to, if it is. */
export interface ToolContext extends OpenWorld {
  readonly domain: string | undefined;
}

/** One tool of an MCP server. */
export interface McpTool {
  readonly name: string;
  readonly title: string;
  /** For a model: what it gives, when to call it, what to do next. */
  readonly description: string;
  readonly input: ZodObject;
  readonly output: ZodObject;
  /** It changes nothing. Others wait for one another. */
  readonly readOnly: boolean;
  readonly run: (context: ToolContext, input: unknown) => Promise<Record<string, unknown>>;
}

/** Ties the types of input and output to what runs, then forgets them for the list. */
export function defineTool<Input extends ZodObject, Output extends ZodObject>(tool: {
  name: string;
  title: string;
  description: string;
  input: Input;
  output: Output;
  readOnly: boolean;
  run: (context: ToolContext, input: z.infer<Input>) => Promise<z.input<Output>>;
}): McpTool {
  return tool as unknown as McpTool;
}
