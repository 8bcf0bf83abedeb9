import { z } from "zod";
import type { AgentTool } from "../../../contract/agent.ts";

const Path = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.includes("\0"), "holds a zero byte");
const Line = z.int().min(1);

const inputs = {
  read: z.strictObject({ path: Path, offset: Line.optional(), limit: Line.optional() }),
  search: z.strictObject({ pattern: z.string().min(1).max(1000), path: Path.optional(), files: z.string().max(200).optional() }),
  edit: z.strictObject({ path: Path, old: z.string().min(1), new: z.string(), all: z.boolean().optional() }),
  write: z.strictObject({ path: Path, content: z.string() }),
  run: z.strictObject({
    command: z
      .string()
      .min(1)
      .max(65_536)
      .refine((command) => !command.includes("\0"), "holds a zero byte"),
    seconds: z.int().min(1).optional(),
  }),
} as const;

type Right = { [T in AgentTool]: { readonly kind: "right"; readonly tool: T; readonly input: z.infer<(typeof inputs)[T]> } }[AgentTool];
export type ReadInput = Right | { readonly kind: "wrong"; readonly text: string };

/** What the model gave a tool, checked; where it is wrong, what is, in words for the model. */
export function readInput(tool: AgentTool, input: unknown): ReadInput {
  const read = inputs[tool].safeParse(input);
  if (read.success) return { kind: "right", tool, input: read.data } as Right;
  const faults = read.error.issues.slice(0, 5).map(({ path, message }) => `${path.join(".") || "the input"}: ${message}`);
  return { kind: "wrong", text: `${tool} was called wrongly. ${faults.join("; ")}. Call it again.` };
}
