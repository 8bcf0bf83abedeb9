import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type BuiltProgram, buildProgram } from "../support/build-program.ts";
import { callMos, fileTicket, makeCommandWorkspace, readLanded } from "../support/file-tickets.ts";
import type { KillPoint } from "../support/kill-at.ts";
import { commitFiles, makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { isInTurn, readSeed } from "../support/read-seed.ts";
import { awaitHalt, readStore, type StartedWorker, startWorker } from "../support/start-worker.ts";

const folder = makeTemporaryFolder("mos-adopt-");
const started: StartedWorker[] = [];
let program: BuiltProgram;
let [place, root, home, count] = ["", "", "", 0];

beforeAll(async () => {
  program = await buildProgram("test/support/kill-at.ts");
});
beforeEach(async () => {
  count += 1;
  place = join(folder.path, `w${count}`);
  mkdirSync(place);
  root = await makeCommandWorkspace(place, ["music"]);
  home = join(place, "repos/music");
});
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill("SIGKILL");
    await ended;
  }
});
afterAll(async () => {
  await program.remove();
  folder.remove();
});

const seed = readSeed();
/** A commit between test and landing is in every run; of the others a normal run takes a third, as its seed says. */
const inTurn = (index: number) => test.skipIf(!isInTurn(index, { seed, of: 3 }));

const never = "no step is called so";
const file = (path: string, run = `echo ${path} > ${path}`) =>
  fileTicket(root, { domain: "music", title: `Write ${path}`, touches: [path], run: [run] });
const adoptMain = () => callMos(root, ["ticket", "adopt", "main", "--domain", "music"]) as Promise<{ id: string; state: string }>;
const readTicket = async (id: string) => (await readStore(root, (tx) => tx.tickets.get(id)))?.status;
const commitByHand = (name: string) => `echo ${name} > ${name}.txt && git add ${name}.txt && git commit -qm 'feat: ${name} by hand'`;
/** As another program does that does not ask the checkout's index. */
const moveByHand = "c=$(git commit-tree -p main -m 'feat: by hand' main^{tree}) && git update-ref refs/heads/main $c";

function start(args: Parameters<typeof startWorker>[1]): StartedWorker {
  const worker = startWorker(root, args);
  started.push(worker);
  return worker;
}

/** A run, or an adoption of main, with a person who does that just before the step. */
async function withPerson(act: KillPoint["act"], before: string, run: string): Promise<{ code: unknown; said: string }> {
  const worker = start({ program: program.file, point: { act, when: "after", step: never, meanwhile: { before, run, cwd: home } } });
  return { code: await worker.ended, said: worker.stdout() };
}

/** Nothing is lost, nothing is on main untested, and nothing is half done. */
async function expectWhole(args: { landed: readonly string[]; receipts: number; subjects: readonly string[] }): Promise<void> {
  expect(readLanded(home).sort()).toEqual([...args.landed].sort());
  const subjects = runGitIn(home, "log", "--format=%s", "main").split("\n");
  for (const subject of args.subjects) expect(subjects.filter((one) => one === subject)).toHaveLength(1);
  expect(runGitIn(home, "status", "--porcelain")).toBe("");
  const [landings, leases] = await readStore(root, async (tx) => [await tx.landings.list(), await tx.leases.list()] as const);
  expect([landings, leases]).toEqual([[], []]);
  expect(await callMos(root, ["log", "verify"])).toMatchObject({ ok: true, receipts: args.receipts });
  expect(await callMos(root, ["doctor"])).toMatchObject({ grade: "A" });
}

