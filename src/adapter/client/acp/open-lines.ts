import type { AnyMessage, Stream } from "@agentclientprotocol/sdk";

const lineCharsMax = 16_000_000;
/** Banners and warnings that an agent's packaging prints, and answers to nothing that was asked. */
const strangeMax = 50;
/** Kept of a line that did not end. */
const brokenCharsMax = 4000;
/** Of its requests, at once and in one conversation. */
const unansweredMax = 256;
const requestsMax = 20_000;
/** Of what it does not read. */
const unreadCharsMax = 64_000_000;

export type Message = Readonly<Record<string, unknown>>;

/**
 * JSON-RPC over an agent's standard input and output, a message a line. Only whole messages that are in place go on to the
 * stream: the library behind it prints what it cannot use. Faults once: with a line that begins like a message and breaks, with
 * one that is too long, with too many that are none, with more requests than are answered, with an agent that reads nothing.
 *
 * @param onUpdate  told of each `session/update`; `false` keeps its line from the transcript
 */
export function openLines(args: {
  onUpdate: (params: Message) => boolean;
  onAnswer: (result: unknown) => void;
  onFault: (message: string) => void;
}) {
  const outgoing = createQueue();
  const asked = new Set<unknown>();
  const unanswered = new Set<unknown>();
  const kept: string[] = [];
  let rest = "";
  let [strange, requests] = [0, 0];
  let faulty = false;
  let controller: ReadableStreamDefaultController<AnyMessage> | undefined;
  const fault = (message: string) => {
    if (faulty) return;
    faulty = true;
    args.onFault(message);
  };
  const pass = (message: Message) => controller?.enqueue(message as AnyMessage);
  const note = () => {
    strange += 1;
    if (strange > strangeMax)
      fault(`more than ${strangeMax} lines that it printed are none of the protocol, or answer nothing that was asked`);
  };
  const takeRequest = (message: Message) => {
    requests += 1;
    unanswered.add(message.id);
    if (requests > requestsMax) fault(`it asked for more than ${requestsMax} things`);
    else if (unanswered.size > unansweredMax) fault(`it asked for more than ${unansweredMax} things at once`);
    else pass(message);
  };
  const takeAnswer = (message: Message) => {
    if (!asked.delete(message.id)) return note();
    if (!isAnswer(message)) return fault("an answer of its is none of the protocol's");
    args.onAnswer(message.result);
    pass(message);
  };
  const read = (line: string) => {
    if (line.trim() === "") return;
    const message = parseMessage(line);
    if (message?.method === "session/update" && message.id === undefined) {
      if (args.onUpdate(message)) kept.push(line);
      return;
    }
    kept.push(line);
    if (!message) {
      note();
      if (/^\s*[{[]/.test(line)) fault("a line that it printed is no message of the protocol");
    } else if (typeof message.method !== "string") takeAnswer(message);
    else if (typeof message.id === "string" || typeof message.id === "number") takeRequest(message);
    else if (message.id !== undefined) fault("a request of its has no name to answer it by");
    else if (message.method === "$/cancel_request") pass(message);
  };
  const stream: Stream = {
    readable: new ReadableStream<AnyMessage>({
      start: (opened) => {
        controller = opened;
      },
    }),
    writable: new WritableStream<AnyMessage>({
      write: (message) => {
        const { id, method } = message as Message;
        if (method === undefined) unanswered.delete(id);
        else if (id !== undefined) asked.add(id);
        outgoing.push(`${JSON.stringify(message)}\n`);
        if (outgoing.chars() > unreadCharsMax) fault("it does not read what it is told");
      },
    }),
  };
  return {
    stream,
    input: outgoing.items,
    take(text: string): void {
      if (faulty) return;
      if (text.includes("\n")) {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (!faulty) read(line);
      } else rest += text;
      if (rest.length > lineCharsMax) fault(`a line that it printed has more than ${lineCharsMax} characters`);
    },
    /** For the transcript, in its place among the lines that were printed. */
    keep: (line: string) => void kept.push(line),
    /** Lines for the transcript since the last time. */
    drain: (): string[] => kept.splice(0),
    strange: () => strange,
    /** No more is said and nothing more is heard. May be called again. */
    close(): void {
      faulty = true;
      if (rest !== "") kept.push(rest.slice(0, brokenCharsMax));
      rest = "";
      outgoing.end();
      try {
        controller?.close();
      } catch {
        // It was closed before.
      }
      controller = undefined;
    },
  };
}

function parseMessage(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const found = typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Message) : undefined;
    return found?.jsonrpc === "2.0" ? found : undefined;
  } catch {
    return undefined;
  }
}

function isAnswer(message: Message): boolean {
  const hasError = Object.hasOwn(message, "error");
  if (hasError === Object.hasOwn(message, "result")) return false;
  if (!hasError) return true;
  const { code, message: words } = (message.error ?? {}) as { code?: unknown; message?: unknown };
  return Number.isInteger(code) && typeof words === "string";
}

/** Texts that one side puts in and the other takes out, in order. */
function createQueue() {
  const waiting: string[] = [];
  let chars = 0;
  let ended = false;
  let wake: () => void = () => undefined;
  async function* items(): AsyncGenerator<string> {
    for (;;) {
      const next = waiting.shift();
      if (next !== undefined) {
        chars -= next.length;
        yield next;
      } else if (ended) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
  return {
    items: items(),
    chars: () => chars,
    push(text: string): void {
      if (ended) return;
      waiting.push(text);
      chars += text.length;
      wake();
    },
    end(): void {
      ended = true;
      wake();
    },
  };
}
