import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readShell } from "../../../../src/core/policy/shell/read-shell.ts";
import type { ShellCommand } from "../../../../src/core/policy/shell/shell-reading.ts";
import { type GeneratedShell, generatedShell } from "../../../support/generate-shell.ts";
import { readSteadySeed, scaleRuns } from "../../../support/read-seed.ts";

const seed = readSteadySeed(77);
const runs = scaleRuns({ short: 1_500, long: 10_000 });

/** Prints the arguments of each `show` to one file, a group separator before each command, a record separator before each call. */
const runner = `
exec 3>>"$1"
FUNCNEST=6
show() { builtin printf '%s\\0' $'\\x1e' "$@" >&3; }
n=0
while IFS= builtin read -r -d '' text; do
  builtin printf '%s\\0' $'\\x1d' >&3
  ( set -- ; unset n; eval "$text"
wait ) </dev/null >/dev/null 2>&1
done < "$2"
exit 0
`;

function askBash(texts: readonly string[], folder: string, cwd: string): string[][][] {
  const printed = join(folder, "printed");
  const asked = join(folder, "asked");
  writeFileSync(printed, "");
  writeFileSync(asked, texts.map((text) => `${text}\0`).join(""));
  const env = { PATH: process.env.PATH ?? "", HOME: "/home/op", LC_ALL: "C.UTF-8" };
  const ran = spawnSync("bash", ["--norc", "-c", runner, "bash", printed, asked], {
    cwd,
    env,
    timeout: 20_000 + texts.length * 100,
    killSignal: "SIGKILL",
  });
  expect(ran.status, String(ran.stderr)).toBe(0);
  const groups = readFileSync(printed, "utf8").split("\x1d\0").slice(1);
  return groups.map((group) =>
    group
      .split("\x1e\0")
      .slice(1)
      .map((call) => call.split("\0").slice(0, -1)),
  );
}

function isKnown(command: ShellCommand): boolean {
  return command.argv.every((word) => word.value !== undefined);
}

type Verdict = "exact" | "part" | "open" | "unreadable" | { readonly text: string; readonly bash: string[][]; readonly ours: string[][] };

function compare({ text, ...generated }: GeneratedShell, answer: string[][], cwd: string): Verdict {
  // Arithmetic on what is no number ends the whole text in bash; the reader reads on.
  const isExact = generated.isExact && !(text.includes("$((") && (text.match(/\bn=/g) ?? []).length > 1);
  const reading = readShell(text, { cwd, env: { HOME: "/home/op" } });
  if (reading.kind === "unreadable") return "unreadable";
  const shown = reading.commands.filter((command) => command.program === "show" && command.via.every((via) => via.from >= 0));
  if (reading.commands.some((command) => command.program === undefined && command.argv.length > 0)) return "open";
  const ours = shown.filter(isKnown).map((command) => command.argv.slice(1).map((word) => word.value as string));
  if (shown.length > ours.length) return "open";
  const [theirs, read] = [countEach(answer), countEach(ours)];
  const isMissing = [...theirs].some(([argv, count]) => (read.get(argv) ?? 0) < (isExact ? count : 1));
  const isExtra = isExact && [...read].some(([argv, count]) => (theirs.get(argv) ?? 0) < count);
  if (isMissing || isExtra) return { text, bash: answer, ours };
  return isExact ? "exact" : "part";
}

function countEach(calls: readonly string[][]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const argv of calls.map((call) => JSON.stringify(call))) counts.set(argv, (counts.get(argv) ?? 0) + 1);
  return counts;
}

test(`P5.4: arguments are what bash itself makes of them (${runs} commands, seed ${seed})`, { timeout: 1_500_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "mos-argv-"));
  const cwd = mkdtempSync(join(folder, "cwd-"));
  try {
    const generated = fc.sample(generatedShell, { numRuns: runs, seed });
    const texts = generated.map(({ text }) => text);
    const answers = askBash(texts, folder, cwd);
    expect(answers).toHaveLength(runs);
    const verdicts = generated.map((one, at) => compare(one, answers[at] as string[][], cwd));
    const count = (kind: Verdict): number => verdicts.filter((verdict) => verdict === kind).length;
    // What a pipeline's late end prints may stand in another's answer: what disagrees is asked again, alone.
    const wrong = generated.flatMap((one, at) => {
      if (typeof verdicts[at] !== "object") return [];
      const again = compare(one, askBash([one.text], folder, cwd)[0] as string[][], cwd);
      return typeof again === "object" ? [again] : [];
    });
    const counts = `${count("exact")} exactly, ${count("part")} in part, ${count("open")} said to be open, ${count("unreadable")} unreadable`;
    console.log(`arguments as bash makes them: ${counts}`);
    expect(wrong.slice(0, 8).map((verdict) => JSON.stringify(verdict))).toEqual([]);
    expect(count("exact") + count("part")).toBeGreaterThan(runs * 0.8);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
