import type { ToolCall } from "../../../contract/policy.ts";
import type { Act, Deed, ToolNature } from "../act.ts";
import type { Scene } from "../scene.ts";
import { findSwitchedOff } from "./find-switched-off.ts";
import { readFetchTool } from "./read-fetch-tool.ts";
import { readFileTool } from "./read-file-tool.ts";
import { readPatchTool } from "./read-patch-tool.ts";
import { readGlobTool, readGrepTool } from "./read-search-tool.ts";
import { readShellTool } from "./read-shell-tool.ts";

export interface ToolInput {
  readonly scene: Scene;
  readonly call: ToolCall;
  readonly input: Record<string, unknown>;
}

export interface Tool {
  readonly nature: ToolNature;
  read(args: ToolInput): Act[];
}

const reads: Tool = { nature: "read", read: (args) => readFileTool(args, { access: "read", deep: false }) };
const lists: Tool = { nature: "read", read: (args) => readFileTool(args, { access: "read", deep: true }) };
const writes: Tool = { nature: "write", read: (args) => readFileTool(args, { access: "write", deep: false }) };
const greps: Tool = { nature: "read", read: readGrepTool };
const globs: Tool = { nature: "read", read: readGlobTool };
const patches: Tool = { nature: "write", read: readPatchTool };
const shells: Tool = { nature: "shell", read: readShellTool };
const fetches: Tool = { nature: "fetch", read: readFetchTool };
/** Words for the operator, the model or the client itself; no file, no command. */
const talks: Tool = { nature: "talk", read: ({ input }) => findSwitchedOff(input) };
/** What the started agent does is judged call by call. */
const spawns: Tool = { nature: "spawn", read: ({ input }) => findSwitchedOff(input) };
const deed = (name: Deed): Tool => ({ nature: "talk", read: ({ call }) => [{ kind: "deed", deed: name, shown: call.tool }] });

/** By name without case, `_` and `-`: clients spell theirs differently, and a matcher in the wrong case guards nothing. */
const tools: ReadonlyMap<string, Tool> = new Map([
  ...row(reads, "Read NotebookRead ReadFile read_many_files View ViewImage LSP"),
  ...row(lists, "LS List list_directory list_dir"),
  ...row(writes, "Write Edit MultiEdit NotebookEdit write_file replace create_file edit_file str_replace_based_edit_tool"),
  ...row(patches, "apply_patch patch"),
  ...row(greps, "Grep search_file_content grep_search grep_files"),
  ...row(globs, "Glob find_files"),
  ...row(shells, "Bash shell local_shell shell_command exec_command run_shell_command unified_exec Monitor"),
  ...row(fetches, "WebFetch web_fetch ReadMcpResourceTool read_mcp_resource"),
  ...row(
    talks,
    "TodoWrite TodoRead write_todos AskUserQuestion question ask_user ExitPlanMode EnterPlanMode update_plan Skill activate_skill",
  ),
  ...row(talks, "SlashCommand ToolSearch StructuredOutput ListMcpResourcesTool list_mcp_resources WebSearch google_web_search"),
  ...row(talks, "BashOutput KillShell KillBash TaskOutput TaskStop TaskCreate TaskUpdate TaskList TaskGet write_stdin complete_task"),
  ...row(spawns, "Task Agent spawn_agent delegate_to_agent"),
  ...row(deed("spawn-workflow"), "Workflow CronCreate CronDelete RemoteTrigger ScheduleWakeup TeamCreate"),
  ...row(deed("remove-worktree"), "EnterWorktree ExitWorktree"),
  ...row(deed("user-settings"), "Config save_memory"),
]);

function row(tool: Tool, names: string): [string, Tool][] {
  return names.split(" ").map((name) => [foldTool(name), tool]);
}

function foldTool(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, "");
}

const ownTools: Readonly<Record<string, RegExp>> = { opencode: /^mos_(\w+)$/, codex: /^mos__(\w+)$/, gemini: /^(?:mcp_)?mos__?(\w+)$/ };

/** The tool of that name, for this client. `mos`'s own tools decide for themselves who may do what; `run` is a shell. */
export function findTool(client: string, name: string): Tool | undefined {
  const own = ownTools[client]?.exec(name)?.[1];
  if (own !== undefined) return own === "run" ? shells : { nature: "own", read: () => [] };
  return tools.get(foldTool(name));
}
