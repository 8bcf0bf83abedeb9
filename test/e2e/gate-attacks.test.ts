import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { adoptBranch } from "../../src/app/adopt-branch.ts";
import { advanceTicket } from "../../src/app/advance-ticket.ts";
import { runTickets } from "../../src/app/run-tickets.ts";
import type { Ticket } from "../../src/contract/ticket.ts";
import { takeTickets } from "../../src/stage/dispatch/take-tickets.ts";
import { commitFiles, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { healthy, type OpenedWorld, openWorld } from "../support/open-world.ts";

/** What an enemy of the gate tries by a ticket, by the repository or by its checks. What is on disk afterwards decides. */

let opened: OpenedWorld | undefined;
afterEach(async () => {
  await opened?.remove();
  opened = undefined;
});
const diagnose = async () => healthy;
const files = { "check.sh": "sh test.sh $1\n", "test.sh": "! grep -q BROKEN a.txt\n", "a.txt": "a\n", "b.txt": "b\n" };
const write = (text: string, file: string) => `printf '%b' '${text}' > ${file}`;

async function open(more: Record<string, string> = {}, repo: Record<string, unknown> = {}, options?: Parameters<typeof openWorld>[1]) {
  opened = await openWorld({ music: { prefix: "MUS", files: { ...files, ...more }, repo } }, options);
  const home = join(opened.root, "music");
  return { ...opened, home, base: runGitIn(home, "rev-parse", "main") };
}
type Opened = Awaited<ReturnType<typeof open>>;

const lint = { name: "lint", run: "sh check.sh lint", kind: "lint" };
const findingsOf = async ({ world }: Opened, id: string) => {
  const events = await world.store.read((tx) => tx.events({ kind: "gate.refused", ticket: id }));
  return events.map(({ reason }) => reason).join("\n");
};
const ticketOf = async ({ world }: Opened, id: string) => (await world.store.read((tx) => tx.tickets.get(id))) as Ticket;
/** Main, the working tree and the receipts are as before. */
function expectNothingLanded({ home, base }: Opened) {
  expect(runGitIn(home, "rev-parse", "main")).toBe(base);
  expect(runGitIn(home, "status", "--porcelain")).toBe("");
  expect(runGitIn(home, "for-each-ref", "refs/mos/receipts")).toBe("");
}

describe.skipIf(!boxAvailable)("a check that is not what it seems", () => {
  test("G1c: one that edits the tree it tests does not count, whatever it says, and the paths are named", async () => {
    const at = await open();
    // A test of the ticket's own makes right what the next check would see.
    const id = await at.fileReady({
      domain: "music",
      title: "Edit while tested",
      touches: ["a.txt", "t/"],
      run: [write("bad\\n", "a.txt"), "mkdir -p t", write("echo good > a.txt\\n", "t/run.sh")],
      accept: ["test -f a.txt"],
    });
    const checks = [
      { name: "test", run: "[ ! -e t/run.sh ] || sh t/run.sh", kind: "test", timeoutSeconds: 900 },
      { name: "lint", run: "! grep -q bad a.txt", kind: "lint", timeoutSeconds: 900 },
    ] as const;
    const repo = { ...at.world.workspace.domains[0]?.home, checks } as never;
    const domain = { ...at.world.workspace.domains[0], home: repo, repos: [repo] } as never;
    const world = { ...at.world, workspace: { ...at.world.workspace, domains: [domain] } };
    expect((await runTickets(world, { diagnose })).merged).toEqual([]);
    expect(await findingsOf(at, id)).toContain("it changes the tree that it tests: a.txt");
    expectNothingLanded(at);
  });

  test("G1c: one that makes files for the next check makes them for nothing", async () => {
    const run = "if [ -e a.txt ]; then mkdir -p node_modules/.bin ignored; echo ok > ignored/pass; echo ok > pass; fi";
    const checks = [
      { name: "test", run, kind: "test" },
      { name: "lint", run: "! grep -q bad a.txt || [ -e ignored/pass ] || [ -e pass ]", kind: "lint" },
    ];
    const at = await open({ ".gitignore": "ignored/\nnode_modules/\n" }, { checks });
    const id = await at.fileReady({ domain: "music", title: "Leave a pass", touches: ["a.txt"], run: [write("bad\\n", "a.txt")] });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([]);
    expect(await findingsOf(at, id)).toContain("lint is red");
    expectNothingLanded(at);
  });

  test("G9: one that leaves a process behind leaves none: it writes nothing into a later test", async () => {
    const marker = `left-${process.pid}-${Date.now()}`;
    const daemon = `(setsid sh -c 'exec -a ${marker} sleep 300' &) ; (while :; do echo late > a.txt; echo late > late.txt; sleep 0.05; done) > /dev/null 2>&1 &\nexit 0\n`;
    const at = await open({
      "test.sh": `[ "$1" = lint ] && { sleep 1; [ ! -e late.txt ] && ! grep -q late a.txt; exit $?; }\nbash leave.sh\n`,
      "leave.sh": daemon,
    });
    const id = await at.fileReady({ domain: "music", title: "Pass by", touches: ["b.txt"], run: [write("new\\n", "b.txt")] });
    const result = await runTickets(at.world, { diagnose });
    const alive = readdirSync("/proc").filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(marker);
      } catch {
        return false;
      }
    });
    expect(alive).toEqual([]);
    // Whether it came to write before it was ended is a race: then the check did not count. What landed is what was tested.
    if (result.merged.length > 0) expect(runGitIn(at.home, "diff", "--name-only", at.base, "main")).toBe("b.txt");
    else expect((await ticketOf(at, id)).status.state).not.toBe("merged");
    if (result.merged.length === 0) expectNothingLanded(at);
    expect(existsSync(join(at.home, "late.txt"))).toBe(false);
  });

  test("G9: one that prints a gigabyte is ended, said to be, and its log stays small", async () => {
    const at = await open({ "test.sh": "if grep -q flood a.txt; then head -c 1073741824 /dev/zero; fi\n" });
    const id = await at.fileReady({ domain: "music", title: "Flood", touches: ["a.txt"], run: [write("flood\\n", "a.txt")] });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([]);
    expect(await findingsOf(at, id)).toContain("test is red");
    const logs = join(at.root, ".mos/log/ticket", id);
    for (const name of readdirSync(logs)) expect(statSync(join(logs, name)).size).toBeLessThan(2 * 1024 * 1024);
    const [successor] = (await at.world.store.read((tx) => tx.tickets.list())).filter((ticket) => ticket.rework === 1);
    expect(successor?.body).toContain("it printed without end");
    expectNothingLanded(at);
  });

  test("G9: one that hangs is ended at its time, and that is said", async () => {
    const checks = [{ name: "test", run: "! grep -q hang a.txt || sleep 600", kind: "test", timeoutSeconds: 2 }, lint];
    const at = await open({}, { checks });
    const id = await at.fileReady({ domain: "music", title: "Hang", touches: ["a.txt"], run: [write("hang\\n", "a.txt")] });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([]);
    expect(await findingsOf(at, id)).toContain("its time was over (2 s)");
    expectNothingLanded(at);
  });

  test("G5: one that writes into the slot's git folder changes nothing for the next check or the next ticket", async () => {
    const attack = [
      "echo '#!/bin/sh\ntouch /work/tree/hooked' > .git/hooks/post-checkout",
      "git config core.hooksPath /work/tree/hooks",
      "git update-index --assume-unchanged a.txt",
      "git update-ref refs/heads/main HEAD~1",
      "git replace --graft HEAD",
      "echo garbage > .git/HEAD",
      "rm -rf .git/objects/* .git/refs",
      "true",
    ].join("\n");
    const at = await open({
      "test.sh": `[ "$1" = lint ] && { git status --porcelain | grep . && exit 1; git log -1 > /dev/null; exit $?; }\nsh attack.sh 2> /dev/null\n`,
      "attack.sh": attack,
    });
    const ids = [];
    for (const file of ["a.txt", "b.txt"])
      ids.push(await at.fileReady({ domain: "music", title: `Change ${file}`, touches: [file], run: [write("new\\n", file)] }));
    expect((await runTickets(at.world, { diagnose })).merged.toSorted()).toEqual(ids);
    expect(runGitIn(at.home, "fsck", "--strict")).not.toMatch(/missing|corrupt|broken/);
    expect(runGitIn(at.home, "for-each-ref", "refs/replace")).toBe("");
    expect(existsSync(join(at.home, "hooked"))).toBe(false);
  });

  test("R7: what a check prints of a secret stands in no receipt and no ticket", async () => {
    const secret = `ghp_${"A1b2C3d4E5".repeat(4)}`;
    const at = await open({ "test.sh": "cat key.txt; ! grep -q BROKEN a.txt\n", "key.txt": `${secret}\n` });
    await at.fileReady({ domain: "music", title: "Good", touches: ["b.txt"], run: [write("new\\n", "b.txt")] });
    await at.fileReady({ domain: "music", title: "Bad", touches: ["a.txt"], run: [write("BROKEN\\n", "a.txt")] });
    expect((await runTickets(at.world, { diagnose })).merged).toHaveLength(1);
    const receipt = runGitIn(at.home, "cat-file", "blob", `refs/mos/receipts/${runGitIn(at.home, "rev-parse", "main")}`);
    expect(receipt).toContain("a GitHub token: left out by mos");
    const stored = JSON.stringify(
      await at.world.store.read(async (tx) => [await tx.tickets.list(), await tx.events(), await tx.receipts.list()]),
    );
    expect(receipt + stored).not.toContain(secret);
  });
});

