/** A line of a run's transcript, for a reader. All of it is untrusted text. */
export interface TranscriptLine {
  /** `model`: what it said; `call`: a tool that it called; `answer`: what came of it; `note`: anything else. */
  readonly who: "model" | "call" | "answer" | "note";
  readonly text: string;
}

type Fields = Readonly<Record<string, unknown>>;

const charsMax = 2000;
const linesMax = 50;

/**
 * One JSON value of a transcript, in words: what Claude Code, Codex, OpenCode and agents that speak ACP print, and what our own runs write. Of what
 * is not known only the kind is told; what is no JSON is shown as it is. Pure, bounded, never throws.
 */
export function readTranscriptLine(line: string): TranscriptLine[] {
  if (line.trim() === "") return [];
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return [say("note", line)];
  }
  const fields = asFields(value);
  const read = readOwn(fields) ?? readClaude(fields) ?? readCodex(fields) ?? readOpencode(fields) ?? readAcp(fields);
  const told = read ?? [say("note", String(fields.type ?? fields.kind ?? fields.method ?? "something"))];
  return told.filter(({ text }) => text !== "").slice(0, linesMax);
}

/** Our own runs, and what is said beside a client's own lines. */
function readOwn(fields: Fields): TranscriptLine[] | undefined {
  if (fields.type === "mos") {
    if (fields.cut === true) return [say("note", "the rest was not kept: the transcript is as long as it may be")];
    return [say("note", asText(fields.text) || Object.keys(fields).join(" "))];
  }
  switch (fields.kind) {
    case "text":
      return [say("model", asText(fields.text))];
    case "call":
      return [say("call", `${asText(fields.tool)} ${show(fields.input)}`)];
    case "result":
      return [say("answer", `${fields.failed === true ? "failed: " : ""}${asText(fields.text)}`)];
    case "wait":
      return [say("note", `waits for the provider (${asText(fields.failure)}): ${asText(fields.message)}`)];
    case "end":
      return [say("note", `ended: ${asText(fields.outcome)} ${asText(fields.message)}`.trim())];
    case "start":
    case "prompt":
    case "usage":
      return [];
    default:
      return undefined;
  }
}

/** `claude --output-format stream-json`. */
function readClaude(fields: Fields): TranscriptLine[] | undefined {
  if (fields.type === "system" || fields.type === "rate_limit_event") return [];
  if (fields.type === "result") return [say("note", `ended: ${asText(fields.subtype)}`)];
  if (fields.type !== "assistant" && fields.type !== "user") return undefined;
  return asList(asFields(fields.message).content).map((part) => {
    if (part.type === "text") return say(fields.type === "assistant" ? "model" : "note", asText(part.text));
    if (part.type === "tool_use") return say("call", `${asText(part.name)} ${show(part.input)}`);
    if (part.type === "tool_result") return say("answer", `${part.is_error === true ? "failed: " : ""}${showContent(part.content)}`);
    return say("note", "");
  });
}

/** `codex exec --json`. */
function readCodex(fields: Fields): TranscriptLine[] | undefined {
  const type = asText(fields.type);
  if (/^(thread|turn)\./.test(type)) {
    const message = asText(asFields(fields.error).message);
    return message === "" ? [] : [say("note", message)];
  }
  if (!type.startsWith("item.")) return undefined;
  if (type !== "item.completed") return [];
  const item = asFields(fields.item);
  switch (item.type) {
    case "agent_message":
      return [say("model", asText(item.text))];
    case "mcp_tool_call": {
      const answer = showContent(asFields(item.result).content) || asText(asFields(item.error).message);
      return [say("call", `${asText(item.server)}.${asText(item.tool)} ${show(item.arguments)}`), say("answer", answer)];
    }
    case "command_execution":
      return [say("call", asText(item.command)), say("answer", asText(item.aggregated_output))];
    default:
      return [say("note", asText(item.text) || asText(item.message) || asText(item.type))];
  }
}

/** `opencode run --format json`. */
function readOpencode(fields: Fields): TranscriptLine[] | undefined {
  const part = asFields(fields.part);
  if (fields.type === "step_start" || fields.type === "step_finish") return [];
  if (fields.type === "text") return [say("model", asText(part.text))];
  if (fields.type === "tool_use") {
    const state = asFields(part.state);
    const failed = state.status === "error" ? `failed: ${asText(state.error)}` : asText(state.output);
    return [say("call", `${asText(part.tool)} ${show(state.input)}`), say("answer", failed)];
  }
  if (fields.type === "error") return [say("note", show(fields.error))];
  return undefined;
}

/** The Agent Client Protocol: what an agent tells of its work, and what it asks of its client. */
function readAcp(fields: Fields): TranscriptLine[] | undefined {
  if (fields.jsonrpc !== "2.0") return undefined;
  const { method } = fields;
  const params = asFields(fields.params);
  if (method === undefined) return fields.error === undefined ? [] : [say("note", show(asFields(fields.error).message))];
  if (method === "session/update") return readAcpUpdate(asFields(params.update));
  if (method === "terminal/create") return [say("call", [asText(params.command), ...asTexts(params.args)].join(" "))];
  if (method === "fs/read_text_file" || method === "fs/write_text_file") return [say("call", `${method} ${asText(params.path)}`)];
  return [];
}

function readAcpUpdate(update: Fields): TranscriptLine[] {
  const ended = update.status === "completed" || update.status === "failed";
  switch (update.sessionUpdate) {
    case "agent_message_chunk":
      return [say("model", asText(asFields(update.content).text))];
    case "agent_thought_chunk":
      return [say("note", asText(asFields(update.content).text))];
    case "tool_call":
    case "tool_call_update": {
      if (ended)
        return [
          say(
            "answer",
            `${update.status === "failed" ? "failed: " : ""}${showContent(asList(update.content).map(({ content }) => content))}`,
          ),
        ];
      // Told in pieces: first its name, then what it is called with.
      return Object.keys(asFields(update.rawInput)).length === 0 ? [] : [say("call", `${asText(update.title)} ${show(update.rawInput)}`)];
    }
    default:
      return [];
  }
}

function say(who: TranscriptLine["who"], text: string): TranscriptLine {
  const line = text.trim();
  return { who, text: line.length <= charsMax ? line : `${line.slice(0, charsMax - 2)} …` };
}

function show(value: unknown): string {
  return value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
}

function showContent(content: unknown): string {
  if (typeof content === "string") return content;
  return asList(content)
    .map((part) => asText(part.text) || asText(part.type))
    .join("\n");
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function asTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function asFields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function asList(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(asFields) : [];
}
