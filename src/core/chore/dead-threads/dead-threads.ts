import { countOf } from "../../text/count-of.ts";
import { addDays, daysBetween } from "../add-days.ts";
import { type Chore, type ChoreFinding, type ChoreWorld, findingsMax } from "../chore.ts";
import { readTitle } from "../read-title.ts";
import { readThread, writeThread } from "./edit-thread.ts";

const staleDays = 30;
const renewalDays = 14;

/** Threads that nobody has touched for more than 30 days, or whose day has passed. */
export const deadThreads: Chore = {
  id: "dead-threads",

  async find(world) {
    return threadsOf(world, [])
      .flatMap((path) => judgeThread(world, path, world.today) ?? [])
      .slice(0, findingsMax);
  },

  /** `--close` sets the status to done; `--renew` says that it is still alive, and moves a day that has passed two weeks on. */
  async fix(world, args) {
    const { today } = world;
    const edits: { path: string; text: string }[] = [];
    const changed: string[] = [];
    for (const path of threadsOf(world, args.targets)) {
      const text = world.tree.read(path);
      if (text === undefined || judgeThread(world, path, today) === undefined) continue;
      const close = args.options.close !== undefined;
      const due = readThread(text)?.due;
      const renewed = due !== undefined && due < today ? { due: addDays(today, renewalDays) } : {};
      edits.push({ path, text: writeThread(text, close ? { status: "done", updated: today } : { updated: today, ...renewed }) });
      changed.push(close ? `${path} is done` : `${path} is looked at again${renewed.due ? ` by ${renewed.due}` : ""}`);
    }
    return { edits, changed };
  },

  async check(world, args) {
    const { today } = world;
    const wanted = args.targets.flatMap((path) => {
      const thread = readThread(world.tree.read(path) ?? "");
      if (!thread) return [`${path} is no thread`];
      return args.options.close !== undefined && thread.status !== "done" ? [`${path} is ${thread.status}, not done`] : [];
    });
    return [...wanted, ...threadsOf(world, args.targets).flatMap((path) => judgeThread(world, path, today)?.text ?? [])];
  },
};

function threadsOf(world: ChoreWorld, targets: readonly string[]): string[] {
  return world.tree.paths.filter(
    (path) => /^threads\/[^/]+\.md$/.test(path) && path.length <= 290 && (targets.length === 0 || targets.includes(path)),
  );
}

function judgeThread(world: ChoreWorld, path: string, today: string): ChoreFinding | undefined {
  const text = world.tree.read(path) ?? "";
  const thread = readThread(text);
  if (!thread || (thread.status !== "active" && thread.status !== "waiting")) return undefined;
  const updated = thread.updated ?? world.history.log({ paths: [path], max: 1 })[0]?.date;
  const age = updated === undefined ? 0 : daysBetween(updated, today);
  const late = thread.due === undefined ? 0 : daysBetween(thread.due, today);
  if (age <= staleDays && late <= 0) return undefined;
  const title = readTitle(path, text);
  const reasons = [
    ...(age > staleDays ? [`untouched for ${age} days`] : []),
    ...(late > 0 ? [`due on ${thread.due}, ${countOf(late, "day")} ago`] : []),
  ];
  const line = (late > 0 && age <= staleDays ? thread.lines.due : thread.lines.updated) ?? thread.lines.status ?? 1;
  return {
    subject: path.slice("threads/".length, -".md".length),
    text: `${title}: ${reasons.join("; ")} (${path})`,
    evidence: [{ path, line }],
    values: {
      path,
      title,
      due: addDays(today, renewalDays),
      ...(age > staleDays ? { stale: path } : {}),
    },
  };
}