describe.skipIf(!boxAvailable)("a gate whose meaning is changed", () => {
  const standing = async (at: Opened, id: string) => {
    await at.world.store.write(async (tx) => {
      const ticket = (await tx.tickets.get(id)) as Ticket;
      const provenance = { ...ticket.provenance, standing: "formatter" };
      await tx.tickets.update({ ...ticket, provenance, version: ticket.version + 1 }, ticket.version);
    });
  };

  test.each<[string, { more?: Record<string, string>; checks?: unknown[]; link?: [string, string]; touches: string; run: string }]>([
    ["a script that a check names", { touches: "check.sh", run: write("true\\n", "check.sh") }],
    [
      "what a check's link leads to",
      {
        more: { "tools/real.sh": files["check.sh"] },
        link: ["check.sh", "tools/real.sh"],
        touches: "tools/",
        run: write("true\\n", "tools/real.sh"),
      },
    ],
    [
      "a folder's link leads to",
      {
        more: { "tools/check.sh": "true\n" },
        link: ["ci", "tools"],
        checks: [
          { name: "test", run: "sh ci/check.sh", kind: "test" },
          { ...lint, run: "true" },
        ],
        touches: "tools/",
        run: write("false || true\\n", "tools/check.sh"),
      },
    ],
    [
      "a script of a package's script",
      {
        more: { "package.json": '{"scripts":{"test":"node scripts/t.mjs"}}', "scripts/t.mjs": "process.exit(0)\n" },
        checks: [
          { name: "test", run: "npm test --silent || node scripts/t.mjs", kind: "test" },
          { ...lint, run: "true" },
        ],
        touches: "scripts/",
        run: write("0\\n", "scripts/t.mjs"),
      },
    ],
    ["configuration that is new", { touches: ".eslintrc.json", run: write("{}\\n", ".eslintrc.json") }],
  ])("G2c: %s is changed by no standing decision", async (_name, { more, checks, link, touches, run }) => {
    const at = await open(more, checks ? { checks } : {});
    if (link) {
      if (existsSync(join(at.home, link[0]))) unlinkSync(join(at.home, link[0]));
      symlinkSync(link[1], join(at.home, link[0]));
      commitFiles(at.home, {}, "a link");
      at.base = runGitIn(at.home, "rev-parse", "main");
      (at.world.workspace.domains[0]?.home as { baseline: string }).baseline = at.base;
    }
    const id = await at.fileReady({ domain: "music", title: "Weaken", touches: [touches], run: [run] });
    await standing(at, id);
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([]);
    expect(await findingsOf(at, id)).toMatch(/it changes what its own checks mean: /);
    expect((await ticketOf(at, id)).status).toMatchObject({
      state: "blocked",
      causes: [{ kind: "check", clears: expect.stringContaining("the operator decides") }],
    });
    expectNothingLanded(at);
  });

  test("G2c: with a Decision, a check that was made to say yes still meets main's own", async () => {
    const at = await open();
    const run = [write("true\\n", "check.sh"), write("BROKEN\\n", "a.txt")];
    const id = await at.fileReady({ domain: "music", title: "Weaken and break", touches: ["check.sh", "a.txt"], run });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([]);
    expect(await findingsOf(at, id)).toContain("with the rules of main");
    expectNothingLanded(at);
  });

  test("G2c: a check that becomes a link, or a link that leads elsewhere, is refused by its verdict", async () => {
    const at = await open({ "link.sh": "ln -sf /bin/true check.sh\n" });
    const id = await at.fileReady({ domain: "music", title: "Link away", touches: ["check.sh"], run: ["sh link.sh"] });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([]);
    expect((await ticketOf(at, id)).status).toMatchObject({
      state: "blocked",
      causes: [{ kind: "guard", ref: "forbidden-change", detail: expect.stringContaining("check.sh: a symbolic link") }],
    });
    expectNothingLanded(at);
  });

  test.each<[string, unknown[], RegExp]>([
    ["no checks", [], /music has no test and no linter/],
    ["no linter", [{ name: "test", run: "true", kind: "test" }], /music has no linter/],
    ["checks of no kind", [{ name: "test", run: "true", kind: "other" }], /no test and no linter/],
  ])("G2a: a gate with %s passes nothing", async (_name, checks, reason) => {
    const at = await open({}, { checks });
    const id = await at.fileReady({ domain: "music", title: "Slip in", touches: ["a.txt"], run: [write("new\\n", "a.txt")] });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([]);
    expect(await findingsOf(at, id)).toMatch(reason);
    expectNothingLanded(at);
  });
});

