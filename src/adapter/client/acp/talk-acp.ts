import * as acp from "@agentclientprotocol/sdk";
import type { RunFailure } from "../../../contract/agent.ts";
import type { Decision, ToolCall } from "../../../contract/policy.ts";
import type { ClientHost, ClientReading, ClientRun, ClientTalk } from "../../../port/agent-client.ts";
import { readCount, readFields } from "../read-json-lines.ts";
import { findPalette } from "../role-palette.ts";
import { answerPermission, readPermission } from "./judge-permission.ts";
import { type Message, openLines } from "./open-lines.ts";
import { createUpdates } from "./read-updates.ts";
import { serveHost } from "./serve-host.ts";

const protocolVersion = 1;
/** Of opening a session: an agent starts its MCP servers meanwhile. */
const openingMs = 60_000;
/** Of one conversation: an agent can ask without a model that it would have to pay for. */
const asksMax = 5000;
const refusalsMax = 300;

/**
 * One prompt to an agent that speaks the Agent Client Protocol, version 1, from `initialize` to its stop reason. Whatever it
 * asks for is judged by the guards and done in the tool box, or refused; that it asks is its own choice, so nothing rests on it.
 * Its run's tools come to it as the MCP server `mos`.
 */
export async function talkAcp(run: ClientRun, host: ClientHost): Promise<ClientTalk> {
  const { writes, runs } = findPalette(run);
  let [asks, refusals] = [0, 0];
  const ask = async (call: ToolCall): Promise<Decision> => {
    asks += 1;
    const decision = await host.ask(call);
    if (decision.decision === "deny") refusals += 1;
    if (refusals > refusalsMax) fail("no-progress", `${refusalsMax} things that it asked for were refused, and it asked on`);
    else if (asks > asksMax) fail("no-progress", `it asked for leave ${asksMax} times`);
    return decision;
  };
  const served = serveHost({ ...host, ask }, { cwd: run.tree, writes, runs });
  const updates = createUpdates((line) => lines.keep(line));
  let end: Pick<ClientReading, "ended" | "fault"> | undefined;
  let usage: ClientReading["usage"] = nothingUsed;
  let over: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  const finish = (how: Pick<ClientReading, "ended" | "fault">) => {
    if (end) return;
    end = how;
    served.close();
    lines.close();
    over();
  };
  const fail = (failure: RunFailure, message: string) => finish({ ended: false, fault: { failure, message: message.slice(0, 1000) } });
  const lines = openLines({
    onUpdate: (message) => updates.take(readFields(readFields(message.params).update)),
    // Later drafts of the protocol tell it in the answer to the prompt; the library drops what it does not know.
    onAnswer: (result) => {
      const { usage: told, stopReason } = readFields(result);
      if (told !== undefined && typeof stopReason === "string") usage = readUsage(readFields(told));
    },
    onFault: (message) => fail("malformed", message),
  });

  const connection = acp
    .client({ name: "mos" })
    .onRequest("session/request_permission", ({ params }) => {
      const call = updates.findCall(params.toolCall as unknown as Message);
      return answerPermission(params, readPermission(call, { cwd: run.tree, writes }), ask);
    })
    .onRequest("fs/read_text_file", ({ params }) => served.readTextFile(params))
    .onRequest("fs/write_text_file", ({ params }) => served.writeTextFile(params))
    .onRequest("terminal/create", ({ params }) => served.createTerminal(params))
    .onRequest("terminal/output", ({ params }) => served.terminalOutput(params))
    .onRequest("terminal/wait_for_exit", ({ params }) => served.waitForTerminalExit(params))
    .onRequest("terminal/kill", ({ params }) => served.killTerminal(params))
    .onRequest("terminal/release", ({ params }) => served.releaseTerminal(params))
    .connect(lines.stream);

  const converse = async () => {
    const { agent } = connection;
    const opening = AbortSignal.timeout(openingMs);
    const offered = await agent.request(
      "initialize",
      {
        protocolVersion,
        clientCapabilities: { fs: { readTextFile: true, writeTextFile: writes }, terminal: runs },
        clientInfo: { name: "mos", title: "Master OS", version: "1" },
      },
      { cancellationSignal: opening },
    );
    if (offered.protocolVersion !== protocolVersion)
      return fail("not-ready", `it speaks version ${offered.protocolVersion} of the protocol, and ${protocolVersion} is needed`);
    if (offered.agentCapabilities?.mcpCapabilities?.http !== true)
      return fail("not-ready", "it takes no MCP servers over HTTP, and its tools come by one");
    const headers = [{ name: "x-mos-run", value: run.token }];
    const session = await agent.request<acp.NewSessionResponse, acp.NewSessionRequest>(
      "session/new",
      { cwd: run.tree, mcpServers: [{ type: "http", name: "mos", url: `${run.relay}/mcp`, headers }] },
      { cancellationSignal: opening },
    );
    const { sessionId } = session;
    if (run.model !== undefined) await chooseModel(agent, session, run.model);
    const { stopReason } = await agent.request<acp.PromptResponse, acp.PromptRequest>("session/prompt", {
      sessionId,
      prompt: [{ type: "text", text: writePrompt(run) }],
    });
    const why = stops[stopReason];
    return why === undefined
      ? finish({ ended: true })
      : finish({ ended: true, fault: { failure: why, message: `it stopped with ${stopReason}` } });
  };
  void converse().catch((error: unknown) => {
    const { code } = error as { code?: unknown };
    const said = describe(error);
    // -32000: it wants a login of its own, which is never in its box.
    fail(code === -32000 ? "not-ready" : refusedKey.test(said) ? "refused-by-provider" : "died", said);
  });

  return {
    input: lines.input,
    ended,
    take: (text) => {
      lines.take(text);
      return updates.drain();
    },
    end: () => {
      finish({ ended: false });
      connection.close();
      return { ...updates.end(), usage, strange: lines.strange(), ...(end ?? { ended: false }) };
    },
    kept: () =>
      lines
        .drain()
        .map((line) => `${line}\n`)
        .join(""),
  };
}

