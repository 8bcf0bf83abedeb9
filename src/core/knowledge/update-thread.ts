import { flattenText } from "./normalise-text.ts";
import { setMatter } from "./read-matter.ts";

export type ThreadStatus = "active" | "waiting" | "done";

/** A thread's front matter with these values; every other byte stays. `updated` is a day. */
export function updateThreadStatus(text: string, values: { status?: ThreadStatus; next?: string; updated: string }): string {
  return setMatter(text, {
    ...(values.status === undefined ? {} : { status: values.status }),
    ...(values.next === undefined ? {} : { next: flattenText(values.next) }),
    updated: values.updated,
  });
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
