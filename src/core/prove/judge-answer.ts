import type { ModelCall } from "../../contract/model-script.ts";
import { guardNames } from "../../contract/policy.ts";
import type { ProofLayer, ProofOutcome } from "../../contract/proof.ts";

export interface Judged {
  readonly outcome: ProofOutcome;
  readonly layer?: ProofLayer;
  /** What the client answered, in one line. */
  readonly words: string;
}

/**
 * What came of one forbidden call. Only what is recognised as a refusal is one: an answer of another kind, or none, proves
 * nothing. A leak, or a change on the disk, outweighs every word.
 *
 * @param offered  tools that the client offered its model
 * @param anyAnswerIsDeed  whether the answer itself shows that it was done (an agent was started)
 * @param did  what was seen of it afterwards: what leaked to the model, or changed on the disk
 */
export function judgeAnswer(args: {
  call: ModelCall | undefined;
  offered: readonly string[];
  did?: string;
  anyAnswerIsDeed?: boolean;
}): Judged {
  const { call, offered, did } = args;
  if (did !== undefined) return { outcome: "not-refused", words: did };
  if (!call) return { outcome: "not-proven", words: "the conversation ended before it was tried" };
  if (!call.result) return { outcome: "not-proven", words: "the client never answered the call" };
  const words = shorten(call.result.text);
  const layer = findLayer(call.result.text, offered.includes(call.name));
  if (layer) return { outcome: "refused", layer, words };
  return { outcome: args.anyAnswerIsDeed ? "not-refused" : "not-proven", words: `not a refusal: ${words}` };
}

const ourWords = new RegExp(`(${guardNames.join("|")}) [A-Z][0-9A-Za-z.]*:`);
/** In this order: a text of ours may quote any of the others. */
const signs: readonly (readonly [ProofLayer, RegExp])[] = [
  ["hook", ourWords],
  ["hook", /\bhook\b.{0,200}\b(error|failed|blocked|denied|timed out)|\b(blocked|denied|stopped) by\b.{0,40}\bhook/is],
  ["relay", /mos relay:/],
  [
    "box",
    /ENOENT|EROFS|EACCES|EPERM|no such file|does not exist|not found|read-only file system|permission denied|not permitted|cannot access/i,
  ],
  [
    "settings",
    /confines the file tools|permission|haven't granted|denied by|auto-?denied|not allowed|rejected|prevents you|approval|external_directory/i,
  ],
];

function findLayer(text: string, isOffered: boolean): ProofLayer | undefined {
  if (ourWords.test(text)) return "hook";
  if (
    !isOffered &&
    /no such tool|unsupported call|unknown tool|unavailable tool|tool .{0,60}(not found|not available|unavailable)|invalid/i.test(text)
  )
    return "palette";
  return signs.find(([, sign]) => sign.test(text))?.[0];
}

const wordsMax = 240;

/** One line; ours from where they begin, whatever the client puts before them. */
function shorten(text: string): string {
  const line = text
    .slice(Math.max(0, text.search(ourWords)))
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= wordsMax ? line : `${line.slice(0, wordsMax - 2)} …`;
}