/** It has no place of its own for guidance. */
function writePrompt({ system, prompt, outputSchema }: ClientRun): string {
  const handIn =
    "When you are done, call the tool hand_in of the MCP server mos with the result, as its schema says. Without it the run has failed.";
  return [system, prompt, outputSchema && handIn].filter((part) => part !== undefined).join("\n\n");
}

const stops: Readonly<Record<string, RunFailure | undefined>> = {
  end_turn: undefined,
  max_tokens: "no-output",
  max_turn_requests: "budget",
  refusal: "refused-by-provider",
  cancelled: "cancelled",
};
/** How agents pass on a provider's refusal: the protocol has no word for it. */
const refusedKey = /\b40[13]\b|unauthori[sz]ed|(invalid|incorrect).{0,20}api.?key|permission_error|authentication_error/i;
const nothingUsed = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** Where it offers models by that name; one that it does not offer was told by its settings, or is not to be had. */
async function chooseModel(agent: acp.ClientContext, session: acp.NewSessionResponse, model: string): Promise<void> {
  for (const option of session.configOptions ?? []) {
    if (option.category !== "model" || option.type !== "select") continue;
    const values = option.options.flatMap((one) => ("options" in one ? one.options : [one]));
    const found = values.find(({ value, name }) => value === model || name === model || value.endsWith(`/${model}`));
    if (!found || option.currentValue === found.value) return;
    await agent.request("session/set_config_option", { sessionId: session.sessionId, configId: option.id, value: found.value });
    return;
  }
}

function readUsage(told: Message): ClientReading["usage"] {
  return {
    inputTokens: readCount(told.inputTokens),
    outputTokens: readCount(told.outputTokens),
    cacheReadTokens: readCount(told.cachedReadTokens),
    cacheWriteTokens: readCount(told.cachedWriteTokens),
  };
}

function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const data = (error as { data?: unknown } | undefined)?.data;
  return data === undefined ? message : `${message}: ${JSON.stringify(data)}`;
}
