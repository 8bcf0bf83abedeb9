import type { CommandRow } from "../command-row.ts";

const group = "Care:";

export const careRows: readonly CommandRow[] = [
  {
    path: "completion",
    group,
    summary: "print a completion script for your shell",
    gives: "the script, as text",
    args: [{ name: "shell", summary: "your shell", choices: ["bash", "zsh", "fish", "powershell"] }],
    examples: ["mos completion zsh > ~/.zsh/completions/_mos"],
    load: () => import("../command/completion.ts"),
  },
];
