import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { advanceTicket } from "../../src/app/advance-ticket.ts";
import { runTickets } from "../../src/app/run-tickets.ts";
import { readMatter } from "../../src/core/knowledge/read-matter.ts";
import { takeTickets } from "../../src/stage/dispatch/take-tickets.ts";
import { callMos } from "../support/file-tickets.ts";
import { commitFiles, makeRepository, makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { healthy, openWorld } from "../support/open-world.ts";
import { runMos } from "../support/run-mos.ts";

const made = makeTemporaryFolder("mos-threads-");
const folder = made.path;
const root = join(folder, "os");
const repo = join(folder, "repos/music");
const names = ["plan", "train", "kept", "own", "gone", "crlf", "edited", "quoted"] as const;

const threadOf = (name: string) =>
  `---\n# where we are\nstatus: waiting\nnext: call about ${name}   # soon\ndue: 2030-01-01\nupdated: 2026-01-01\n---\n# The thread of ${name}\n\nstatus: not this one\n`;

const files: Record<string, string> = {
  Makefile: "test:\n\tsh check.sh\nlint:\n\ttrue\n",
  "main.c": "int main(void) { return 0; }\n",
  // What is tested has the thread as it will land: before the gate has said so, these checks fail.
  "check.sh": [
    "[ ! -e docs/plan.md ] || grep -q '^status: active' threads/plan.md || exit 1",
    "[ ! -e docs/first.md ] || [ ! -e docs/second.md ] || grep -q '^next: .decide what follows' threads/train.md || exit 1",
    "[ ! -e broken.txt ] || { echo broken; exit 1; }",
  ].join("\n"),
  ...Object.fromEntries(names.map((name) => [`threads/${name}.md`, threadOf(name)])),
  "threads/crlf.md": threadOf("crlf").replaceAll("\n", "\r\n"),
  "threads/quoted.md": threadOf("quoted").replace("status:", '"status":'),
};

afterAll(() => made.remove());

interface Draft {
  readonly title: string;
  readonly thread?: string;
  readonly [key: string]: unknown;
}

describe.skipIf(!boxAvailable)("K8: threads by the built program (needs a sandbox)", () => {
  const today = new Date().toISOString().slice(0, 10);
  const ids = new Map<string, string>();
  let before = "";

  const onMain = (path: string) => runGitIn(repo, "show", `main:${path}`);
  const matterOf = (name: string) => readMatter(`${onMain(`threads/${name}.md`)}\n`)?.data;
  const fileDraft = (draft: Record<string, unknown>) =>
    runMos(["ticket", "new", "--file", "-", "--json", "--no-input"], {
      cwd: root,
      input: JSON.stringify({ domain: "music", accept: ["true"], ...draft }),
    });

  async function file({ title, ...draft }: Draft): Promise<void> {
    const filed = await fileDraft({ title, ...draft });
    expect(filed.exitCode, filed.stdout).toBe(0);
    const { id } = (JSON.parse(filed.stdout) as { data: { id: string } }).data;
    await callMos(root, ["ticket", "ready", id]);
    ids.set(title, id);
  }

  const run = (...args: string[]) => runMos(["run", ...args, "--max-parallel", "12", "--json", "--no-input"], { cwd: root });

  /** The first is at work on main as it is, and goes on when the other has landed. */
  async function landWhileAtWork(first: string, other: string): Promise<void> {
    const working = run("--ticket", ids.get(first) as string);
    const slots = join(root, ".mos/slot/music/home");
    const findStarted = () =>
      (existsSync(slots) ? readdirSync(slots) : [])
        .map((slot) => join(slots, slot, "tree"))
        .find((tree) => existsSync(join(tree, "started")));
    for (let tries = 0; tries < 1200 && findStarted() === undefined; tries += 1) await delay(50);
    const tree = findStarted() as string;
    await run("--ticket", ids.get(other) as string);
    writeFileSync(join(tree, "go"), "");
    await working;
  }

  const stateOf = async (title: string) => ((await callMos(root, ["ticket", "show", ids.get(title) as string])) as { state: string }).state;

  beforeAll(async () => {
    writeFileSync(join(folder, ".gitconfig"), "[user]\n\tname = Op\n\temail = op@example.invalid\n");
    const init = await runMos(["init", root, "--yes"], { cwd: folder });
    expect(init.exitCode, init.stderr).toBe(0);
    writeFileSync(join(root, ".gitconfig"), readFileSync(join(folder, ".gitconfig")));
    makeRepository(repo, files);
    symlinkSync("plan.md", join(repo, "threads/link.md"));
    commitFiles(repo, {}, "docs: a link");
    await callMos(root, ["domain", "add", "music", "--path", repo, "--yes"]);
    before = runGitIn(repo, "rev-parse", "main");
    const make = (path: string) => ({ touches: [path], run: [`mkdir -p docs && echo one > ${path}`] });
    await file({ title: "Drop", touches: ["threads/gone.md"], run: ["git rm -q threads/gone.md"], priority: 90 });
    await file({ title: "Plan", thread: "threads/plan.md", ...make("docs/plan.md") });
    await file({ title: "First", thread: "threads/train.md", ...make("docs/first.md") });
    await file({ title: "Second", thread: "threads/train.md", ...make("docs/second.md") });
    await file({ title: "Broken", thread: "threads/kept.md", ...make("broken.txt") });
    await file({ title: "Serve", thread: "threads/own.md", ...make("docs/serve.md") });
    await file({
      ...{ title: "Write", thread: "threads/own.md", touches: ["threads/own.md"] },
      run: [
        "touch started; while [ ! -e go ]; do sleep 0.1; done; rm -f go started",
        "sed -i -e 's/^status: waiting/status: done/' -e 's/^next: .*/next: nothing more/' threads/own.md",
      ],
    });
    await file({ title: "Late", thread: "threads/gone.md", ...make("docs/late.md") });
    await file({ title: "Linked", thread: "threads/link.md", ...make("docs/linked.md") });
    await file({ title: "Lines", thread: "threads/crlf.md", ...make("docs/lines.md") });
    await file({ title: "Quoted", thread: "threads/quoted.md", ...make("docs/quoted.md") });
    await run("--ticket", ...[...ids].flatMap(([title, id]) => (title === "Write" || title === "Serve" ? [] : [id])));
    await landWhileAtWork("Write", "Serve");
  }, 300_000);

  test("the gate says so in the same commit as the work, before it is tested; every other byte stays", async () => {
    expect(await stateOf("Plan")).toBe("merged");
    const id = ids.get("Plan");
    expect(onMain("threads/plan.md")).toBe(
      threadOf("plan")
        .replace("status: waiting", "status: active")
        .replace("next: call about plan   # soon", `next: "decide what follows ${id}: Plan"`)
        .replace("2026-01-01", today)
        .trim(),
    );
    const work = runGitIn(repo, "rev-parse", `refs/mos/work/${id}/1`);
    const commits = runGitIn(repo, "log", "--format=%H %P", "main").split("\n");
    const own = commits.find((line) => line.endsWith(` ${work}`))?.split(" ")[0] as string;
    expect(runGitIn(repo, "diff", "--name-only", `${own}^1`, own).split("\n").sort()).toEqual(["docs/plan.md", "threads/plan.md"]);
    // The executor's own work holds nothing of it.
    expect(runGitIn(repo, "diff", "--name-only", before, `${own}^2`)).toBe("docs/plan.md");
  });

  test("two tickets of one thread, landed in whichever order: it says what follows the last, never one that has landed", async () => {
    expect([await stateOf("First"), await stateOf("Second")]).toEqual(["merged", "merged"]);
    expect(matterOf("train")).toMatchObject({
      status: "active",
      next: expect.stringMatching(/^decide what follows MUS-\d+: (First|Second)$/),
    });
  });

  test("one that is rejected leaves its thread as it was", async () => {
    expect(await stateOf("Broken")).toBe("blocked");
    expect(onMain("threads/kept.md")).toBe(threadOf("kept").trim());
  });

  test("what a ticket wrote in its thread is not overwritten, also where another that serves it landed before", async () => {
    expect([await stateOf("Serve"), await stateOf("Write")]).toEqual(["merged", "merged"]);
    expect(onMain("threads/own.md")).toBe(
      threadOf("own")
        .replace("status: waiting", "status: done")
        .replace("next: call about own   # soon", "next: nothing more")
        .replace("2026-01-01", today)
        .trim(),
    );
  });

  test("a thread that was deleted meanwhile stays deleted, a link a link, and what cannot be read back safely as it is", async () => {
    for (const title of ["Drop", "Late", "Linked", "Quoted"]) expect([title, await stateOf(title)]).toEqual([title, "merged"]);
    const tree = runGitIn(repo, "ls-tree", "-r", "main", "threads/");
    expect(tree).not.toContain("threads/gone.md");
    expect(tree).toMatch(/^120000 .*threads\/link\.md$/m);
    expect(onMain("threads/link.md")).toBe("plan.md");
    expect(onMain("threads/quoted.md")).toBe((files["threads/quoted.md"] as string).trim());
  });

  test("a thread of CRLF lines stays one", async () => {
    expect(await stateOf("Lines")).toBe("merged");
    const text = onMain("threads/crlf.md");
    expect(
      text
        .split("\n")
        .slice(0, -1)
        .every((line) => line.endsWith("\r")),
    ).toBe(true);
    expect(text).toContain(`\r\nupdated: ${today}\r\n`);
    expect(text).toContain("\r\nstatus: not this one");
  });

  test("an edit of the operator's that is not committed is not overwritten: the lane waits and names the file", async () => {
    const path = join(repo, "threads/edited.md");
    writeFileSync(path, threadOf("edited").replace("call about edited", "my own words"));
    await file({ title: "Edited", thread: "threads/edited.md", touches: ["docs/edited.md"], run: ["echo one > docs/edited.md"] });
    const { paused } = (JSON.parse((await run()).stdout) as { data: { paused: { paths: string[] }[] } }).data;
    expect(paused).toMatchObject([{ paths: ["threads/edited.md"] }]);
    expect(readFileSync(path, "utf8")).toContain("my own words");
    runGitIn(repo, "checkout", "-q", "--", "threads/edited.md");
    await run();
    expect(matterOf("edited")).toMatchObject({ status: "active", next: `decide what follows ${ids.get("Edited")}: Edited` });
  });

  test.each(["check.sh", "wiki/index.md", "threads/a/b.md", "threads/x.txt", "../threads/x.md"])(
    "%s is no thread: such a ticket is not filed",
    async (thread) => {
      const run = await fileDraft({ title: "Elsewhere", thread });
      expect([run.exitCode, run.stdout]).toEqual([2, expect.stringContaining("thread")]);
    },
  );

  test("the receipts vouch for all of it", async () => {
    expect(await callMos(root, ["log", "verify"])).toMatchObject({ ok: true });
    expect(runGitIn(repo, "status", "--porcelain")).toBe("");
  });
});

test.skipIf(!boxAvailable)(
  "K8: two tickets of one thread in one train: what is tested and lands names neither of them as the next step",
  async () => {
    const opened = await openWorld({
      music: { prefix: "MUS", files: { "check.sh": "! grep -q '^next: .land' threads/train.md\n", "threads/train.md": threadOf("train") } },
    });
    try {
      const { world } = opened;
      for (const name of ["first", "second"]) {
        const draft = {
          domain: "music",
          title: name,
          thread: "threads/train.md",
          touches: [`${name}.txt`],
          run: [`echo ${name} > ${name}.txt`],
        };
        await opened.fileReady(draft);
      }
      // Both are verified before the first is gated.
      const taken = await takeTickets(world, { maxParallel: 2, isAlive: () => true, diagnosis: healthy, boxed: true });
      for (const ticket of taken) await advanceTicket(world, { id: ticket.id, epoch: ticket.epoch });
      expect((await runTickets(world, { diagnose: async () => healthy })).merged).toEqual(["MUS-1", "MUS-2"]);
      const home = join(opened.root, "music");
      expect(readMatter(`${runGitIn(home, "show", "main:threads/train.md")}\n`)?.data).toMatchObject({
        next: "decide what follows MUS-2: second",
      });
      const [receipt] = await world.store.read((tx) => tx.receipts.list());
      expect(receipt?.tickets).toEqual(["MUS-1", "MUS-2"]);
    } finally {
      await opened.remove();
    }
  },
);
