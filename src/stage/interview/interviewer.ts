import type { Domain } from "../../contract/config.ts";
import type { Answer, AnswersFile, Decision } from "../../contract/decision.ts";
import { answerFromFile, answerYes, checkAnswersFile, type KnownQuestions } from "../../core/decision/answer-from-file.ts";

/** One question as it is put, with its place among those of the session. */
export interface Question {
  readonly decision: Decision;
  readonly domain: Domain;
  readonly number: number;
  readonly total: number;
}

/** Where answers come from. */
export interface Interviewer {
  /** Kept with each answer: `operator`, `answers-file`, `--yes`, `relayed`. */
  readonly authority: string;
  /** A sealed domain's questions go to the operator's own terminal or what the operator gave there, to nobody else (S13). */
  readonly mayAnswerSealed: boolean;
  /** Before the first answer is kept: may refuse everything by throwing. */
  prepare?(known: KnownQuestions): void;
  /** `undefined`: the operator broke off; the rest stays open. Never gives `open`. */
  answer(question: Question): Promise<Answer | undefined>;
}

/** By a file that the operator gave. */
export function createFileInterviewer(file: AnswersFile): Interviewer {
  return {
    authority: "answers-file",
    mayAnswerSealed: true,
    prepare: (known) => checkAnswersFile(file, known),
    answer: async ({ decision }) => answerFromFile(file, decision),
  };
}

/** `--yes`: recommended options of playbooks; the rest is deferred. */
export function createYesInterviewer(): Interviewer {
  return { authority: "--yes", mayAnswerSealed: true, answer: async ({ decision }) => answerYes(decision) };
}
