import { z } from "zod";
import { isDay } from "../../core/chore/add-days.ts";
import type { ChoreWorld, RepositoryCheck } from "../../core/chore/chore.ts";
import { createRehearsal } from "./create-rehearsal.ts";
import { readHistory } from "./read-history.ts";
import { readTree } from "./read-tree.ts";

const Checks = z.array(
  z.object({
    name: z.string().max(100),
    run: z.string().max(4000),
    kind: z.string().optional(),
    timeoutSeconds: z.number().positive().optional(),
  }),
);

/** The checked-out tree as the chores see it. Reads lazily. */
export function readChoreWorld(args: {
  root: string;
  env: Readonly<Record<string, string | undefined>>;
  /** `--today`: comes before MOS_NOW, and that before the commit's day. */
  today?: string | undefined;
}): ChoreWorld {
  const { root, env } = args;
  const history = readHistory(root);
  let today: string | undefined;
  return {
    tree: readTree(root),
    history,
    rehearsal: createRehearsal({ root, env, secondsMax: positive(env.MOS_CHECK_SECONDS) ?? 120 }),
    get today() {
      today ??= dayOf(args.today) ?? dayOf(env.MOS_NOW) ?? history.log({ max: 1 })[0]?.date ?? "1970-01-01";
      return today;
    },
    checks: readChecks(env.MOS_CHECKS),
    repository: env.MOS_REPO ?? "home",
  };
}

function dayOf(moment: string | undefined): string | undefined {
  const day = moment?.slice(0, 10);
  return day !== undefined && isDay(day) ? day : undefined;
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return text !== undefined && value > 0 && Number.isFinite(value) ? value : undefined;
}

function readChecks(text: string | undefined): readonly RepositoryCheck[] {
  if (text === undefined || text === "") return [];
  return Checks.parse(JSON.parse(text));
}
