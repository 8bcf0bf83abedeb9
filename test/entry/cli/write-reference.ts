import type { CommandRow } from "../../../src/entry/cli/command-row.ts";
import { registry } from "../../../src/entry/cli/registry/registry.ts";

/** docs/cli.md, from the registry. */
export function writeReference(): string {
  const groups = [...new Set(registry.map(({ group }) => group))];
  return [
    "# Commands",
    "Made from the registry (`npx vitest run --project unit test/entry/cli -u`); what other programs may rely on.",
    "All take `--workspace DIR` (default: `MOS_WORKSPACE`, else the nearest folder with a `mos.yaml`), `--json`, `--no-input` and `--no-color`. Data goes to stdout, messages to stderr.",
    'With `--json`, stdout is one envelope: `{ "schema_version": 1, "kind": "…", "data": … }`; an error is `{ "schema_version": 1, "kind": "error", "error": { "code", "message", "hint" } }` with an exit code that is not 0.',
    "| exit code | meaning |\n| --- | --- |\n| 0 | ok |\n| 1 | failure |\n| 2 | usage |\n| 3 | not found |\n| 4 | needs login |\n| 5 | findings: a doctor below A, blocked tickets at the end of a run, problems in a wiki |\n| 130 | interrupted |",
    ...groups.flatMap((group) => [`## ${group.replace(":", "")}`, ...registry.filter((row) => row.group === group).map(describeRow)]),
  ]
    .join("\n\n")
    .concat("\n");
}

function describeRow(row: CommandRow): string {
  const args = (row.args ?? []).map(({ name, optional, variadic }) => {
    const shown = `${name}${variadic === true ? "..." : ""}`;
    return optional === true ? ` [${shown}]` : ` <${shown}>`;
  });
  const lines = [
    ...(row.args ?? []).map(({ name, summary, choices }) => `- \`${name}\`: ${summary}${listChoices(choices)}`),
    ...(row.options ?? []).map(({ name, value, summary, required, choices, variadic }) => {
      const shown = value === undefined ? "" : ` ${value}${variadic === true ? "..." : ""}`;
      return `- \`--${name}${shown}\`${required === true ? " (required)" : ""}: ${summary}${listChoices(choices)}`;
    }),
  ];
  const examples = (row.examples ?? []).length === 0 ? "" : `\n\n\`\`\`sh\n${(row.examples ?? []).join("\n")}\n\`\`\``;
  return `### mos ${row.path}${args.join("")}\n\n${row.summary.charAt(0).toUpperCase()}${row.summary.slice(1)}.${lines.length === 0 ? "" : `\n\n${lines.join("\n")}`}\n\nData: \`${row.gives}\`${examples}`;
}

function listChoices(choices: readonly string[] | undefined): string {
  return choices === undefined ? "" : ` (${choices.join(", ")})`;
}
