import type { Option } from "../../contract/brief.ts";
import type { Answer, AnswersFile, Decision } from "../../contract/decision.ts";
import { exitCode, MosError } from "../../contract/error.ts";
import { findNearest } from "./find-nearest.ts";

/** Words that answer any question; an option of the same name goes first. */
const anywhere = ["recommended", "defer", "skip", "other"] as const;

/** What may be named in an answers file: of each domain, the questions it has or had. */
export type KnownQuestions = Readonly<Record<string, readonly { readonly key: string; readonly options: readonly Pick<Option, "id">[] }[]>>;

/**
 * Refuses a file that names a domain, a decision or an option that does not exist, or answers one question twice (S11).
 * To be called before any answer is kept. Throws `answers-unknown` or `answers-twice`.
 */
export function checkAnswersFile(file: AnswersFile, known: KnownQuestions): void {
  const seen = new Set<string>();
  file.answers.forEach((entry, index) => {
    const place = `answers[${index}]`;
    const questions = Object.hasOwn(known, entry.domain) ? known[entry.domain] : undefined;
    if (questions === undefined) throw refuse({ place, what: `domain "${entry.domain}"`, name: entry.domain, names: Object.keys(known) });
    const candidates = questions.filter((question) => question.key === entry.decision);
    if (candidates.length === 0) {
      const names = questions.map((question) => question.key);
      throw refuse({ place, what: `decision "${entry.decision}" of ${entry.domain}`, name: entry.decision, names });
    }
    const options = [...new Set([...candidates.flatMap((question) => question.options.map((option) => option.id)), ...anywhere])];
    if (!options.includes(entry.option)) {
      throw refuse({ place, what: `option "${entry.option}" of ${entry.domain}'s ${entry.decision}`, name: entry.option, names: options });
    }
    if (entry.option === "other" && (entry.note ?? "").trim() === "") {
      throw new MosError({
        code: "answers-note",
        message: `${place} answers ${entry.domain}'s ${entry.decision} with "other" but says nothing`,
        hint: "Write what you want instead in its note.",
        exit: exitCode.usage,
      });
    }
    const id = `${entry.domain}/${entry.decision}`;
    if (seen.has(id)) {
      throw new MosError({
        code: "answers-twice",
        message: `${place} answers ${entry.domain}'s ${entry.decision} a second time`,
        hint: "Keep one of the two.",
        exit: exitCode.usage,
      });
    }
    seen.add(id);
  });
}

/** The file's answer to this question; its default where it says nothing. */
export function answerFromFile(file: AnswersFile, decision: Pick<Decision, "domain" | "candidate">): Answer {
  const { candidate } = decision;
  const entry = file.answers.find((item) => item.domain === decision.domain && item.decision === candidate.key);
  const note = entry?.note === undefined ? {} : { note: entry.note };
  const wanted = entry?.option ?? file.default;
  if (candidate.options.some((option) => option.id === wanted)) return { kind: "chosen", option: wanted, ...note };
  if (wanted === "recommended") return { kind: "chosen", option: candidate.options[0]?.id ?? "", ...note };
  if (wanted === "skip") return { kind: "skipped" };
  if (wanted === "other") return { kind: "other", text: entry?.note ?? "" };
  return { kind: "deferred" };
}

/** `--yes`: the recommended option of a playbook; what asks for judgement is deferred (S12). */
export function answerYes({ candidate }: Pick<Decision, "candidate">): Answer {
  const recommended = candidate.options[0];
  if (candidate.source !== "playbook" || recommended === undefined) return { kind: "deferred" };
  return { kind: "chosen", option: recommended.id };
}

function refuse(args: { place: string; what: string; name: string; names: readonly string[] }): MosError {
  const names = [...new Set(args.names)];
  const near = findNearest(args.name, names);
  const list = names.length === 0 ? "there is none" : `there ${names.length === 1 ? "is" : "are"} ${names.join(", ")}`;
  return new MosError({
    code: "answers-unknown",
    message: `${args.place} names ${args.what}, which does not exist`,
    hint: near === undefined ? `Of these, ${list}.` : `Did you mean "${near}"? Of these, ${list}.`,
    exit: exitCode.usage,
  });
}
