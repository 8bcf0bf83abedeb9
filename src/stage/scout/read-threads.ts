import type { DecisionCandidate, Fact } from "../../contract/brief.ts";
import type { Domain } from "../../contract/config.ts";
import { readThread, type Thread } from "../../core/brief/read-thread.ts";
import { countOf } from "../../core/text/count-of.ts";
import type { World } from "../../port/world.ts";
import { askAboutThread } from "./ask-about-thread.ts";
import { countDays, findLocalMidnight, readLocalDay } from "./local-day.ts";
import { quoteLine, type ReadLines } from "./prove-evidence.ts";

/** An active thread without an update for more days than these is stale, as the dead-threads playbook has it. */
export const staleDays = 30;

/** A domain's threads as its home's head has them. */
export interface ThreadReport {
  readonly facts: readonly Fact[];
  /** A question for each thread that is due. */
  readonly decisions: readonly DecisionCandidate[];
  /** Instants at which a thread comes due or stale by itself. */
  readonly moments: readonly string[];
}

/** Reads `threads/*.md` at `head`. What the operator has not committed is not read (S6). */
export async function readThreads(world: World, args: { domain: Domain; head: string; readLines: ReadLines }): Promise<ThreadReport> {
  const { domain, head, readLines } = args;
  const today = readLocalDay(world.clock.now());
  const entries = await world.git.at(domain.home.path).listTree(head, "threads");
  const paths = entries.filter((entry) => entry.type === "blob" && /^threads\/[^/]+\.md$/.test(entry.path)).map((entry) => entry.path);
  const facts: Fact[] = [];
  const decisions: DecisionCandidate[] = [];
  const moments: string[] = [];
  for (const path of paths) {
    const place = { repo: "home", commit: head, path };
    const reading = readThread(path, ((await readLines(place)) ?? []).join("\n"));
    if (reading.kind === "unreadable") {
      facts.push({
        kind: "risk",
        text: `${path}: ${reading.reason}`,
        evidence: await quoteLine(readLines, { ...place, line: 1 }),
        score: 15,
      });
      continue;
    }
    const { thread } = reading;
    if (thread.status === "done") continue;
    const standing = judgeThread(thread, today);
    const evidence = (await Promise.all(linesOf(thread, standing).map((line) => quoteLine(readLines, { ...place, line })))).flat();
    facts.push({ kind: "thread", text: `${thread.title}: ${standing.text}`.slice(0, 1000), evidence, score: standing.score });
    if (standing.kind === "due") decisions.push(askAboutThread({ domain, thread, today, overdueDays: standing.days, evidence }));
    // On its day it is due, on the next it is late: a playbook asks about it then.
    if (thread.due !== undefined) moments.push(findLocalMidnight(thread.due), findLocalMidnight(thread.due, 1));
    if (thread.updated !== undefined) moments.push(findLocalMidnight(thread.updated, staleDays + 1));
  }
  return { facts, decisions, moments };
}

interface Standing {
  readonly kind: "due" | "stale" | "running";
  readonly days: number;
  readonly text: string;
  readonly score: number;
}

function judgeThread(thread: Thread, today: string): Standing {
  const next = thread.next === "" ? "" : `; next: ${thread.next}`;
  if (thread.due !== undefined && thread.due <= today) {
    const days = countDays({ from: thread.due, to: today });
    const since = days === 0 ? "due today" : `due for ${countOf(days, "day")} (${thread.due})`;
    return { kind: "due", days, text: `${since}${next}`, score: 30 + Math.min(days, 10) };
  }
  const idle = thread.updated === undefined ? 0 : countDays({ from: thread.updated, to: today });
  if (thread.status === "active" && idle > staleDays) {
    return { kind: "stale", days: idle, text: `nothing for ${idle} days (updated ${thread.updated})${next}`, score: 15 };
  }
  const due = thread.due === undefined ? "" : `, due ${thread.due}`;
  return { kind: "running", days: 0, text: `${thread.status}${due}${next}`, score: 5 };
}

function linesOf(thread: Thread, standing: Standing): number[] {
  const wanted = standing.kind === "stale" ? ["updated", "next"] : ["due", "next"];
  const found = wanted.flatMap((key) => thread.lines[key] ?? []);
  return found.length > 0 ? found : [thread.lines.status ?? 1];
}
