import { writeFile } from "node:fs/promises";
import { exitCode, MosError } from "../contract/error.ts";
import { writeAnswersTemplate } from "../core/decision/write-answers-template.ts";
import type { World } from "../port/world.ts";
import { listOpen } from "../stage/interview/ask-decisions.ts";
import { openQuestions } from "../stage/interview/open-questions.ts";
import { holdSession } from "./open-session.ts";
import { type StepArgs, scoutSession } from "./session-steps.ts";

/** What `mos start --answers-template FILE` did. */
export interface TemplateResult {
  readonly session: string;
  readonly file: string;
  readonly questions: number;
}

/**
 * Scouts what is not fresh and writes every open question to `file`. The session stays open: the next `mos start` goes
 * on with it. Throws `file-exists`; nothing is overwritten.
 */
export async function listQuestions(world: World, args: Pick<StepArgs, "again" | "tools"> & { file: string }): Promise<TemplateResult> {
  return await holdSession(world, async (session) => {
    await scoutSession(world, session, args);
    await openQuestions(world, { session: session.id });
    const open = await world.store.read((tx) => listOpen(world, tx, session.id));
    await writeNew(args.file, writeAnswersTemplate(open));
    return { session: session.id, file: args.file, questions: open.length };
  });
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch (cause) {
    const exists = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    throw new MosError({
      code: exists ? "file-exists" : "file-not-written",
      message: exists
        ? `${file} is there already.`
        : `${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: "Name another file.",
      exit: exitCode.usage,
      cause,
    });
  }
}
