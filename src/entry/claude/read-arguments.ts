import { exitCode, MosError } from "../../contract/error.ts";

type Takes = "nothing" | "a value" | "perhaps a value";

/** What changes how a session looks and what it goes on with, and nothing of what holds in it. */
const fine: Readonly<Record<string, Takes>> = {
  "--print": "nothing",
  "-p": "nothing",
  "--continue": "nothing",
  "-c": "nothing",
  "--resume": "perhaps a value",
  "-r": "perhaps a value",
  "--fork-session": "nothing",
  "--session-id": "a value",
  "--name": "a value",
  "-n": "a value",
  "--model": "a value",
  "--fallback-model": "a value",
  "--effort": "a value",
  "--output-format": "a value",
  "--input-format": "a value",
  "--include-partial-messages": "nothing",
  "--include-hook-events": "nothing",
  "--replay-user-messages": "nothing",
  "--json-schema": "a value",
  "--max-turns": "a value",
  "--max-budget-usd": "a value",
  "--no-session-persistence": "nothing",
  "--verbose": "nothing",
  "--ax-screen-reader": "nothing",
  "--permission-mode": "a value",
};
const modes = ["default", "manual", "plan", "dontAsk"];

/**
 * Looks through what the operator wants to give to the client: what is known to be harmless goes on, all else is refused,
 * and so is a word that the client would take for a command of its own. Throws `usage` (exit 2).
 */
export function readArguments(words: readonly string[]): string[] {
  const given: string[] = [];
  let prompts = 0;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    if (!word.startsWith("-")) {
      prompts += 1;
      if (prompts > 1) throw refuse(`a second prompt, ${quote(word)}`, "Put the prompt in quotes.");
      if (!/^\/|\s/.test(word)) throw refuse(`the single word ${quote(word)}`, "It could name a command of claude. Say it in a sentence.");
      given.push(word);
      continue;
    }
    const [name, inline] = splitOption(word);
    const takes = Object.hasOwn(fine, name) ? fine[name] : undefined;
    if (takes === undefined) throw refuse(name, `These go on: ${Object.keys(fine).join(" ")}`);
    const next = words[at + 1];
    const follows = inline === undefined && takes !== "nothing" && next !== undefined && !next.startsWith("-");
    const value = inline ?? (follows ? next : undefined);
    if (takes === "nothing" && inline !== undefined) throw refuse(word, `${name} takes no value.`);
    if (takes === "a value" && value === undefined) throw refuse(`${name} without a value`, `Give ${name} its value.`);
    if (name === "--permission-mode" && !modes.includes(value ?? ""))
      throw refuse(`${name} ${value}`, `Of its modes, these go on: ${modes.join(" ")}`);
    // A session is picked by its id or name alone: what stands there may not be read as a prompt, nor a prompt as that.
    if (value?.startsWith("-")) throw refuse(word, "A value does not begin with a dash.");
    given.push(...(value === undefined ? [name] : [name, value]));
    if (follows) at += 1;
  }
  return given;
}

function splitOption(word: string): [string, string | undefined] {
  const at = word.startsWith("--") ? word.indexOf("=") : -1;
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function refuse(what: string, hint: string): MosError {
  return new MosError({
    code: "usage",
    message: `mos claude does not give ${what} to claude: what is not known to leave the guards in force is refused.`,
    hint,
    exit: exitCode.usage,
  });
}

function quote(word: string): string {
  return JSON.stringify(word.slice(0, 80));
}
