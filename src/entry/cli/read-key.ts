import type { ReadStream } from "node:tty";

/** A key and what it stands for; what the label says before a colon is enough once it is known. */
export interface KeyChoice {
  readonly key: string;
  readonly label: string;
}

export interface KeyTerminal {
  readonly input: Pick<ReadStream, "setRawMode" | "on" | "off" | "resume" | "pause">;
  write(text: string): void;
  readonly signal: AbortSignal;
}

const interrupts = ["\u0003", "\u0004"];
/** How a terminal goes away. */
const ends = ["end", "close", "error"] as const;
/** What lay in the terminal's buffer is read in this time. */
const drainMs = 20;

/**
 * Asks for one key, which is the whole answer, and gives it; nothing where it was broken off: Ctrl-C, Ctrl-D, the terminal's end, a
 * signal. Only a key that is offered answers: Enter, an arrow, a pasted word and what was typed before the question stood do not. A
 * question mark tells what the keys do. Plain lines, in a terminal of any width; the terminal is as it was afterwards.
 */
export async function readKey(terminal: KeyTerminal, args: { question: string; keys: readonly KeyChoice[] }): Promise<string | undefined> {
  const { input, write, signal } = terminal;
  if (signal.aborted) return undefined;
  const short = args.keys.map(({ key, label }) => `${key} ${label.split(":")[0]}`).join(", ");
  return await new Promise<string | undefined>((resolve) => {
    let stands = false;
    const settle = (answer: string | undefined, words: string) => {
      clearTimeout(timer);
      input.off("data", take);
      for (const end of ends) input.off(end, leave);
      signal.removeEventListener("abort", leave);
      input.setRawMode(false);
      input.pause();
      write(`${words}\n`);
      resolve(answer);
    };
    const leave = () => settle(undefined, "");
    const take = (data: Buffer | string) => {
      const typed = String(data);
      if (interrupts.some((sign) => typed.includes(sign))) return leave();
      if (!stands) return;
      const found = args.keys.find(({ key }) => key === typed.toLowerCase());
      if (found) return settle(found.key, `${found.key}: ${found.label.split(":")[0]}`);
      if (typed === "?") write(`\n${args.keys.map(({ key, label }) => `  ${key}  ${label}`).join("\n")}\n> `);
      else write(`\nOne key of: ${args.keys.map(({ key }) => key).join(" ")} (? tells more)\n> `);
    };
    input.on("data", take);
    for (const end of ends) input.on(end, leave);
    signal.addEventListener("abort", leave, { once: true });
    input.setRawMode(true);
    input.resume();
    const timer = setTimeout(() => {
      stands = true;
      write(`${args.question} ${short}\n> `);
    }, drainMs);
  });
}
