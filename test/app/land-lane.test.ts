import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { runTickets } from "../../src/app/run-tickets.ts";
import { type GateStatus, showGate } from "../../src/app/show-gate.ts";
import { showTicket, type TicketDetails } from "../../src/app/show-ticket.ts";
import type { World } from "../../src/port/world.ts";
import { readLanded } from "../support/file-tickets.ts";
import { runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { healthy, type OpenedWorld, openWorld } from "../support/open-world.ts";

let opened: OpenedWorld | undefined;
afterEach(async () => {
  await opened?.remove();
  opened = undefined;
});
const diagnose = async () => healthy;

async function open(check: string): Promise<OpenedWorld & { home: string; file: (name: string, text?: string) => Promise<string> }> {
  const one = await openWorld({ music: { prefix: "MUS", files: { "check.sh": check } } });
  opened = one;
  const file = (name: string, text = name) =>
    one.fileReady({ domain: "music", title: `Write ${name}`, touches: [name], run: [`echo ${text} > ${name}`] });
  return { ...one, home: join(one.root, "music"), file };
}

/** The world in which the n-th run of a check of the gate gives this exit code; all else is real. */
function failOnce(world: World, { nth, exitCode }: { nth: number; exitCode: number }): World {
  let seen = 0;
  return {
    ...world,
    slots: {
      ...world.slots,
      withSlot: (args, body) =>
        world.slots.withSlot(args, (slot) =>
          body({
            ...slot,
            run: async (run) => {
              const result = await slot.run(run);
              if (!args.purpose.startsWith("gate")) return result;
              seen += 1;
              return seen === nth ? { ...result, exitCode, stdout: "AssertionError: by chance\n" } : result;
            },
          }),
        ),
    },
  };
}

describe.skipIf(!boxAvailable)("how a lane lands what waits before it", () => {
  test("G4, G4g: tickets that wait land as one commit with one receipt; meanwhile each says with whom it is tested, on what", async () => {
    const { world, home, file } = await open('[ "$1" = lint ] || sleep 3\n');
    const ids = [];
    for (const name of ["a", "b", "c", "d", "e"]) ids.push(await file(`${name}.txt`));
    const running = runTickets(world, { diagnose, maxParallel: 5 });
    const seen = await watch(world, ids);
    expect((await running).merged.toSorted()).toEqual(ids);

    expect(readLanded(home).toSorted()).toEqual(ids);
    const commits = runGitIn(home, "rev-list", "--first-parent", "main").split("\n");
    const receipts = await world.store.read((tx) => tx.receipts.list({ lane: "music" }));
    expect(receipts).toHaveLength(commits.length - 1);
    const together = receipts.find(({ tickets }) => tickets.length > 1);
    expect(together).toBeDefined();
    for (const receipt of receipts) {
      expect(runGitIn(home, "rev-parse", `${receipt.commit}^{tree}`, `${receipt.commit}^1`).split("\n")).toEqual([
        receipt.tree,
        receipt.base,
      ]);
      expect(Object.keys(receipt.heads)).toEqual(receipt.tickets);
      for (const head of Object.values(receipt.heads)) runGitIn(home, "merge-base", "--is-ancestor", head, receipt.commit);
    }
    // Behind a landing of several each has its own commit, with what it says of itself.
    const own = runGitIn(home, "log", "--format=%s", `${together?.commit}^1..${together?.commit}^2`);
    for (const id of together?.tickets ?? []) expect(own).toContain(`Write ${"abcde"[ids.indexOf(id)]}.txt`);

    const waits = seen.tickets.flatMap(({ waits }) => (waits === undefined ? [] : [waits]));
    const tested = waits.find(({ batch }) => (batch?.length ?? 0) > 1);
    expect(tested).toMatchObject({
      for: expect.stringMatching(/^the test of \d tickets together$/),
      base: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(seen.gates.some(({ lanes }) => lanes.some(({ activity }) => activity?.builds.some(({ tickets }) => tickets.length > 1)))).toBe(
      true,
    );
    const [after] = (await showGate(world)).lanes;
    expect(after).toMatchObject({ lane: "music", waiting: [], flaky: [] });
    expect(after?.activity).toBeUndefined();
  });

  test("G4b, G4c: one bad among them is rejected alone, with the shortest excerpt of its failing check; the others land", async () => {
    const check =
      '[ "$1" = lint ] && exit 0\necho counting\nfor f in *.txt; do ! grep -q bad $f || { echo "Error: $f is bad"; echo "  at line 1"; exit 1; }; done\n';
    const { world, home, file } = await open(check);
    const ids = [await file("a.txt"), await file("b.txt", "bad"), await file("c.txt"), await file("d.txt")];
    const result = await runTickets(world, { diagnose, maxParallel: 4 });
    expect(result.merged.toSorted()).toEqual([ids[0], ids[2], ids[3]]);
    expect(existsSync(join(home, "b.txt"))).toBe(false);
    const shown = await showTicket(world, { id: ids[1] as string });
    expect(shown.refused?.reason).toContain("test is red on the merged result: Error: b.txt is bad");
    expect(shown.refused?.reason).not.toContain("counting");
    expect(shown.waits?.since).toBe(shown.history.findLast(({ kind }) => kind === "ticket.superseded")?.at);
    expect(existsSync(shown.refused?.log as string)).toBe(true);
  });

  test("G4c: a check that fails and then passes on the same tree is flaky: counted, and a draft at the second time; its tickets land", async () => {
    const { world, file } = await open("true\n");
    for (const [name, count] of [
      ["a.txt", 1],
      ["b.txt", 2],
    ] as const) {
      const id = await file(name);
      expect((await runTickets(failOnce(world, { nth: 1, exitCode: 1 }), { diagnose })).merged).toEqual([id]);
      const [lane] = (await showGate(world)).lanes;
      expect(lane?.flaky).toMatchObject([{ check: "test", count }]);
    }
    const drafts = await world.store.read((tx) => tx.tickets.list({ state: "draft" }));
    expect(drafts).toMatchObject([{ title: "Make test of music reliable", domain: "music" }]);
    expect((await world.store.read((tx) => tx.events({ kind: "gate.flaky" }))).map(({ data }) => data.count)).toEqual([1, 2]);
  });

  test("G4c: a test that could not be made is made again, and counts against no ticket", async () => {
    const { world, file } = await open("true\n");
    const id = await file("a.txt");
    let broken = false;
    const slots: World["slots"] = {
      ...world.slots,
      withSlot: (args, body) => {
        if (broken || !args.purpose.startsWith("gate")) return world.slots.withSlot(args, body);
        broken = true;
        return Promise.reject(new Error("the disk was away for a moment"));
      },
    };
    expect(await runTickets({ ...world, slots }, { diagnose })).toMatchObject({ merged: [id], builds: 2, retries: 0 });
  });

  test("G4d: main that turns red by itself stops the lane, and the landing since which it does is named", async () => {
    const check = '[ "$1" = lint ] || [ ! -e bomb.txt ] || [ "$(date +%s)" -lt "$(cat bomb.txt)" ]\n';
    const { world, home, file } = await open(check);
    const first = await file("a.txt");
    await runTickets(world, { diagnose });
    const at = Math.floor(Date.now() / 1000) + 12;
    const bomb = await file("bomb.txt", `${at}`);
    await runTickets(world, { diagnose });
    const culprit = runGitIn(home, "rev-parse", "main");
    const later = await file("c.txt");
    expect((await runTickets(world, { diagnose })).merged).toEqual([later]);
    expect(readLanded(home)).toEqual([first, bomb, later]);
    await delay(Math.max(0, at * 1000 + 1000 - Date.now()));
    const innocent = await file("d.txt");
    const result = await runTickets(world, { diagnose });
    expect(result).toMatchObject({ merged: [], blocked: [] });
    const [event] = await world.store.read((tx) => tx.events({ kind: "gate.base-red" }));
    expect(event).toMatchObject({ data: { lane: "music", check: "test", culprit, waiting: [innocent] } });
    expect(event?.reason).toContain(`since ${culprit.slice(0, 12)} of ${bomb}`);
    expect((await showTicket(world, { id: innocent })).state).toBe("verifying");
  });

  test("G6: an urgent ticket goes before those that wait, through the same gate", async () => {
    const { world, home, file, fileReady } = await open('[ "$1" = lint ] || sleep 10\n');
    for (const name of ["a", "b", "c", "d"]) await file(`${name}.txt`);
    const running = runTickets(world, { diagnose, maxParallel: 4 });
    await until(async () => (await showGate(world)).lanes.some(({ activity }) => (activity?.builds.length ?? 0) > 0));
    const urgent = await fileReady({ domain: "music", title: "At once", touches: ["u.txt"], run: ["echo u > u.txt"], priority: 100 });
    expect((await running).merged).toContain(urgent);
    const landings = (await world.store.read((tx) => tx.receipts.list({ lane: "music" })))
      .toSorted((a, b) => a.landedAt.localeCompare(b.landedAt))
      .map(({ tickets }) => tickets);
    expect(landings.find((tickets) => tickets.includes(urgent))).toEqual([urgent]);
    expect(landings.at(-1)).not.toContain(urgent);
    expect(readLanded(home)).toHaveLength(5);
  });
});

async function watch(world: World, ids: readonly string[]): Promise<{ tickets: TicketDetails[]; gates: GateStatus[] }> {
  const seen = { tickets: [] as TicketDetails[], gates: [] as GateStatus[] };
  await until(async () => {
    seen.gates.push(await showGate(world));
    const now = await Promise.all(ids.map((id) => showTicket(world, { id })));
    seen.tickets.push(...now);
    return now.every(({ state }) => state === "merged");
  });
  return seen;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries > 600) throw new Error("it did not come to that in two minutes");
    await delay(200);
  }
}
