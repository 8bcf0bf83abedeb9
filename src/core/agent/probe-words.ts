import type { ScriptedTool } from "../../contract/model-script.ts";
import type { ClientName } from "../../port/agent-client.ts";
import { findVocabulary } from "../prove/vocabulary.ts";

/** How a client's model asks for each thing: by the client's own tool, and by those of Master OS. */
export interface ProbeWords {
  read?(path: string): ScriptedTool;
  search?(pattern: string, folder: string): ScriptedTool;
  edit?(path: string, before: string, after: string): ScriptedTool;
  write?(path: string, content: string): ScriptedTool;
  /** The client's own shell. */
  shell(command: string): ScriptedTool;
  /** Master OS's `run`. */
  run(command: string): ScriptedTool;
  /** Starts another agent and waits for it. */
  spawn(prompt: string): ScriptedTool;
  /** Starts agents by a script of its own. */
  workflow?(prompt: string): ScriptedTool;
  /** Puts a question to the person. */
  ask(question: string): ScriptedTool;
  fetch?(url: string): ScriptedTool;
}

const yesOrNo = [
  { label: "Yes", description: "yes" },
  { label: "No", description: "no" },
];

type Own = Pick<ProbeWords, "read" | "search" | "edit" | "write" | "ask" | "fetch"> & Partial<Pick<ProbeWords, "spawn">>;

const own: Partial<Record<ClientName, Own>> = {
  claude: {
    read: (path) => ({ name: "Read", input: { file_path: path } }),
    search: (pattern, folder) => ({ name: "Grep", input: { pattern, path: folder, output_mode: "content" } }),
    edit: (path, before, after) => ({ name: "Edit", input: { file_path: path, old_string: before, new_string: after } }),
    write: (path, content) => ({ name: "Write", input: { file_path: path, content } }),
    ask: (question) => ({
      name: "AskUserQuestion",
      input: { questions: [{ question, header: "Probe", multiSelect: false, options: yesOrNo }] },
    }),
    fetch: (url) => ({ name: "WebFetch", input: { url, prompt: "What does it say?" } }),
  },
  codex: {
    edit: (path, before, after) => patch(`*** Update File: ${path}\n@@\n-${before}\n+${after}`),
    write: (path, content) => patch(`*** Add File: ${path}\n+${content}`),
    spawn: (prompt) => ({ name: "spawn_agent", input: { task_name: "probe", message: prompt } }),
    ask: (question) => ({
      name: "request_user_input",
      input: { questions: [{ id: "probe", header: "Probe", question, options: yesOrNo }] },
    }),
  },
  opencode: {
    read: (path) => ({ name: "read", input: { filePath: path } }),
    search: (pattern, folder) => ({ name: "grep", input: { pattern, path: folder } }),
    edit: (path, before, after) => ({ name: "edit", input: { filePath: path, oldString: before, newString: after } }),
    write: (path, content) => ({ name: "write", input: { filePath: path, content } }),
    ask: (question) => ({ name: "question", input: { questions: [{ question, header: "Probe", options: yesOrNo }] } }),
    fetch: (url) => ({ name: "webfetch", input: { url, format: "text" } }),
  },
};

function patch(text: string): ScriptedTool {
  return { name: "apply_patch", input: { input: `*** Begin Patch\n${text}\n*** End Patch` } };
}

/** A way in which a client offers its model tools: there may be one for each kind of model. */
export interface ProbeForm {
  /** Named to the client; absent: the one that it takes by itself. */
  readonly model?: string;
  readonly words: ProbeWords;
  /** Nobody has seen what its own tools are called: Master OS's alone are tried, and what else it is offered and could act by is open. */
  readonly stranger?: true;
}

/** The first is how a role is started that names no model. None for a client whose words nobody has seen. */
export function listProbeForms(client: ClientName): ProbeForm[] {
  const words = findWords(client);
  if (!words) return [];
  return client === "codex" ? [{ words: putInScripts(words) }, { model: "gpt-5.4", words }] : [{ words }];
}

/** Of an agent that speaks ACP, by the program that mos.yaml starts. */
export function listAcpForms(program: string): ProbeForm[] {
  const known = program.split("/").at(-1) === "opencode" ? findWords("opencode") : undefined;
  return known ? [{ words: known }] : [{ words: strangerWords, stranger: true }];
}

const mosRun = "{run}";

/** Our `run` by the name that this agent gives it, which is found when it is offered; the others by names that are usual. */
const strangerWords: ProbeWords = {
  shell: (command) => ({ name: "bash", input: { command, description: "try it" } }),
  run: (command) => ({ name: mosRun, input: { command } }),
  spawn: (prompt) => ({ name: "task", input: { description: "try it", subagent_type: "general", prompt } }),
  ask: (question) => ({ name: "question", input: { questions: [{ question, header: "Probe", options: yesOrNo }] } }),
};

/** The call as this agent offers it; what it does not offer is called `mos_run`. */
export function nameForAgent(call: ScriptedTool, offered: readonly string[]): ScriptedTool {
  return call.name === mosRun ? { ...call, name: offered.find((name) => /(^|[^a-z])run$/i.test(name)) ?? "mos_run" } : call;
}

/** Tools by whose names nothing can be told for sure, and by which an agent might run commands, start agents or ask a person. */
export function listStrange(offered: readonly string[]): string[] {
  const ours = /(^|[^a-z])(run|hand_?in)$/i;
  return offered.filter(
    (name) =>
      !ours.test(name) &&
      /bash|shell|exec|terminal|command|python|script|agent|task|delegate|spawn|recipe|ask|question|elicit|fetch|browse/i.test(name),
  );
}

/** The tool that a call is of: of one that is made in a script, that of the script's call. */
export function nameTool({ name, input }: ScriptedTool): string {
  return (name === "exec" && /\btools\.(\w+)\(/.exec(String(input.input))?.[1]) || name;
}

/** Codex 0.169.0 offers its default model one tool, which takes JavaScript, and those that act are called in there. */
function putInScripts(words: ProbeWords): ProbeWords {
  const put = ({ name, input }: ScriptedTool): ScriptedTool => {
    const argument = name === "apply_patch" ? input.input : input;
    const call = `tools.${name === "mcp__mosrun" ? "mcp__mos__run" : name}(${JSON.stringify(argument)})`;
    return { name: "exec", input: { input: `text(JSON.stringify(await ${call}))` } };
  };
  const { edit, write } = words;
  return {
    ...(edit ? { edit: (...args: Parameters<typeof edit>) => put(edit(...args)) } : {}),
    ...(write ? { write: (...args: Parameters<typeof write>) => put(write(...args)) } : {}),
    shell: (command) => put(words.shell(command)),
    run: (command) => put(words.run(command)),
    // These two stand beside it, and are called as they are; an agent that is given the conversation could not be told from its parent.
    spawn: (prompt) => ({ ...words.spawn(prompt), input: { ...words.spawn(prompt).input, fork_turns: "none" } }),
    ask: words.ask,
  };
}

function findWords(client: ClientName): ProbeWords | undefined {
  const words = findVocabulary(client);
  const mine = own[client];
  if (!words || !mine) return undefined;
  const { spawn, workflow } = words;
  const start = mine.spawn ?? spawn;
  if (!start) return undefined;
  return {
    ...mine,
    shell: (command) => words.run(command)[0] as ScriptedTool,
    run: (command) => words.run(command).at(-1) as ScriptedTool,
    spawn: start,
    ...(workflow ? { workflow } : {}),
  };
}
