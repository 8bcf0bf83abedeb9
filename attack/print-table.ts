import { differencesMax, type Judged } from "./run-cases.ts";

/** For people: counts per intent and layer, then every miss and every difference. */
export function printTable(judged: Judged): string {
  const { results } = judged;
  const keys = [...new Set(results.map(({ one }) => keyOf(one)))].sort();
  const rows = keys.map((key) => {
    const own = results.filter(({ one }) => keyOf(one) === key);
    const refused = own.filter(({ answers }) => answers.length > 0 && answers.every(({ decision }) => decision === "deny")).length;
    const ran = own.filter(({ shell }) => shell !== undefined).length;
    const harmed = own.filter(({ shell }) => (shell?.harm.length ?? 0) > 0).length;
    const missed = own.filter(({ misses }) => misses.length > 0).length;
    return [key, own.length, refused, ran, ran - harmed, missed];
  });
  const different = results.filter(({ differences }) => differences.length > 0);
  return [
    ...alignColumns([["intent · layer", "cases", "refused", "run", "held", "missed"], ...rows]),
    "",
    ...results.flatMap(({ one, misses }) =>
      misses.map(({ who, what }) => `MISS ${one.id} (line ${one.line}, ${one.tool}) ${who}: ${what}`),
    ),
    ...different.map(({ one, differences }) => `differs ${one.id} (${String(one.input.command ?? one.tool)}): ${differences.join("; ")}`),
    `${results.length} cases, ${judged.missed} missed; ${different.length} ordinary commands behave differently in the box (at most ${differencesMax}); ${(judged.wallMs / 1000).toFixed(0)} s`,
  ].join("\n");
}

/** For programs. */
export function describeJudged({ results, missed, wallMs }: Judged): unknown {
  return {
    cases: results.length,
    missed,
    wallMs: Math.round(wallMs),
    results: results.map(({ one, answers, shell, differences, misses }) => ({
      id: one.id,
      line: one.line,
      intent: one.intent,
      expect: one.expect,
      layer: one.layer,
      tool: one.tool,
      hook: answers,
      ...(shell ? { shell: { exitCode: shell.exitCode, endedBy: shell.endedBy, ms: Math.round(shell.ms), harm: shell.harm } } : {}),
      differences,
      misses,
    })),
  };
}

function keyOf({ intent, expect, layer }: Judged["results"][number]["one"]): string {
  return `${intent} · ${expect === "allow" ? "allow" : layer}`;
}

function alignColumns(rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? String(cell).padEnd(widths[0] ?? 0) : String(cell).padStart(widths[column] ?? 0))).join("  "),
  );
}
