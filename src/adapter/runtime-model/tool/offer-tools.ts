import type { ToolSet } from "ai";
import type { AgentTool } from "../../../contract/agent.ts";
import type { Play } from "../../../port/role-runtime.ts";

/** How a run ends: with the role's output. */
export const handInTool = "hand_in";

const text = (description: string) => ({ type: "string", description }) as const;
const number = (description: string) => ({ type: "integer", minimum: 1, description }) as const;
const path = text("relative to the tree's root");

interface ToolText {
  readonly description: string;
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
}

const described: Readonly<Record<AgentTool, ToolText>> = {
  read: {
    description: "Reads a text file of the tree, with line numbers; of a folder it lists what is there.",
    properties: { path, offset: number("first line; default 1"), limit: number("lines; default 1000") },
    required: ["path"],
  },
  search: {
    description: "Finds lines that match a regular expression (JavaScript's), with file and line. Passes over node_modules and .git.",
    properties: {
      pattern: text("the expression"),
      path: text("a file or folder; default all"),
      files: text("only names that end so: .ts"),
    },
    required: ["pattern"],
  },
  edit: {
    description: "Replaces a text that stands exactly once in a file by another.",
    properties: {
      path,
      old: text("as it stands, spaces and line ends too"),
      new: text("what takes its place"),
      all: { type: "boolean", description: "wherever it stands" },
    },
    required: ["path", "old", "new"],
  },
  write: {
    description: "Writes a whole file, made or replaced; folders on the way are made.",
    properties: { path, content: text("all of it") },
    required: ["path", "content"],
  },
  run: {
    description:
      "Runs a shell command (sh -c) in the sandbox, at the tree's root. No network; the tree alone is kept. Gives what it printed and its exit code.",
    properties: { command: text("for sh -c"), seconds: number("it is ended after so long; default 600") },
    required: ["command"],
  },
};

/** The tools of this run: those of the role, and of these none that writes where the role may not; and how to hand in. */
export async function offerTools(play: Pick<Play, "tools" | "writable" | "outputSchema">): Promise<ToolSet> {
  const { jsonSchema } = await import("ai");
  const make = (description: string, schema: object) => ({ description, inputSchema: jsonSchema(schema) });
  const offered = listOffered(play).map((name) => {
    const { description, properties, required } = described[name];
    return [name, make(description, { type: "object", properties, required, additionalProperties: false })] as const;
  });
  const handIn = make("Hands in your output and ends the work. Call it once, at the end, by itself.", play.outputSchema);
  return { ...Object.fromEntries(offered), [handInTool]: handIn } as ToolSet;
}

/** In a fixed order: a provider keeps what begins with the same. */
export function listOffered({ tools, writable }: Pick<Play, "tools" | "writable">): AgentTool[] {
  const all: readonly AgentTool[] = ["read", "search", "edit", "write", "run"];
  return all.filter((name) => tools.includes(name) && (writable || (name !== "edit" && name !== "write")));
}
