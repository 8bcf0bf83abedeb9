import { readFields, readList, readText } from "../read-json-lines.ts";
import type { ToldCall } from "./judge-permission.ts";
import type { Message } from "./open-lines.ts";

const callsMax = 2000;
const textCharsMax = 200_000;

/**
 * What an agent tells of its own work, as it comes. All of it untrusted; nothing rests on it but what is shown.
 *
 * @param keep  given what came in pieces, joined to whole lines: a word that is to be hidden may lie in two of them
 */
export function createUpdates(keep: (line: string) => void) {
  const calls = new Map<string, ToldCall & { done: boolean }>();
  let open = 0;
  let piece = { kind: "", line: "" };
  let text = "";
  let turns = 0;
  let inTurn = false;
  let usd: number | undefined;
  const said: string[] = [];

  const speak = () => {
    if (!inTurn) turns += 1;
    inTurn = true;
  };
  const tell = (line: string) => {
    if (line.trim() === "") return;
    if (piece.kind === "agent_message_chunk") said.push(line);
    const update = { sessionUpdate: piece.kind, content: { type: "text", text: line } };
    keep(JSON.stringify({ jsonrpc: "2.0", method: "session/update", params: { update } }));
  };
  const finishLine = () => {
    tell(piece.line);
    piece = { kind: "", line: "" };
  };
  const takePiece = (kind: string, more: string) => {
    speak();
    if (piece.kind !== kind) finishLine();
    const lines = (piece.line + more).split("\n");
    piece = { kind, line: lines.pop() ?? "" };
    for (const line of lines) tell(line);
    if (piece.line.length > textCharsMax) finishLine();
  };
  const takeCall = (update: Message) => {
    const id = readText(update.toolCallId);
    if (id === undefined) return;
    const known = calls.get(id);
    if (!known) {
      if (calls.size >= callsMax) return;
      speak();
      text = "";
      open += 1;
    }
    const ends = update.status === "completed" || update.status === "failed";
    if (ends && known?.done !== true) open -= 1;
    calls.set(id, { ...mergeCall(known, update), done: ends || (known?.done ?? false) });
    // The model is asked again when all that it called has been answered.
    if (ends && open === 0) inTurn = false;
  };

  return {
    /** @returns whether its line stands for itself in the transcript */
    take(update: Message): boolean {
      switch (update.sessionUpdate) {
        case "agent_message_chunk":
        case "agent_thought_chunk": {
          const more = readText(readFields(update.content).text) ?? "";
          if (update.sessionUpdate === "agent_message_chunk") text = (text + more).slice(-textCharsMax);
          takePiece(update.sessionUpdate, more);
          return false;
        }
        case "tool_call":
        case "tool_call_update":
          finishLine();
          takeCall(update);
          return true;
        case "usage_update": {
          const { amount, currency } = readFields(update.cost);
          if (currency === "USD" && typeof amount === "number" && amount >= 0) usd = amount;
          return true;
        }
        default:
          return true;
      }
    },
    /** A call that permission is asked for: what was told of it before, with what is told now. */
    findCall: (update: Message): ToldCall => mergeCall(calls.get(readText(update.toolCallId) ?? ""), update),
    /** Whole lines of what the model said since the last time. */
    drain: (): string[] => said.splice(0),
    end() {
      finishLine();
      return { text, turns, toolCalls: countCalls(calls), ...(usd === undefined ? {} : { usd }) };
    },
  };
}

function countCalls(calls: ReadonlyMap<string, ToldCall>): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { name, title, kind } of calls.values()) {
    const called = (name ?? title ?? kind ?? "unnamed").slice(0, 100);
    counts.set(called, (counts.get(called) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

function mergeCall(known: ToldCall | undefined, update: Message): ToldCall {
  const kind = readText(update.kind) ?? known?.kind;
  const name = readText(update.name) ?? known?.name;
  const title = readText(update.title) ?? known?.title;
  const rawInput = update.rawInput ?? known?.rawInput;
  const named = [...readList(update.locations), ...readList(update.content)].flatMap(({ path }) => readText(path) ?? []);
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(name === undefined ? {} : { name }),
    ...(title === undefined ? {} : { title }),
    ...(rawInput === undefined ? {} : { rawInput }),
    paths: [...new Set([...(known?.paths ?? []), ...named])].slice(0, 100),
  };
}
