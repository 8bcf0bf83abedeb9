import type { ModelRole } from "../../src/contract/agent.ts";
import type { ModelRequest, ScriptedTurn } from "../../src/contract/model-script.ts";

/** One answer of the model, in words that hold for every client. */
export interface Act {
  /** A new file, relative to the tree. */
  readonly write?: { readonly path: string; readonly content: string };
  readonly run?: string;
  /** The run's structured output, by the client's own way to it. */
  readonly handIn?: unknown;
  readonly usage?: { readonly input: number; readonly output: number };
}

/** What the model says in one run: of this role, and about all of these words. */
export interface Scene {
  readonly role: ModelRole;
  readonly about: readonly string[];
  readonly acts: readonly Act[];
}

const headings: Record<ModelRole, string> = {
  scout: "You are the scout of",
  executor: "You are the executor of",
  verifier: "You are the verifier of",
  distiller: "You are the distiller of",
  librarian: "You are the librarian of one domain",
  "operator-global": "You are the librarian of the cross-domain wiki",
};

/**
 * A scripted model's `onTurn` that plays several roles to several clients at once: the first scene whose role and words stand
 * in the request, its acts in order, in the form of the client that asks. A request that no scene is for ends the run without
 * output, and is kept in `strangers`.
 */
export function playCast(scenes: readonly Scene[]): {
  onTurn(request: ModelRequest): ScriptedTurn | undefined;
  readonly strangers: string[];
} {
  const strangers: string[] = [];
  return {
    strangers,
    onTurn(request) {
      // A title or a summary that a client asks for beside the conversation.
      if (request.tools.length === 0) return undefined;
      const text = JSON.stringify(request.body);
      const scene = scenes.find(({ role, about }) => text.includes(headings[role]) && about.every((words) => text.includes(words)));
      const act = scene?.acts[request.turn];
      if (!scene) strangers.push(text.slice(0, 4000));
      return act ? inFormOf(request, act) : { text: "done" };
    },
  };
}

function inFormOf({ protocol, tools: offered }: ModelRequest, { write, run, handIn, usage }: Act): ScriptedTurn {
  const speaks = protocol === "openai-responses" || protocol === "openai-chat" ? protocol : "anthropic-messages";
  const form = offered.includes("functionsexec") ? byScript : forms[speaks];
  const tools = [
    ...(write ? [form.write(write)] : []),
    ...(run === undefined ? [] : [form.run(run)]),
    ...(handIn === undefined ? [] : form.handIn(handIn)),
  ];
  return {
    text: handIn === undefined ? "Going on." : form.say(handIn),
    ...(tools.length === 0 ? {} : { tools }),
    ...(usage ? { usage } : {}),
  };
}

interface Form {
  write(file: NonNullable<Act["write"]>): NonNullable<ScriptedTurn["tools"]>[number];
  run(command: string): NonNullable<ScriptedTurn["tools"]>[number];
  handIn(output: unknown): NonNullable<ScriptedTurn["tools"]>;
  say(output: unknown): string;
}

const asInput = (output: unknown) => output as Record<string, unknown>;

/** Claude Code, Codex and OpenCode: the names under which each offers its tools and those of the run's server. */
const forms: Record<"anthropic-messages" | "openai-responses" | "openai-chat", Form> = {
  "anthropic-messages": {
    write: ({ path, content }) => ({ name: "Write", input: { file_path: `/work/tree/${path}`, content } }),
    run: (command) => ({ name: "mcp__mos__run", input: { command } }),
    handIn: (output) => [{ name: "StructuredOutput", input: asInput(output) }],
    say: () => "Here it is.",
  },
  "openai-responses": {
    write: ({ path, content }) => ({
      name: "mcp__mosrun",
      input: { command: `mkdir -p "$(dirname '${path}')" && printf '%s' '${content}' > '${path}'` },
    }),
    run: (command) => ({ name: "mcp__mosrun", input: { command } }),
    handIn: () => [],
    say: (output) => JSON.stringify(output),
  },
  "openai-chat": {
    write: ({ path, content }) => ({ name: "write", input: { filePath: `/work/tree/${path}`, content } }),
    run: (command) => ({ name: "mos_run", input: { command } }),
    handIn: (output) => [{ name: "mos_hand_in", input: asInput(output) }],
    say: () => "Here it is.",
  },
};

/** Codex with a model that it drives by scripts: one tool that takes JavaScript, in which the others are called. */
const byScript: Form = {
  write: ({ path, content }) => {
    const lines = content
      .trimEnd()
      .split("\n")
      .map((line) => `+${line}`);
    const patch = ["*** Begin Patch", `*** Add File: ${path}`, ...lines, "*** End Patch"].join("\n");
    return { name: "exec", input: { input: `text(await tools.apply_patch(${JSON.stringify(patch)}))` } };
  },
  run: (command) => ({ name: "exec", input: { input: `text(JSON.stringify(await tools.mcp__mos__run(${JSON.stringify({ command })})))` } }),
  handIn: () => [],
  say: (output) => JSON.stringify(output),
};
