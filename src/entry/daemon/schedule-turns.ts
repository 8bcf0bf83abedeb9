import { Cron } from "croner";
import PQueue from "p-queue";
import type { Turn } from "../../app/take-turn.ts";

/**
 * The rhythm: each turn at its times, one after the other (H12). A turn that still waits when its time comes again is not taken
 * twice. A failing turn is said and comes again at its next time.
 *
 * @param args.isOwed  asked once at the start: whether what was due at that moment was missed
 */
export function scheduleTurns(args: {
  readonly list: () => Promise<readonly Turn[]>;
  readonly take: (turn: Turn) => Promise<boolean>;
  readonly isOwed: (turn: Turn, dueAt: Date) => Promise<boolean>;
  readonly say: (text: string) => void;
}): { renew(): Promise<void>; stop(): void } {
  const queue = new PQueue({ concurrency: 1 });
  const waiting = new Set<string>();
  let crons: Cron[] = [];
  const stopCrons = () => {
    for (const cron of crons) cron.stop();
    crons = [];
  };
  const start = async (turn: Turn) => {
    const name = `${turn.kind} ${turn.domain}`;
    if (waiting.has(name)) return;
    waiting.add(name);
    try {
      args.say(`${name}: ${(await queue.add(() => args.take(turn))) ? "done" : "nothing new"}`);
    } catch (error) {
      args.say(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      waiting.delete(name);
    }
  };
  const makeUp = async (turn: Turn, cron: Cron) => {
    const [due] = cron.previousRuns(1);
    if (due !== undefined && (await args.isOwed(turn, due))) void start(turn);
  };
  let begun = false;
  return {
    renew: async () => {
      const turns = await args.list();
      stopCrons();
      crons = turns.map((turn) => new Cron(turn.cron, { mode: "5-part", unref: true }, () => start(turn)));
      if (begun) return;
      begun = true;
      for (const [at, turn] of turns.entries()) await makeUp(turn, crons[at] as Cron);
    },
    stop: () => {
      stopCrons();
      queue.clear();
    },
  };
}
