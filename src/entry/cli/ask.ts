import { exitCode, MosError } from "../../contract/error.ts";
import { readKey } from "./read-key.ts";

export interface Choice<Value> {
  readonly value: Value;
  readonly label: string;
  readonly hint?: string;
}

/** Questions to the person at the terminal. `instead` names the option to give where there is none. */
export interface Ask {
  confirm(args: { question: string; instead: string }): Promise<boolean>;
  select<Value>(args: { question: string; choices: readonly Choice<Value>[]; instead: string }): Promise<Value>;
  text(args: { question: string; instead: string; initial?: string }): Promise<string>;
  /** One key is the whole answer; gives the key. */
  key(args: { question: string; keys: readonly { readonly key: string; readonly label: string }[]; instead: string }): Promise<string>;
}

/**
 * Prompts with @clack/prompts, loaded at the first question; a question of one key needs no more than the terminal. Ctrl-C in a
 * prompt calls `interrupt`.
 *
 * @throws MosError `input-needed` (usage) for every question when `interactive` is false
 */
export function makeAsk(args: { interactive: boolean; interrupt: () => void; suspend: () => void; signal: AbortSignal }): Ask {
  const open = async (question: string, instead: string) => {
    if (!args.interactive) throw inputNeeded(question, instead);
    args.suspend();
    return import("@clack/prompts");
  };
  const breakOff = (): MosError => {
    // A second signal would leave at once, with nothing closed.
    if (!args.signal.aborted) args.interrupt();
    return new MosError({
      code: "interrupted",
      message: "Broken off.",
      hint: "Run the same command again to go on.",
      exit: exitCode.interrupted,
    });
  };
  const settle = <Answer>(answer: Answer): Exclude<Answer, symbol> => {
    if (typeof answer !== "symbol") return answer as Exclude<Answer, symbol>;
    throw breakOff();
  };
  return {
    async confirm({ question, instead }) {
      const clack = await open(question, instead);
      return settle(await clack.confirm({ message: question, output: process.stderr }));
    },
    async select({ question, choices, instead }) {
      const clack = await open(question, instead);
      // By position: clack's option type is conditional on the value's.
      const options = choices.map((choice, at) => ({
        value: at,
        label: choice.label,
        ...(choice.hint === undefined ? {} : { hint: choice.hint }),
      }));
      const at = settle(await clack.select({ message: question, options, output: process.stderr }));
      return (choices[at] as (typeof choices)[number]).value;
    },
    async key({ question, keys, instead }) {
      if (!args.interactive) throw inputNeeded(question, instead);
      args.suspend();
      const terminal = { input: process.stdin, write: (text: string) => void process.stderr.write(text), signal: args.signal };
      const answer = await readKey(terminal, { question, keys });
      if (answer === undefined) throw breakOff();
      return answer;
    },
    async text({ question, instead, initial }) {
      const clack = await open(question, instead);
      return settle(
        await clack.text({ message: question, output: process.stderr, ...(initial === undefined ? {} : { initialValue: initial }) }),
      );
    },
  };
}

function inputNeeded(question: string, instead: string): MosError {
  return new MosError({
    code: "input-needed",
    message: `Nobody can be asked here: ${question}`,
    hint: `Give ${instead}.`,
    exit: exitCode.usage,
  });
}
