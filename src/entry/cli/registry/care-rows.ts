import type { CommandRow } from "../command-row.ts";

const group = "Care:";

export const careRows: readonly CommandRow[] = [
  {
    path: "doctor",
    group,
    summary: "nineteen checks, graded; what fails, and its remedy",
    gives:
      "{ grade, passed, total: 19, domains: { NAME: grade }, checks: [{ id, ok, domain?, reason, fix }], repairs?: [{ id, domain?, done }] }",
    options: [
      { name: "fix", summary: "mend what is safe to mend" },
      { name: "dry-run", summary: "say what --fix would mend" },
      { name: "prove", summary: "not there yet: it comes with the guards" },
    ],
    examples: ["mos doctor", "mos doctor --fix --dry-run"],
    load: () => import("../command/doctor.ts"),
  },
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
