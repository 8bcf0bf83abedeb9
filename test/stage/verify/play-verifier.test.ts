import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { runTickets } from "../../../src/app/run-tickets.ts";
import { unblockTicket } from "../../../src/app/unblock-ticket.ts";
import type { Play } from "../../../src/port/role-runtime.ts";
import { runGitIn } from "../../support/make-repository.ts";
import { boxAvailable } from "../../support/open-box.ts";
import { healthy, type OpenedWorld, openWorld } from "../../support/open-world.ts";
import { doneOutput, type ScriptedTurn, scriptRuntime } from "../../support/scripted-runtime.ts";

let opened: OpenedWorld | undefined;
afterEach(async () => {
  await opened?.remove();
  opened = undefined;
});
const diagnose = async () => healthy;
const files = { "check.sh": "exit 0\n", "a.txt": "a\n" };
const secretWord = "my-reasons-are-mine";

/** An executor that writes c.txt and explains itself, and a verifier that plays these turns. */
async function open(verifier: readonly ScriptedTurn[], executor: readonly ScriptedTurn[] = [writes("c")]) {
  const judge = scriptRuntime("judge", verifier);
  const maker = scriptRuntime("maker", executor);
  const config = { roles: { verifier: { runtime: "judge" } } };
  opened = await openWorld({ music: { prefix: "MUS", files } }, { config, roleRuntimes: { judge, maker } });
  const { world, root, fileReady } = opened;
  return {
    ...{ world, judge, maker, home: join(root, "music") },
    file: (more: Record<string, unknown> = {}) =>
      fileReady({
        ...{ domain: "music", title: "Write the chorus", body: "Loud.", touches: ["c.txt"], runtime: "maker" },
        ...{ accept: [{ text: "it is loud", run: "test -s c.txt" }, { text: "people hum it" }] },
        ...more,
      }),
    run: () => runTickets(world, { diagnose }),
    read: (id: string) => world.store.read((tx) => tx.tickets.get(id)),
    verdicts: (ticket: string) => world.store.read((tx) => tx.verdicts.list({ ticket })),
  };
}

function writes(text: string): ScriptedTurn {
  const act = async (play: Play) => {
    await play.slot.run({ command: `echo ${text} > c.txt`, writable: true, readOnly: play.readOnly, wallMs: 30_000 });
  };
  return { output: { ...doneOutput, summary: secretWord, decided: [secretWord], learned: [secretWord], left: [secretWord] }, act };
}
const point = (text: string, pass: boolean) => ({ point: text, pass, evidence: `seen: ${text}` });
const passes = { output: { outcome: "pass", points: [point("it is loud", true), point("people hum it", true)] } };
const fails = { output: { outcome: "fail", points: [point("it is loud", true), point("people hum it", false)] } };
const dies = (failure: string, more: Record<string, unknown> = {}): ScriptedTurn => ({
  result: { failure, message: "gone", ...more } as never,
});