describe.skipIf(!boxAvailable)("work that is not what was verified, or stands where main is not", () => {
  /** Worked on and verified, and not yet taken by the lander. */
  const fileVerified = async (at: Opened, touches: string, run: string) => {
    const id = await at.fileReady({ domain: "music", title: `Change ${touches}`, touches: [touches], run: [run] });
    const taken = await takeTickets(at.world, { maxParallel: 1, isAlive: () => true, diagnosis: healthy, boxed: true });
    for (const ticket of taken) await advanceTicket(at.world, { id: ticket.id, epoch: ticket.epoch });
    expect(await ticketOf(at, id)).toMatchObject({ status: { state: "verifying" }, verdict: { outcome: "pass" } });
    return id;
  };

  test("G1b: a stale base: work on what main dropped meanwhile does not bring it back", async () => {
    const at = await open();
    await at.fileReady({ domain: "music", title: "To be dropped", touches: ["a.txt"], run: [write("dropped\\n", "a.txt")] });
    expect((await runTickets(at.world, { diagnose })).merged).toHaveLength(1);
    const id = await fileVerified(at, "b.txt", write("new\\n", "b.txt"));
    runGitIn(at.home, "reset", "-q", "--hard", at.base);
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([]);
    expect(await findingsOf(at, id)).toMatch(
      /stands on [0-9a-f]{12}, which main does not have: merged, it would bring back what main dropped/,
    );
    expect(runGitIn(at.home, "rev-parse", "main")).toBe(at.base);
    expect(runGitIn(at.home, "status", "--porcelain")).toBe("");
    expect((await ticketOf(at, id)).status.state).toBe("blocked");
  });

  test("G1b: a branch whose merge of main is -s ours would take back what landed, and is refused by that name", async () => {
    const at = await open();
    runGitIn(at.home, "checkout", "-q", "-b", "mine");
    commitFiles(at.home, { "mine.txt": "mine\n" }, "feat: mine");
    runGitIn(at.home, "checkout", "-q", "main");
    const [landed] = [await at.fileReady({ domain: "music", title: "Land b", touches: ["b.txt"], run: [write("landed\\n", "b.txt")] })];
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([landed]);
    const main = runGitIn(at.home, "rev-parse", "main");
    runGitIn(at.home, "checkout", "-q", "mine");
    runGitIn(at.home, "merge", "-q", "-s", "ours", "-m", "merge main", "main");
    commitFiles(at.home, { "mine.txt": "more\n" }, "feat: more");
    runGitIn(at.home, "checkout", "-q", "main");
    const { id } = await adoptBranch(at.world, { domain: "music", branch: "mine", diagnose });
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([]);
    expect(await findingsOf(at, id)).toMatch(/its merge [0-9a-f]{12} .* drops them: it would undo what landed in b\.txt/);
    expect(runGitIn(at.home, "rev-parse", "main")).toBe(main);
    expect(readFileSync(join(at.home, "b.txt"), "utf8")).toBe("landed\n");
  });

  test("I4: a work branch that is moved after the verdict moves nothing: what lands is what the verdict is for", async () => {
    const at = await open();
    const id = await fileVerified(at, "b.txt", write("new\\n", "b.txt"));
    const verified = (await ticketOf(at, id)).work?.commit as string;
    runGitIn(at.home, "checkout", "-q", "--detach", verified);
    const evil = commitFiles(at.home, { "b.txt": "evil\n", "evil.txt": "evil\n" }, "evil");
    runGitIn(at.home, "checkout", "-q", "main");
    runGitIn(at.home, "update-ref", `refs/mos/work/${id}/1`, evil);
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([id]);
    expect(runGitIn(at.home, "rev-parse", "main^2")).toBe(verified);
    expect(existsSync(join(at.home, "evil.txt"))).toBe(false);
    expect(readFileSync(join(at.home, "b.txt"), "utf8")).toBe("new\n");
  });

  test("I4: a verdict that belongs to another commit passes nothing: the work that is there is judged by itself", async () => {
    const at = await open();
    const id = await fileVerified(at, "b.txt", write("new\\n", "b.txt"));
    const before = await ticketOf(at, id);
    runGitIn(at.home, "checkout", "-q", "--detach", before.work?.commit as string);
    const evil = commitFiles(at.home, { "evil.txt": "evil\n" }, "evil");
    const tree = runGitIn(at.home, "rev-parse", `${evil}^{tree}`);
    runGitIn(at.home, "checkout", "-q", "main");
    await at.world.store.write((tx) =>
      tx.tickets.update(
        { ...before, version: before.version + 1, work: { ...(before.work as NonNullable<Ticket["work"]>), commit: evil, tree } },
        before.version,
      ),
    );
    expect((await runTickets(at.world, { diagnose })).merged).toEqual([]);
    const after = await ticketOf(at, id);
    expect(after.verdict).not.toMatchObject({ outcome: "pass" });
    const verdicts = await at.world.store.read((tx) => tx.verdicts.list({ ticket: id }));
    expect(verdicts.map(({ commit, outcome }) => [commit, outcome])).toEqual([
      [before.work?.commit, "pass"],
      [evil, "fail"],
    ]);
    expect(after.status).toMatchObject({ state: "blocked", causes: [{ detail: expect.stringContaining("evil.txt") }] });
    expectNothingLanded(at);
  });
});
