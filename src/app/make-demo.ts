import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import type { z } from "zod";
import { MosError } from "../contract/error.ts";
import { DemoHistory, DemoPlan } from "../core/demo/demo-data.ts";
import { demoOperator, replayHistory } from "../core/demo/replay-history.ts";
import type { Git } from "../port/git.ts";

/** The domains of the demo, as `demo.yaml` in `contentDir` names them. */
export function readDemoPlan(contentDir: string): Promise<DemoPlan> {
  return readData(DemoPlan, join(contentDir, "demo.yaml"));
}

/**
 * Makes one domain's repository in `dir` from its history, with a clean checkout and an identity of its own.
 * The same history and day give the same commit ids.
 */
export async function makeDemoRepository(args: { git: Git; dir: string; historyFile: string; today: string }): Promise<void> {
  const history = await readData(DemoHistory, args.historyFile);
  const repo = await args.git.init(args.dir);
  await repo.run(["config", "user.name", demoOperator.name]);
  await repo.run(["config", "user.email", demoOperator.email]);
  const marksFile = join(await repo.gitDir(), "demo-marks");
  const commitIds = new Map<string, string>();
  for (const part of replayHistory({ history, today: args.today, commitIds })) {
    const marks = [`--import-marks-if-exists=${marksFile}`, `--export-marks=${marksFile}`];
    await repo.run(["fast-import", "--quiet", "--date-format=raw", ...marks], { input: part.stream });
    const ids = readMarks(await readFile(marksFile, "utf8"));
    for (const { mark, id } of part.named) commitIds.set(id, ids.get(mark) as string);
  }
  await rm(marksFile);
  await repo.run(["reset", "--hard", "--quiet", "refs/heads/main"]);
}

/** Lines of `:12 <id>`. */
function readMarks(text: string): Map<number, string> {
  return new Map([...text.matchAll(/^:(\d+) ([0-9a-f]+)$/gm)].map(([, mark, id]) => [Number(mark), id as string]));
}

async function readData<Schema extends z.ZodType>(schema: Schema, file: string): Promise<z.output<Schema>> {
  const result = schema.safeParse(parse(await readFile(file, "utf8")));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new MosError({
    code: "demo-data-invalid",
    message: `${file}: ${issue?.path.join(".")}: ${issue?.message}`,
    hint: "Mend that file of the demo; a fresh checkout has it whole.",
  });
}