describe.skipIf(!boxAvailable)("a verifier beside the rules", () => {
  test("G10a: it sees ticket, change and acceptance at the exact commit, and nothing of what the executor said; both pass, and the verdict names it", async () => {
    const seen: string[] = [];
    const { home, judge, maker, file, run, verdicts, world } = await open([
      {
        ...passes,
        act: async (play) => {
          const { stdout } = await play.slot.run({
            command: "git rev-parse HEAD; echo x > scratch; cat c.txt",
            writable: true,
            wallMs: 30_000,
          });
          seen.push(stdout);
        },
      },
    ]);
    const id = await file();
    expect((await run()).merged).toEqual([id]);
    const [play] = judge.plays;
    const commit = runGitIn(home, "rev-parse", `refs/mos/work/${id}/1`);
    expect(seen[0]).toBe(`${commit}\nc\n`);
    expect(play?.prompt).toContain("Write the chorus");
    expect(play?.prompt).toContain("2. people hum it");
    expect(play?.prompt).toContain("+c");
    expect(play?.prompt).not.toContain(secretWord);
    expect(play).toMatchObject({ role: "verifier", ticket: id });
    expect(play?.conversation).toBeUndefined();
    expect(play?.slot).not.toBe(maker.plays[0]?.slot);
    const runs = await world.store.read((tx) => tx.agentRuns.list({ ticket: id }));
    expect(runs.map(({ role, runtime }) => `${role} ${runtime}`)).toEqual(["executor maker", "verifier judge"]);
    const [verdict] = await verdicts(id);
    expect(verdict).toMatchObject({ outcome: "pass", commit, verifier: "rules/1+judge", run: runs[1]?.id });
    expect(verdict?.points.slice(-2).map(({ evidence }) => evidence)).toEqual(["seen: it is loud", "seen: people hum it"]);
    expect(runGitIn(home, "ls-tree", "-r", "--name-only", "main")).not.toContain("scratch");
  });

  test("G10b: what it fails is superseded by a successor that has its findings and begins with the work", async () => {
    const { maker, file, run, read, verdicts } = await open([fails, passes], [writes("c"), writes("better")]);
    const id = await file();
    expect((await run()).merged).toEqual(["MUS-2"]);
    expect((await read(id))?.successor).toBe("MUS-2");
    expect(await verdicts(id)).toMatchObject([{ outcome: "fail" }]);
    expect(maker.plays[1]?.prompt).toContain("seen: people hum it");
    expect(maker.plays[1]?.prompt).toContain(`Attempt 1 of ${id} left work`);
  });

  test("G10: its pass turns no failed rule: what the rules refuse it is not even asked about", async () => {
    const { judge, file, run, read, verdicts } = await open([passes, passes], [writes("c"), writes("c"), writes("c")]);
    const id = await file({ accept: ["grep -q d c.txt"] });
    const stray = await file({ touches: ["d.txt"], title: "Elsewhere" });
    await run();
    expect(judge.plays).toEqual([]);
    expect((await verdicts(id))[0]).toMatchObject({ outcome: "fail", verifier: "rules/1" });
    expect((await read(stray))?.status.state).toBe("blocked");
  });

  test.each([
    ["fail without a failing point", { outcome: "fail", points: [point("it is loud", true), point("people hum it", true)] }],
    ["pass with a failing point", { outcome: "pass", points: [point("it is loud", true), point("people hum it", false)] }],
    ["pass that leaves a point out", { outcome: "pass", points: [point("it is loud", true)] }],
  ])("G10b: a %s is no pass", async (_, output) => {
    const { file, run, verdicts } = await open([{ output }, { output }], [writes("c"), writes("c")]);
    const id = await file();
    expect((await run()).merged).toEqual([]);
    expect(await verdicts(id)).toMatchObject([{ outcome: "fail" }]);
  });

  test("G10c: one that gives nothing is asked once more, in a clean copy, and then passes nothing: the ticket waits, its work untouched", async () => {
    const { judge, world, file, run, read, verdicts } = await open([dies("died"), dies("timeout"), passes]);
    const id = await file();
    expect((await run()).merged).toEqual([]);
    expect(judge.plays).toHaveLength(2);
    expect((await read(id))?.status).toMatchObject({ from: "verifying", causes: [{ kind: "check", ref: "verifier" }] });
    expect(await verdicts(id)).toEqual([]);
    await unblockTicket(world, { id });
    expect((await run()).merged).toEqual([id]);
  });

  test("G10c, T15: while its provider is over its limit the ticket waits as it is, and is judged afterwards", async () => {
    const { file, run, read, judge } = await open([dies("rate-limit", { retryAfterMs: 600 }), passes]);
    const id = await file();
    expect((await run()).merged).toEqual([id]);
    expect(judge.plays).toHaveLength(2);
    expect(await read(id)).toMatchObject({ epoch: 2, rework: 0 });
  });

  test("G10c: its budget's end is no verdict", async () => {
    const { file, run, read, verdicts } = await open([dies("budget")]);
    const id = await file();
    await run();
    expect((await read(id))?.status).toMatchObject({ from: "verifying", causes: [{ kind: "budget", ref: "verifier" }] });
    expect(await verdicts(id)).toEqual([]);
  });

  test("G10: what commands alone made is judged by rules alone", async () => {
    const { file, run, judge } = await open([]);
    const id = await file({ runtime: "playbook", run: ["echo c > c.txt"] });
    expect((await run()).merged).toEqual([id]);
    expect(judge.plays).toEqual([]);
  });
});
