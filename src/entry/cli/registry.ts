import type { CommandRow } from "./command-row.ts";

const start = "Start here:";
const work = "Work:";
const look = "Look:";
const care = "Care:";

/** Every command there is. A new one is a row here and a file in command/. */
export const registry: readonly CommandRow[] = [
  {
    path: "completion",
    group: care,
    summary: "print a completion script for your shell",
    gives: "the script, as text",
    args: [{ name: "shell", summary: "your shell", choices: ["bash", "zsh", "fish", "powershell"] }],
    examples: ["mos completion zsh > ~/.zsh/completions/_mos"],
    load: () => import("./command/completion.ts"),
  },
];
void [start, work, look];
