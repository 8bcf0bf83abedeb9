import { parseArgs } from "node:util";
import { askEach, askInProcess, askProgram } from "./ask-hook.ts";
import { BadCorpus, readCases } from "./attack-case.ts";
import { makeAttackWorld } from "./make-attack-world.ts";
import { describeJudged, printTable } from "./print-table.ts";
import { runCases } from "./run-cases.ts";

const usage = "npm run attacks -- FILE [--json] [--only ID…]";

process.exitCode = await main();

async function main(): Promise<number> {
  const program = process.env.MOS_ATTACKS_PROGRAM ?? "dist/mos.mjs";
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { json: { type: "boolean", default: false }, only: { type: "string", multiple: true } },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new BadCorpus(`usage: ${usage}`);
    const cases = readCases(file).filter(({ id }) => values.only?.includes(id) ?? true);
    const world = await makeAttackWorld({ program });
    try {
      const judged = await runCases(world, { cases, askHook: askEach(askInProcess(world, await world.readPolicy()), askProgram(world)) });
      process.stdout.write(`${values.json ? JSON.stringify(describeJudged(judged), null, 2) : printTable(judged)}\n`);
      return judged.missed === 0 ? 0 : 5;
    } finally {
      await world.remove();
    }
  } catch (cause) {
    if (cause instanceof BadCorpus || (cause as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS")) {
      process.stderr.write(`${(cause as Error).message}\n`);
      return 2;
    }
    throw cause;
  }
}
