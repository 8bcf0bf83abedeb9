import type { ScriptedTool } from "../../contract/model-script.ts";
import type { ClientName } from "../../port/agent-client.ts";

/** How a client's model says what it wants. Each gives the calls of all tools that could do it. */
export interface Vocabulary {
  read(path: string): ScriptedTool[];
  search(pattern: string, folder: string): ScriptedTool[];
  write(path: string, content: string): ScriptedTool[];
  /** Client's own shell, and Master OS's `run`. */
  run(command: string): ScriptedTool[];
  /** Starts an agent with this prompt and waits for it; absent where the client has none that a script could start. */
  spawn?(prompt: string): ScriptedTool;
  /** Starts agents past the guards. */
  workflow?(prompt: string): ScriptedTool;
}

const claude: Vocabulary = {
  read: (path) => [{ name: "Read", input: { file_path: path } }, ...claude.run(`cat '${path}'`)],
  search: (pattern, folder) => [{ name: "Grep", input: { pattern, path: folder, output_mode: "content" } }],
  write: (path, content) => [
    { name: "Write", input: { file_path: path, content } },
    ...claude.run(`mkdir -p "$(dirname '${path}')"; printf %s '${content}' > '${path}'`),
  ],
  run: (command) => [
    { name: "Bash", input: { command, description: "try it" } },
    { name: "mcp__mos__run", input: { command } },
  ],
  spawn: (prompt) => ({
    name: "Agent",
    input: { description: "try it", subagent_type: "general-purpose", prompt, run_in_background: false },
  }),
  workflow: (prompt) => ({
    name: "Workflow",
    input: { script: `export const meta = { name: "w", description: "w" };\nreturn await agent(${JSON.stringify(prompt)});` },
  }),
};

const codex: Vocabulary = {
  read: (path) => codex.run(`cat '${path}'`),
  search: (pattern, folder) => codex.run(`grep -r '${pattern}' '${folder}'`),
  write: (path, content) => [
    ...codex.run(`mkdir -p "$(dirname '${path}')"; printf %s '${content}' > '${path}'`),
    { name: "apply_patch", input: { input: `*** Begin Patch\n*** Add File: ${path}\n+${content}\n*** End Patch` } },
  ],
  run: (command) => [
    { name: "exec_command", input: { cmd: command } },
    // One name of namespace and tool, as it offers them.
    { name: "mcp__mosrun", input: { command } },
  ],
};

const opencode: Vocabulary = {
  read: (path) => [{ name: "read", input: { filePath: path } }, ...opencode.run(`cat '${path}'`)],
  search: (pattern, folder) => [{ name: "grep", input: { pattern, path: folder } }],
  write: (path, content) => [
    { name: "write", input: { filePath: path, content } },
    ...opencode.run(`mkdir -p "$(dirname '${path}')"; printf %s '${content}' > '${path}'`),
  ],
  run: (command) => [
    { name: "bash", input: { command, description: "try it" } },
    { name: "mos_run", input: { command } },
  ],
  spawn: (prompt) => ({ name: "task", input: { description: "try it", subagent_type: "general", prompt } }),
};

const vocabularies: Partial<Record<ClientName, Vocabulary>> = { claude, codex, opencode };

/** `undefined` for a client whose words nobody has seen. */
export function findVocabulary(client: ClientName): Vocabulary | undefined {
  return vocabularies[client];
}
