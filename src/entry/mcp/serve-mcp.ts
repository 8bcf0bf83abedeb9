import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import PQueue from "p-queue";
import { MosError } from "../../contract/error.ts";
import { mentionsSealed } from "../../core/workspace/mentions-sealed.ts";
import type { World } from "../../port/world.ts";
import { toMosError } from "../cli/show/show-error.ts";
import { composeWorld, type OpenWorld } from "../compose.ts";
import type { McpTool } from "./mcp-tool.ts";
import { type ProgressNote, relayProgress } from "./relay-progress.ts";
import { fenceFields, type McpAnswer, writeAnswer, writeFailure } from "./write-answer.ts";

export interface ServeArgs {
  /** The workspace, absolute: fixed for the life of the server. */
  readonly root: string;
  readonly version: string;
  /** Fixed as well; absent for the orchestrator's server. */
  readonly domain?: string;
  readonly tools: readonly McpTool[];
  readonly instructions: string;
  readonly signal: AbortSignal;
}

/** Calls that change something wait for one another, at most so many. */
const waitingMax = 8;

/**
 * An MCP server on stdin and stdout, until the client leaves or the signal ends it. Every call opens the workspace anew: a
 * domain that was sealed a moment ago is sealed for the next call, and a server that idles holds nothing.
 */
export async function serveMcp(args: ServeArgs): Promise<void> {
  const changes = new PQueue({ concurrency: 1 });
  const ended = new AbortController();
  const signal = AbortSignal.any([args.signal, ended.signal]);
  const running = new Set<Promise<unknown>>();
  const handle = serveStdio(() => {
    const server = new McpServer({ name: "mos", version: args.version }, { instructions: args.instructions });
    for (const tool of args.tools) {
      const { name, title, description, input, output, readOnly } = tool;
      const annotations = { title, readOnlyHint: readOnly, destructiveHint: false, idempotentHint: readOnly, openWorldHint: false };
      server.registerTool(
        name,
        { title, description, inputSchema: input, outputSchema: output.extend(fenceFields), annotations },
        async (given, context) => {
          const { signal: cancelled, _meta, notify } = context.mcpReq;
          const progress = relayProgress({ token: _meta?.progressToken, notify: (note: ProgressNote) => notify(note) });
          const call = { tool, given, signal: AbortSignal.any([signal, cancelled]), report: progress.report };
          const work = inTurn(changes, readOnly, () => answerCall(args, call)).finally(progress.stop);
          running.add(work);
          return (await work.finally(() => running.delete(work))) as never;
        },
      );
    }
    return server;
  });
  await untilEnded(args.signal);
  ended.abort(new MosError({ code: "interrupted", message: "The client left.", hint: "" }));
  await Promise.allSettled(running);
  await handle.close();
}

async function inTurn(changes: PQueue, readOnly: boolean, work: () => Promise<McpAnswer>): Promise<McpAnswer> {
  if (readOnly) return await work();
  if (changes.size >= waitingMax)
    return writeFailure(new MosError({ code: "busy", message: "Too many calls wait already.", hint: "Wait for their answers." }));
  return await changes.add(work);
}

async function answerCall(
  args: ServeArgs,
  call: {
    tool: McpTool;
    given: unknown;
    signal: AbortSignal;
    report: (world: World | undefined, ...progress: Parameters<World["report"]>) => void;
  },
): Promise<McpAnswer> {
  let opened: OpenWorld | undefined;
  try {
    call.signal.throwIfAborted();
    opened = await composeWorld({
      start: args.root,
      exact: true,
      report: (progress) => call.report(opened?.world, progress),
      signal: call.signal,
    });
    const data = await call.tool.run({ ...opened, domain: args.domain }, call.given);
    return writeAnswer(data);
  } catch (thrown) {
    return writeFailure(withholdError(args, opened?.world, toMosError(thrown, call.signal)));
  } finally {
    await opened?.close().catch(() => undefined);
  }
}

/** What failed inside a sealed domain is not told to a session that sees all the others. */
function withholdError(args: ServeArgs, world: World | undefined, error: MosError): MosError {
  if (args.domain !== undefined || error.code === "domain-sealed") return error;
  if (world !== undefined && !mentionsSealed(world.workspace, `${error.message}\n${error.hint}`)) return error;
  if (world === undefined) return error;
  return new MosError({
    code: error.code,
    message: "It has to do with a sealed domain.",
    hint: "The operator sees what it is in a terminal of their own: mos doctor, mos status.",
  });
}

async function untilEnded(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
    process.stdin.once("end", resolve);
    process.stdin.once("close", resolve);
  });
}
