import type { LastProof, Proof, ProofRow } from "../../../contract/proof.ts";
import type { Paint } from "./paint.ts";
import { stripControl } from "./strip-control.ts";
import { formatTable } from "./table.ts";

/** Guard × client × way → refused by which layer. What is not refused is told in full below the table. */
export function formatProofs(proofs: readonly Proof[], paint: Paint): string {
  return proofs.map((proof) => formatProof(proof, paint)).join("\n\n");
}

export function formatLastProofs(proofs: readonly LastProof[], paint: Paint): string {
  const lines = proofs.map(({ client, state, version = "", at, stale }) => {
    const day = at.slice(0, 10);
    if (stale !== undefined)
      return `${paint.yellow("?")} guards of ${client} ${version}: ${state} on ${day}, and ${stale}: mos doctor --prove`;
    return state === "proven"
      ? `${paint.green("✔")} guards of ${client} proven on ${day} with ${version}`
      : `${paint.red("✖")} guards of ${client} ${version} were not proven on ${day}: mos doctor --prove`;
  });
  return lines.join("\n");
}

function formatProof(proof: Proof, paint: Paint): string {
  const { client, version, state, reason, fix, rows } = proof;
  const name = `${client}${version === undefined ? "" : ` ${version}`}`;
  const mark = { proven: paint.green("PROVEN"), "not-proven": paint.red("NOT PROVEN"), absent: paint.yellow("NOT HERE") }[state];
  const head = `${paint.bold(name)}  ${mark}  ${stripControl(reason)}`;
  const remedy = fix === "" ? [] : [`  ${paint.cyan("→")} ${stripControl(fix)}`];
  if (rows.length === 0) return [head, ...remedy].join("\n");
  const open = rows.filter(({ outcome }) => outcome !== "refused");
  return [head, ...remedy, formatTable(tableOf(rows, paint)), ...open.flatMap((row) => describeOpen(row, paint))].join("\n");
}

type Cell = string | { painted: string };

/** One line for each guard and way, both sessions beside one another. */
function tableOf(rows: readonly ProofRow[], paint: Paint): Cell[][] {
  const groups = new Map<string, ProofRow[]>();
  for (const row of rows) {
    const key = [row.profile, row.way, row.guard].join("\n");
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const heads = ["as", "way", "guard", "main session", "subagent"].map((text) => ({ painted: paint.dim(text) }));
  const lines = [...groups.values()].map((group) => {
    const { profile, way, guard } = group[0] as ProofRow;
    return [profile, way, guard, sumUp(group, "main", paint), sumUp(group, "subagent", paint)];
  });
  return [heads, ...lines];
}

function sumUp(rows: readonly ProofRow[], agent: ProofRow["agent"], paint: Paint): Cell {
  const own = rows.filter((row) => row.agent === agent);
  if (own.length === 0) return { painted: paint.dim("-") };
  if (own.some(({ outcome }) => outcome === "not-refused")) return { painted: paint.red("NOT REFUSED") };
  if (own.some(({ outcome }) => outcome === "not-proven")) return { painted: paint.yellow("NOT PROVEN") };
  return { painted: `${paint.green("refused")} ${[...new Set(own.flatMap(({ layers }) => layers))].join(", ")}` };
}

function describeOpen(row: ProofRow, paint: Paint): string[] {
  const lines = row.calls.filter(({ outcome }) => outcome !== "refused").map(({ tool, words }) => `    ${tool}: ${stripControl(words)}`);
  const where = `${row.profile}, ${row.agent}, ${row.way}: ${row.attempt}`;
  return [`${row.outcome === "not-refused" ? paint.red("✖") : paint.yellow("?")} ${stripControl(where)}`, ...lines];
}
