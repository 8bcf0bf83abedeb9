import type { Domain } from "../contract/config.ts";
import { readThread, type Thread } from "../core/brief/read-thread.ts";
import type { World } from "../port/world.ts";

/** A thread of a domain; one whose file cannot be read says why. */
export type ListedThread =
  | { readonly path: string; readonly problem: string }
  | Pick<Thread, "path" | "title" | "status" | "next" | "due" | "updated">;

const order: Readonly<Record<Thread["status"], number>> = { active: 0, waiting: 1, done: 2 };

/** The threads of a domain as main has them: active ones first, by the day they are due. What is not committed is not there. */
export async function listThreads(world: Pick<World, "git">, args: { domain: Domain }): Promise<ListedThread[]> {
  const { home } = args.domain;
  const repo = world.git.at(home.path);
  const tip = await repo.resolve(`refs/heads/${home.branch}^{commit}`);
  if (tip === undefined) return [];
  const entries = (await repo.listTree(tip, "threads")).filter(
    ({ mode, path }) => mode.startsWith("100") && /^threads\/[^/]+\.md$/.test(path),
  );
  const texts = await repo.readBlobs(entries.map(({ id }) => id));
  const listed = entries.map(({ path }, at): ListedThread & { rank: string } => {
    const text = texts[at];
    const reading = text === undefined ? { kind: "unreadable" as const, reason: "it is too long" } : readThread(path, text);
    if (reading.kind === "unreadable") return { path, problem: reading.reason, rank: `3 ${path}` };
    const { title, status, next, due, updated } = reading.thread;
    const days = { ...(due === undefined ? {} : { due }), ...(updated === undefined ? {} : { updated }) };
    return { path, title, status, next, ...days, rank: `${order[status]} ${due ?? "9999"} ${path}` };
  });
  return listed.sort((one, other) => (one.rank < other.rank ? -1 : 1)).map(({ rank: _, ...thread }) => thread);
}
