import { createFileInterviewer, createYesInterviewer, type Interviewer } from "../stage/interview/interviewer.ts";
import { readAnswersFile } from "./read-answers-file.ts";

/**
 * Who answers a session's questions: a file, `--yes` for what playbooks ask, or the face that has a person before it.
 * Throws as `readAnswersFile` does, before anything is scouted.
 */
export async function chooseInterviewer(args: { answers?: string; yes: boolean; person: Interviewer }): Promise<Interviewer> {
  if (args.answers !== undefined) return createFileInterviewer(await readAnswersFile(args.answers));
  return args.yes ? createYesInterviewer() : args.person;
}
