import { type Ticket, threadPath } from "../../contract/ticket.ts";
import { flattenText } from "./normalise-text.ts";
import { readMatter, setMatter } from "./read-matter.ts";

export type ThreadStatus = "active" | "waiting" | "done";

/** The thread that a ticket serves: beside its own paths the one that its landing may change. */
export function threadOf({ thread }: Pick<Ticket, "thread">): string | undefined {
  return thread !== undefined && threadPath.test(thread) ? thread : undefined;
}

/**
 * A thread's front matter with these values; every other byte stays. `updated` is a day. It is read back before it counts:
 * where the front matter leaves no safe place for them, or the text is none that can be written again, it stays as it is.
 */
export function updateThreadStatus(text: string, values: { status?: ThreadStatus; next?: string; updated: string }): string {
  // Bytes that are no text, and a mark before the fence, would not come back as they were.
  if (text.includes("\uFFFD") || text.startsWith("\uFEFF")) return text;
  const wanted = {
    ...(values.status === undefined ? {} : { status: values.status }),
    ...(values.next === undefined ? {} : { next: flattenText(values.next) }),
    updated: values.updated,
  };
  const before = readMatter(text);
  if (before !== undefined && before.data === undefined) return text;
  const edited = setMatter(text, wanted);
  const after = readMatter(edited)?.data;
  const expected: Readonly<Record<string, unknown>> = { ...before?.data, ...wanted };
  const isAsMeant = after !== undefined && isSame(after, expected);
  return isAsMeant ? edited : text;
}

/** Whether all that changed in a thread is what landings say of it, so that nothing of anybody's hand is lost with it. */
export function isLandingsWord({ before, after }: { before: string; after: string }): boolean {
  const { status, next, updated } = readMatter(after)?.data ?? {};
  if (status !== "active" || typeof next !== "string" || typeof updated !== "string") return false;
  return updateThreadStatus(before, { status, next, updated }) === after;
}

function isSame(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => JSON.stringify(one[name]) === JSON.stringify(other[name]));
}

/**
 * K8: the thread as it stands once a ticket that serves it has landed. A ticket that wrote the thread itself knows
 * best: only the day is set. Otherwise the next step is the next ticket that serves it, or, when there is none, to
 * decide what follows; and a thread that work has moved is active.
 *
 * @param open  other tickets that serve this thread and have not landed, first the next one
 */
export function threadAfterLanding(args: {
  text: string;
  ticket: { id: string; title: string };
  open: readonly { id: string; title: string }[];
  writtenByTicket: boolean;
  today: string;
}): string {
  const { text, ticket, open, writtenByTicket, today } = args;
  if (writtenByTicket) return updateThreadStatus(text, { updated: today });
  const follower = open[0];
  const next = follower ? `land ${follower.id}: ${follower.title}` : `decide what follows ${ticket.id}: ${ticket.title}`;
  return updateThreadStatus(text, { status: "active", next, updated: today });
}