describe.skipIf(!boxAvailable)(`G7: a person's commits and adoptions while landings go on in the same lane, seed ${seed}`, () => {
  test.each([
    ["before its intent", "store landings.put(", commitByHand("hand"), "feat: hand by hand"],
    ["under its intent", "git update-ref --stdin -m mos: land", moveByHand, "feat: by hand"],
  ])(
    "a commit between test and landing, %s: it stays, nothing lands on it untested, and adopted it is built on",
    async (_, before, run, subject) => {
      const id = await file("b.txt");
      expect((await withPerson("run", before, run)).code).toBe(3);
      expect(runGitIn(home, "log", "-1", "--format=%s", "main")).toBe(subject);
      expect(readLanded(home)).toEqual([]);
      expect(runGitIn(home, "for-each-ref", "refs/mos/receipts")).toBe("");
      const left = await readStore(root, async (tx) => ({ lane: await tx.lanes.get("music"), landings: await tx.landings.list() }));
      expect(left).toMatchObject({ lane: { paused: { by: "foreign-tip" } }, landings: [] });
      expect(await readTicket(id)).toMatchObject({ state: "verifying" });
      expect(await adoptMain()).toMatchObject({ state: "merged" });
      await callMos(root, ["run"]);
      await expectWhole({ landed: [id], receipts: 2, subjects: [subject] });
    },
  );

  inTurn(0)("adopt main waits for the landing that is under way, and then finds nothing to adopt", async () => {
    const id = await file("b.txt");
    const run = start({ program: program.file, point: { act: "run", when: "after", step: "store landings.put(", halts: true } });
    await awaitHalt(run);
    const adopting = start(["ticket", "adopt", "main", "--domain", "music"]);
    expect(await Promise.race([adopting.ended, delay(2500, "waits")])).toBe("waits");
    run.child.kill("SIGCONT");
    expect([await run.ended, await adopting.ended]).toEqual([3, 1]);
    expect(adopting.stdout()).toContain("nothing-to-adopt");
    await expectWhole({ landed: [id], receipts: 1, subjects: [] });
  });

  inTurn(1)(
    "main moved by hand while a landing stands: adopt waits for its end, takes the commit in, and the ticket lands on it",
    async () => {
      const id = await file("b.txt");
      const run = start({ program: program.file, point: { act: "run", when: "after", step: "store landings.put(", halts: true } });
      await awaitHalt(run);
      runGitIn(home, "update-ref", "refs/heads/main", runGitIn(home, "commit-tree", "-p", "main", "-m", "feat: by hand", "main^{tree}"));
      const adopting = start(["ticket", "adopt", "main", "--domain", "music"]);
      run.child.kill("SIGCONT");
      expect([await run.ended, await adopting.ended]).toEqual([3, 0]);
      await callMos(root, ["run"]);
      await expectWhole({ landed: [id], receipts: 2, subjects: ["feat: by hand"] });
    },
  );

  inTurn(2)(
    "main moves on while it is adopted: green or red, nothing is settled of what was not tested, and both come in together",
    async () => {
      commitFiles(home, { "first.txt": "first\n" }, "feat: first by hand");
      const moved = await withPerson("adopt", "mos: adopt", commitByHand("second"));
      expect(moved.code).toBe(1);
      expect(await readTicket("MUS-1")).toMatchObject({ state: "blocked", causes: [{ kind: "withdrawn" }] });
      expect(runGitIn(home, "for-each-ref", "refs/mos/receipts")).toBe("");
      commitFiles(home, { "third.txt": "BROKEN\n" }, "feat: third by hand");
      expect((await withPerson("adopt", "box make test", "echo mended > third.txt && git commit -qam 'fix: third by hand'")).code).toBe(1);
      expect(await readStore(root, (tx) => tx.tickets.list())).toHaveLength(1);
      expect(await adoptMain()).toMatchObject({ state: "merged" });
      const subjects = ["feat: first by hand", "feat: second by hand", "feat: third by hand", "fix: third by hand"];
      await expectWhole({ landed: [], receipts: 1, subjects });
    },
  );

  inTurn(3)("an adoption that died, and whose commit a person took away since, brings nothing back", async () => {
    const before = runGitIn(home, "rev-parse", "main");
    commitFiles(home, { "first.txt": "first\n" }, "feat: first by hand");
    const died = start({ program: program.file, point: { act: "adopt", when: "after", step: "landings.put(" } });
    expect(await died.ended).toBe("SIGKILL");
    runGitIn(home, "reset", "-q", "--hard", before);
    await callMos(root, ["run"]);
    expect(runGitIn(home, "rev-parse", "main")).toBe(before);
    expect(await readTicket("MUS-1")).toMatchObject({ state: "blocked", causes: [{ kind: "withdrawn" }] });
    await expectWhole({ landed: [], receipts: 0, subjects: [] });
  });

  inTurn(4)("adopt BRANCH while others land in the lane: all of it lands once, the branch's commits behind its own", async () => {
    const ids = [await file("b.txt"), await file("c.txt"), await file("d.txt", "sleep 1; echo d > d.txt")];
    const before = runGitIn(home, "rev-parse", "main");
    runGitIn(home, "branch", "mine");
    runGitIn(home, "worktree", "add", "-q", join(place, "mine"), "mine");
    const head = commitFiles(join(place, "mine"), { "e.txt": "e\n" }, "feat: e on a branch");
    runGitIn(home, "worktree", "remove", join(place, "mine"));
    const run = start(["run"]);
    const adopted = (await callMos(root, ["ticket", "adopt", "mine", "--domain", "music"])) as { id: string };
    expect(await run.ended).toBe(0);
    await callMos(root, ["run"]);
    expect(runGitIn(home, "merge-base", "--is-ancestor", head, "main")).toBe("");
    const landings = Number(runGitIn(home, "rev-list", "--count", "--first-parent", `${before}..main`));
    await expectWhole({ landed: [...ids, adopted.id], receipts: landings, subjects: ["feat: e on a branch"] });
  });
});
