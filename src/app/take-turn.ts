import { MosError } from "../contract/error.ts";
import { readLatestBrief } from "../core/brief/latest-brief.ts";
import type { World } from "../port/world.ts";
import { openQuestions } from "../stage/interview/open-questions.ts";
import { readStanding } from "../stage/scout/read-standing.ts";
import { distill } from "./distill.ts";
import { holdSession, type SessionHand } from "./open-session.ts";
import { scoutSession } from "./session-steps.ts";

/** One line of the rhythm: at these times, this is done in this domain. */
export interface Turn {
  readonly kind: "scout" | "distill";
  readonly domain: string;
  /** Five fields, local time. */
  readonly cron: string;
}

/** Every line of mos.yaml's rhythm, the cross-domain home's included. */
export function listTurns({ workspace }: Pick<World, "workspace">): Turn[] {
  return [...workspace.domains, workspace.operator].flatMap(({ name, rhythm }) => [
    { kind: "scout", domain: name, cron: rhythm.scout },
    { kind: "distill", domain: name, cron: rhythm.distill },
  ]);
}

const rhythm: SessionHand = { actor: "mos", authority: "rhythm", reason: "the rhythm's time" };

/**
 * Takes one turn of the rhythm by the use cases that the commands are faces of. A scout's questions wait in an open session,
 * which the next `mos start` goes on with; where nothing is new no session is opened and nothing is written (I6). Decides,
 * files and lands nothing but what distillation hands to the librarian.
 *
 * @returns whether anything was done
 * @throws MosError `session-running` while the operator has one
 */
export async function takeTurn(world: World, turn: Turn): Promise<boolean> {
  if (turn.kind === "distill") return (await distill(world, { domain: turn.domain })).artifacts > 0;
  if (await isFresh(world, turn.domain)) return false;
  await holdSession(
    world,
    async (session) => {
      await scoutSession(world, session, { domains: [turn.domain] });
      await openQuestions(world, { session: session.id });
    },
    rhythm,
  );
  return true;
}

const pollMs = 2_000;

/**
 * The same, for a process that a clock started: where several domains have one time, or the operator has a session, it waits for the
 * session to be free, so long.
 *
 * @throws MosError `session-running` when it was not
 */
export async function takeTurnWhenFree(world: World, turn: Turn, { waitMs }: { waitMs: number }): Promise<boolean> {
  const startMs = world.clock.monotonicMs();
  for (;;) {
    try {
      return await takeTurn(world, turn);
    } catch (error) {
      const isTaken = error instanceof MosError && error.code === "session-running";
      if (!isTaken || world.clock.monotonicMs() - startMs + pollMs > waitMs) throw error;
      await world.clock.sleep(pollMs, world.signal);
    }
  }
}

/**
 * Whether a turn that was due at that moment was missed: the brief is older, or an artifact from before it still waits.
 * A domain that was never briefed owes nothing: its first brief is the operator's to ask for.
 */
export async function isOwed(world: World, turn: Turn, dueAt: Date): Promise<boolean> {
  const isOlder = (at: string) => Date.parse(at) < dueAt.getTime();
  return await world.store.read(async (tx) => {
    if (turn.kind === "scout") {
      const latest = await readLatestBrief(tx, turn.domain);
      return latest !== undefined && isOlder(latest.brief.at);
    }
    return (await tx.artifacts.list({ domain: turn.domain })).some(({ at, distilledAt }) => distilledAt === undefined && isOlder(at));
  });
}

async function isFresh(world: World, name: string): Promise<boolean> {
  const domain = [...world.workspace.domains, world.workspace.operator].find((one) => one.name === name);
  // Gone from mos.yaml since.
  if (domain === undefined) return true;
  return (await readStanding(world, domain)).freshness.fresh;
}
