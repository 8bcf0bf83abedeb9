import type { Lane, LaneActivity } from "../../contract/run.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { listCauses } from "../ticket/cause.ts";
import { hasPassed } from "./has-passed.ts";

/** What a ticket waits for, as `mos ticket show` says it. A public shape. */
export interface Wait {
  /** A sentence for a person. */
  readonly for: string;
  /** Since when it waits for that, ISO 8601. */
  readonly since: string;
  /** The tickets that are tested with it, in the order of landing; it is the last that counts where it stands last. */
  readonly batch?: readonly string[];
  /** The commit of main that they are tested on. */
  readonly base?: string;
}

/** What is known around one ticket. */
export interface Surroundings {
  readonly ticket: Ticket;
  /** Of its last transition. */
  readonly since: string;
  readonly lane: Lane | undefined;
  /** Of the lander, while one holds the lane. */
  readonly activity: LaneActivity | undefined;
  /** Before the gate, in the order of their turn. */
  readonly queued: readonly string[];
  /** Work that is begun and holds paths of it. */
  readonly rivals: readonly string[];
  /** Whether a worker that lives has it. */
  readonly worked: boolean;
  /** Why the doctor holds its domain; absent where it does not. */
  readonly held?: string;
}

/** What a ticket waits for at this moment; `undefined` for one that is merged. Pure: told by what is stored, as it is read. */
export function explainWait(around: Surroundings): Wait | undefined {
  const { ticket, since, lane, held, worked } = around;
  const { id, status } = ticket;
  const wait = (text: string): Wait => ({ for: text, since });
  switch (status.state) {
    case "merged":
      return undefined;
    case "blocked":
      return wait(
        listCauses(ticket)
          .map(({ kind, clears }) => `${kind}: ${clears}`)
          .join("; ") || "nothing will clear it",
      );
    case "draft":
      return wait(`the operator's word: mos ticket ready ${id}`);
    default:
  }
  if (lane?.paused) return wait(`its lane, which is paused: ${lane.paused.reason}`);
  if (held !== undefined && !worked) return wait(`the doctor's A, which its domain does not have: ${held}`);
  if (hasPassed(ticket)) return explainQueued(around);
  if (worked) return wait(status.state === "verifying" ? "its verifier, who is at work" : "its executor, who is at work");
  if (status.state !== "ready") return wait("a worker to take it up again: mos run");
  if (around.rivals.length > 0)
    return wait(`the paths that ${around.rivals.join(", ")} ${around.rivals.length === 1 ? "has" : "have"} in use`);
  return wait("a worker: mos run");
}

function explainQueued({ ticket, since, activity, queued }: Surroundings): Wait {
  const { id } = ticket;
  const place = queued.indexOf(id);
  const before = place > 0 ? `, behind ${queued.slice(Math.max(0, place - 5), place).join(", ")}` : "";
  if (!activity) return { for: `the gate${before}, where nobody is at work now: mos run`, since };
  const { base } = activity;
  if (activity.landing.includes(id)) return { for: "its landing, which is under way", since, batch: activity.landing, base };
  const suspect = activity.suspects.find((one) => one.ticket === id);
  const own = activity.builds.filter((build) => build.tickets.includes(id));
  const shortest = own.sort((a, b) => a.tickets.length - b.tickets.length)[0];
  const tested = shortest ? { batch: shortest.tickets, base } : {};
  if (suspect) {
    const control = activity.builds.find(({ kind }) => kind === "control");
    const step =
      suspect.step === "control"
        ? "it failed twice: main is tested without it"
        : suspect.step === "retry"
          ? "it failed where all before it passed: it is tested once more, alone"
          : "it passed at the second try: it lands, or is tested with others";
    return { for: step, since: shortest?.since ?? control?.since ?? since, ...tested, base };
  }
  if (shortest) {
    const alone = shortest.tickets.length === 1;
    return {
      for: alone ? "its test on main" : `the test of ${shortest.tickets.length} tickets together`,
      since: shortest.since,
      ...tested,
    };
  }
  if (activity.train.includes(id)) return { for: "the tests of those before it in the train, which failed with it", since, base };
  return { for: `its turn before the gate${before}`, since, base };
}
