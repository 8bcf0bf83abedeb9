import { exitCode, MosError } from "../../contract/error.ts";

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
 * Prompts with @clack/prompts, loaded at the first question. Ctrl-C in a prompt calls `interrupt`.
 *
 * @throws MosError `input-needed` (usage) for every question when `interactive` is false
 */
export function makeAsk(args: { interactive: boolean; interrupt: () => void; suspend: () => void }): Ask {
  const open = async (question: string, instead: string) => {
    if (!args.interactive) throw inputNeeded(question, instead);
    args.suspend();
    return import("@clack/prompts");
  };
  const settle = <Answer>(answer: Answer): Exclude<Answer, symbol> => {
    if (typeof answer !== "symbol") return answer as Exclude<Answer, symbol>;
    args.interrupt();
    throw new MosError({
      code: "interrupted",
      message: "Broken off.",
      hint: "Run the same command again to go on.",
      exit: exitCode.interrupted,
    });
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
      const clack = await open(question, instead);
      const options = keys.map(({ key, label }) => ({ value: key, label }));
      return settle(await clack.selectKey({ message: question, options, output: process.stderr }));
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
