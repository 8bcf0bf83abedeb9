import type { Ticket } from "../../src/contract/ticket.ts";

/**
 * Tickets over repositories of uneven size: with the exponent 1.25 the busiest has four times as many as the mean, with 2
 * about 3 in 100 of all. One in twenty is urgent and one in ten waits for another of its repository. Most name one to three
 * files, some a folder or a glob, one in forty the whole repository; one in ten appends to the changelog as well.
 */
export function makeTickets(args: { count: number; repositories: number; exponent: number; random: () => number }): Ticket[] {
  const { count, repositories, exponent, random } = args;
  const numbers = new Map<number, number>();
  return Array.from({ length: count }, () => {
    const at = Math.floor(repositories * random() ** exponent);
    const number = (numbers.get(at) ?? 0) + 1;
    numbers.set(at, number);
    const prefix = `R${at}`;
    const dependsOn = number > 1 && random() < 0.1 ? [`${prefix}-${1 + Math.floor(random() * (number - 1))}`] : [];
    return makeTicket({ id: `${prefix}-${number}`, domain: `r${at}`, priority: somePriority(random), dependsOn, ...someClaim(random) });
  });
}

function somePriority(random: () => number): number {
  return random() < 0.05 ? 100 : random() < 0.5 ? 50 : 10 * Math.floor(random() * 10);
}

function someClaim(random: () => number): Pick<Ticket, "touches" | "appends"> {
  const folder = `src/part-${Math.floor(random() * 40)}`;
  const file = () => `${folder}/file-${Math.floor(random() * 25)}.ts`;
  const kind = random();
  const touches =
    kind < 0.025
      ? []
      : kind < 0.1
        ? [`${folder}/`]
        : kind < 0.15
          ? [`${folder}/*.test.ts`]
          : kind < 0.6
            ? [file()]
            : [file(), file(), `docs/${file()}`];
  return random() < 0.1 && touches.length > 0
    ? { touches: [...touches, "CHANGELOG.md"], appends: ["CHANGELOG.md"] }
    : { touches, appends: [] };
}

function makeTicket(given: Pick<Ticket, "id" | "domain" | "priority" | "dependsOn" | "touches" | "appends">): Ticket {
  return {
    ...given,
    title: "simulated",
    repo: "home",
    body: "",
    generates: [],
    runtime: "playbook",
    role: "executor",
    run: [],
    accept: [],
    provenance: { candidates: [] },
    status: { state: "ready" },
    version: 1,
    epoch: 0,
    rework: 0,
    createdAt: "2026-11-01T00:00:00.000Z",
  };
}
