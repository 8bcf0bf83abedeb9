import { claudeClient } from "../../src/adapter/client/claude/claude-client.ts";
import { codexClient } from "../../src/adapter/client/codex/codex-client.ts";
import { opencodeClient } from "../../src/adapter/client/opencode/opencode-client.ts";
import type { AgentClientDriver } from "../../src/port/agent-client.ts";
import {
  describeRoleRuntimeConformance,
  type RoleRuntimeSubject,
  type RuntimeCase,
  type RuntimeWords,
} from "../conformance/role-runtime.ts";
import { openRoleClient } from "../support/open-role-client.ts";
import { findRealClient } from "../support/run-real-client.ts";

const call = (name: string, input: Record<string, unknown>) => ({ tools: [{ name, input }] });
const here = (file: string) => `/work/tree/${file}`;

const claude: RuntimeWords = {
  write: (file, content) => call("Write", { file_path: here(file), content }),
  run: (command) => call("mcp__mos__run", { command }),
  handIn: (output) => call("StructuredOutput", output as Record<string, unknown>),
  outside: (file) => call("Write", { file_path: here(file), content: "x" }),
  spawn: (prompt) => call("Agent", { description: "help", prompt, subagent_type: "general-purpose" }),
};

/** What Codex offers a model that it knows and that works by single calls: no tool for files, everything goes through `run`. */
const codex: RuntimeWords = {
  write: (file, content) =>
    call("mcp__mosrun", { command: `echo ${Buffer.from(content).toString("base64")} | base64 -d > '${file.replaceAll("'", "")}'` }),
  run: (command) => call("mcp__mosrun", { command }),
  handIn: (output) => ({ text: JSON.stringify(output) }),
  outside: (file) => call("shell_command", { command: `touch ${file}` }),
  spawn: (prompt) => call("spawn_agent", { message: prompt }),
};

const script = (...lines: readonly string[]) => call("exec", { input: lines.join("\n") });
const nested = (command: string) => `text(JSON.stringify(await tools.mcp__mos__run(${JSON.stringify({ command })})))`;
const patch = (file: string, content: string) => `*** Begin Patch\n*** Add File: ${file}\n+${content.trimEnd()}\n*** End Patch`;

/** What it offers its default model: one tool that takes JavaScript, in which all others are called. */
const codexByScript: RuntimeWords = {
  write: (file, content) => script(`text(await tools.apply_patch(${JSON.stringify(patch(file, content))}))`),
  run: (command) => script(nested(command)),
  handIn: (output) => ({ text: JSON.stringify(output) }),
  outside: (file) => script(`text(await tools.apply_patch(${JSON.stringify(patch(file, "x"))}))`),
  spawn: (prompt) => script(`text(await tools.spawn_agent(${JSON.stringify({ message: prompt })}))`),
};
/** Where its tools differ; the rest is the same program. */
const byScript: readonly RuntimeCase[] = ["done", "outside-palette", "read-only", "guards", "second-level", "outcome-ends"];

const opencode: RuntimeWords = {
  write: (file, content) => call("write", { filePath: here(file), content }),
  run: (command) => call("mos_run", { command }),
  handIn: (output) => call("mos_hand_in", output as Record<string, unknown>),
  outside: (file) => call("write", { filePath: here(file), content: "x" }),
  spawn: (prompt) => call("task", { description: "help", prompt, subagent_type: "general" }),
};

/** What each run of the tests sees; starting a real client for each of the others takes minutes. */
const always: readonly RuntimeCase[] = ["done", "no-output", "floods", "rate-limit-for-ever", "guards", "usage", "outcome-ends", "secret"];
const isLong = process.env.MOS_TEST_LONG === "1";

async function describeClient(
  driver: AgentClientDriver,
  words: RuntimeWords,
  { name = driver.name, ...more }: Partial<RoleRuntimeSubject> & { name?: string } = {},
): Promise<void> {
  const found = await findRealClient(driver);
  describeRoleRuntimeConformance(name, {
    words,
    wallMs: 10_000,
    only: isLong ? undefined : always,
    ...(found.kind === "found" ? {} : { absent: `${driver.name} is ${found.kind}; ./run test installs it` }),
    open: ({ opened, model, key }) => openRoleClient({ opened, driver, upstream: model.url, credential: { kind: "key", key } }),
    ...more,
  });
}

await describeClient(claudeClient, claude);
await describeClient(codexClient, codex, { model: "gpt-5.4" });
await describeClient(codexClient, codexByScript, { name: "codex by script", only: byScript });
await describeClient(opencodeClient, opencode);
