import type { DecisionCandidate } from "../../contract/brief.ts";

/**
 * The questions that `after` or `dependsOn` means by a name: the one with that key; else the one with that key in the
 * naming ticket's repository; else all that the playbook of that name asks there.
 */
export function findNamed<T>(name: string, repo: string, all: readonly T[], read: (item: T) => DecisionCandidate): T[] {
  const exact = all.filter((item) => read(item).key === name);
  if (exact.length > 0) return exact;
  const attached = all.filter((item) => read(item).key === `${repo}/${name}`);
  if (attached.length > 0) return attached;
  const prefix = repo === "home" ? `${name}:` : `${repo}/${name}:`;
  return all.filter((item) => read(item).playbook === name && read(item).key.startsWith(prefix));
}

/** `links#2` → the question's key and the ticket's. */
export function splitName(name: string): [string, string | undefined] {
  const at = name.lastIndexOf("#");
  return at < 0 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)];
}

/** The questions among `all` whose tickets this one's may wait for, itself left out. A sibling's key means no other question. */
export function findBefore(candidate: DecisionCandidate, all: readonly DecisionCandidate[]): DecisionCandidate[] {
  const found = new Set<DecisionCandidate>();
  const add = (name: string, repo: string): void => {
    for (const other of findNamed(splitName(name)[0], repo, all, (item) => item)) if (other.key !== candidate.key) found.add(other);
  };
  for (const { tickets } of candidate.options) {
    const siblings = new Set(tickets.map((ticket) => ticket.key));
    for (const { after, draft } of tickets) for (const name of after) if (!siblings.has(name)) add(name, draft.repo);
  }
  const repo = candidate.options.flatMap((option) => option.tickets)[0]?.draft.repo ?? "home";
  for (const name of candidate.dependsOn) add(name, repo);
  return [...found];
}
