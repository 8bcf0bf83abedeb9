import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { createMachineHost } from "../../src/adapter/host/machine-host.ts";
import { createDiagnose } from "../../src/app/diagnose.ts";
import { type Diagnose, runTickets } from "../../src/app/run-tickets.ts";
import { Receipt } from "../../src/contract/run.ts";
import type { World } from "../../src/port/world.ts";
import { makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { healthy, type OpenedWorld, openWorld } from "../support/open-world.ts";

let opened: OpenedWorld | undefined;
afterEach(async () => {
  await opened?.remove();
  opened = undefined;
});
const diagnose = async () => healthy;
const files = { "check.sh": "! grep -rq BROKEN --include=*.txt . && [ ! -e red ]\n", "a.txt": "a\n", "b.txt": "b\n", "notes/x.md": "x\n" };

async function open(options?: Parameters<typeof openWorld>[1]): Promise<OpenedWorld> {
  opened = await openWorld({ music: { prefix: "MUS", files } }, options);
  return opened;
}

describe.skipIf(!boxAvailable)("one ticket, end to end", () => {
  test("G1, G2, G3: work is executed, verified, tested merged and landed with a receipt", async () => {
    const { world, root, fileReady } = await open();
    const home = join(root, "music");
    const base = runGitIn(home, "rev-parse", "main");
    const id = await fileReady({
      domain: "music",
      title: "Write c",
      touches: ["c.txt"],
      run: ["echo c > c.txt"],
      accept: ["grep -q c c.txt"],
    });
    const result = await runTickets(world, { diagnose });
    expect(result).toMatchObject({ merged: [id], blocked: [], paused: [], builds: 1 });
    const tip = runGitIn(home, "rev-parse", "main");
    expect(runGitIn(home, "rev-parse", "main^1")).toBe(base);
    expect(readFileSync(join(home, "c.txt"), "utf8")).toBe("c\n");
    expect(runGitIn(home, "status", "--porcelain")).toBe("");
    const receipt = Receipt.parse(JSON.parse(runGitIn(home, "cat-file", "blob", `refs/mos/receipts/${tip}`)));
    expect(receipt).toMatchObject({ tickets: [id], base, commit: tip, tree: runGitIn(home, "rev-parse", "main^{tree}") });
    expect(receipt.checks.map((check) => [check.name, check.exitCode])).toEqual([
      ["test", 0],
      ["lint", 0],
    ]);
    expect(runGitIn(home, "log", "-1", "--format=%(trailers:key=Ticket,valueonly)")).toBe(id);
    const left = await world.store.read(async (tx) => ({
      leases: await tx.leases.list(),
      landings: await tx.landings.list(),
      log: await tx.logHead(),
    }));
    expect(left.leases).toEqual([]);
    expect(left.landings).toEqual([]);
    expect((await world.store.verifyLog()).ok).toBe(true);
  });

  test("T7: work outside the declared paths is blocked (scope), and nothing lands", async () => {
    const { world, root, fileReady } = await open();
    const id = await fileReady({ domain: "music", title: "Stray", touches: ["c.txt"], run: ["echo c > c.txt; echo y >> a.txt"] });
    const result = await runTickets(world, { diagnose });
    expect(result).toMatchObject({ merged: [], blocked: [id] });
    const ticket = await world.store.read((tx) => tx.tickets.get(id));
    expect(ticket?.status).toMatchObject({ state: "blocked", from: "verifying", causes: [{ kind: "scope", detail: "a.txt" }] });
    expect(readFileSync(join(root, "music/a.txt"), "utf8")).toBe("a\n");
  });

  test("T4: what fails its gate is superseded by a successor that carries the findings, and no progress ends it", async () => {
    const { world, fileReady } = await open();
    const id = await fileReady({ domain: "music", title: "Break", touches: ["a.txt"], run: ["echo BROKEN > a.txt"] });
    const result = await runTickets(world, { diagnose });
    const tickets = await world.store.read((tx) => tx.tickets.list());
    expect(tickets.map((ticket) => [ticket.id, ticket.rework])).toEqual([
      [id, 0],
      ["MUS-2", 1],
    ]);
    expect(tickets[1]?.body).toContain("sh check.sh");
    expect(tickets[1]?.status).toMatchObject({ state: "blocked", causes: [{ kind: "no-progress" }] });
    expect(result).toMatchObject({ merged: [], blocked: ["MUS-2"] });
  });

  test("I5, P6g: a ticket of an executor cannot write the wiki", async () => {
    // In a file of the repository: the guards refuse it where a command says it (T10).
    const write = "echo more >> wiki/index.md || echo refused > c.txt\n";
    opened = await openWorld({ music: { prefix: "MUS", files: { ...files, "wiki/index.md": "# Index\n", "write.sh": write } } });
    const id = await opened.fileReady({
      domain: "music",
      title: "Wiki",
      touches: ["wiki/", "c.txt"],
      run: ["sh write.sh"],
    });
    await runTickets(opened.world, { diagnose });
    expect(readFileSync(join(opened.root, "music/wiki/index.md"), "utf8")).toBe("# Index\n");
    expect(readFileSync(join(opened.root, "music/c.txt"), "utf8")).toBe("refused\n");
    expect((await opened.world.store.read((tx) => tx.tickets.get(id)))?.status.state).toBe("merged");
  });

  test("T10: a command that the guards refuse runs nowhere; the ticket is blocked with the rule, and the log says so", async () => {
    opened = await openWorld({ music: { prefix: "MUS", files: { ...files, "link.sh": "ln -s /var/lib/misc j\n" } } });
    const { world, root, fileReady } = opened;
    const read = await fileReady({ domain: "music", title: "Read", touches: ["c.txt"], run: [`cat ${root}/.mos/store.db > c.txt`] });
    // The link is there only once the first command has run: the guards look at the tree as it then is.
    const linked = await fileReady({ domain: "music", title: "Link", touches: ["d.txt"], run: ["sh link.sh", "cat j/x > d.txt"] });
    await runTickets(world, { diagnose });
    const { tickets, denied, reports } = await world.store.read(async (tx) => ({
      tickets: await tx.tickets.list(),
      denied: await tx.events({ kind: "guard.denied" }),
      reports: await tx.reports.list({ ticket: linked }),
    }));
    const blocked = (ref: string, id: string) => ({
      state: "blocked",
      from: "in_progress",
      causes: [{ kind: "guard", ref, clears: expect.stringContaining(`mos ticket withdraw ${id}`) }],
    });
    expect(tickets.find(({ id }) => id === read)?.status).toMatchObject(blocked("P3.20", read));
    expect(tickets.find(({ id }) => id === linked)?.status).toMatchObject(blocked("P3.4", linked));
    expect(reports[0]?.commands.map(({ exitCode }) => exitCode)).toEqual([0, 126]);
    expect(denied.map(({ ticket, domain, data }) => [ticket, domain, data.rule, data.tool]).toSorted()).toEqual([
      [read, "music", "P3.20", "Bash"],
      [linked, "music", "P3.4", "Bash"],
    ]);
  });

  test("P6b: a wiki that is a link shows nothing of the host in the box", async () => {
    const secret = makeTemporaryFolder("mos-secret-");
    writeFileSync(join(secret.path, "key"), "sk-secret\n");
    const scripts = {
      "first.sh": `ln -s ${secret.path} wiki; mkdir -p out; cat wiki/key > out/first 2>&1; true\n`,
      "second.sh": "cat wiki/key > out/second 2>&1; ls -la wiki/ >> out/second 2>&1; rm -f wiki; true\n",
    };
    opened = await openWorld({ music: { prefix: "MUS", files: { ...files, ...scripts } } });
    const { world, root, fileReady } = opened;
    const home = join(root, "music");
    const run = ["sh first.sh", "sh second.sh"];
    await fileReady({ domain: "music", title: "Look through a link", touches: ["out/"], run });
    await runTickets(world, { diagnose });
    expect(readFileSync(join(home, "out/first"), "utf8")).toContain("No such file");
    expect(readFileSync(join(home, "out/second"), "utf8")).not.toContain("sk-secret");
    secret.remove();
  });

  test("G3: an operator's edit elsewhere stays, an overlapping one pauses the lane and is named, and nothing is undone by commit -a", async () => {
    const { world, root, fileReady } = await open();
    const home = join(root, "music");
    writeFileSync(join(home, "notes/x.md"), "mine\n");
    const first = await fileReady({ domain: "music", title: "Change a", touches: ["a.txt"], run: ["echo new > a.txt"] });
    expect(await runTickets(world, { diagnose })).toMatchObject({ merged: [first], paused: [] });
    expect(readFileSync(join(home, "notes/x.md"), "utf8")).toBe("mine\n");
    expect(runGitIn(home, "status", "--porcelain")).toBe("M notes/x.md");
    const second = await fileReady({ domain: "music", title: "Change x", touches: ["notes/"], run: ["echo theirs > notes/x.md"] });
    const paused = await runTickets(world, { diagnose });
    expect(paused).toMatchObject({ merged: [], paused: [{ lane: "music", paths: ["notes/x.md"] }] });
    expect(paused.paused[0]?.reason).toContain(second);
    expect(readFileSync(join(home, "notes/x.md"), "utf8")).toBe("mine\n");
    runGitIn(home, "checkout", "--", "notes/x.md");
    expect(await runTickets(world, { diagnose })).toMatchObject({ merged: [second], paused: [] });
    writeFileSync(join(home, "b.txt"), "edited\n");
    const third = await fileReady({ domain: "music", title: "Change a again", touches: ["a.txt"], run: ["echo newer > a.txt"] });
    expect(await runTickets(world, { diagnose })).toMatchObject({ merged: [third] });
    runGitIn(home, "commit", "-qam", "docs: mine");
    expect(runGitIn(home, "show", "--name-only", "--format=", "HEAD")).toBe("b.txt");
    expect(runGitIn(home, "show", "main:a.txt")).toBe("newer");
  });

  test("G7: a tip without a receipt stops the lane, and says how it is adopted", async () => {
    const { world, root, fileReady } = await open();
    const home = join(root, "music");
    runGitIn(home, "commit", "-q", "--allow-empty", "-m", "by hand");
    const tip = runGitIn(home, "rev-parse", "main");
    await fileReady({ domain: "music", title: "Change a", touches: ["a.txt"], run: ["echo new > a.txt"] });
    const result = await runTickets(world, { diagnose });
    expect(result.merged).toEqual([]);
    expect(result.paused[0]?.reason).toContain("mos ticket adopt main --domain music");
    expect(runGitIn(home, "rev-parse", "main")).toBe(tip);
  });

  test("T7a: tickets of disjoint paths run at once; those that share a path one after another; all land", async () => {
    const { world, root, fileReady } = await open();
    const make = (path: string, mark: string) =>
      fileReady({ domain: "music", title: `Write ${mark}`, touches: [path], run: [`sleep 0.4; echo ${mark} >> ${path}`] });
    const ids = [await make("p.txt", "1"), await make("q.txt", "2"), await make("p.txt", "3"), await make("r.txt", "4")];
    const result = await runTickets(world, { diagnose, maxParallel: 4 });
    expect([...result.merged].sort()).toEqual(ids);
    expect(readFileSync(join(root, "music/p.txt"), "utf8")).toBe("1\n3\n");
    expect(
      runGitIn(join(root, "music"), "log", "--first-parent", "--format=%(trailers:key=Ticket,valueonly,separator=%x20)", "-4")
        .split(/[\n ]/)
        .filter((id) => id !== "")
        .sort(),
    ).toEqual(ids);
  });

  test("T7b: a generated file that two tickets change is made again on the merged result", async () => {
    const { world, root, fileReady } = await open();
    const run = "ls parts > INDEX";
    const add = (name: string, generates = run) =>
      fileReady({
        domain: "music",
        title: `Part ${name}`,
        touches: [`parts/${name}`, "INDEX"],
        generates: [{ path: "INDEX", run: generates }],
        run: [`sleep 0.5; mkdir -p parts; echo ${name} > parts/${name}`, run],
      });
    const ids = [await add("one"), await add("two")];
    expect([...(await runTickets(world, { diagnose })).merged].sort()).toEqual(ids);
    expect(readFileSync(join(root, "music/INDEX"), "utf8")).toBe("one\ntwo\n");
    const tickets = await world.store.read((tx) => tx.tickets.list());
    expect(tickets.map((ticket) => [ticket.id, ticket.epoch, ticket.rework])).toEqual(ids.map((id) => [id, 1, 0]));
    expect(runGitIn(join(root, "music"), "for-each-ref", "refs/mos/gate")).toBe("");
  });

  test("T7b: a generator that fails, or changes anything else, leaves a conflict, and a rework mends it", async () => {
    const { world, root, fileReady } = await open();
    const add = (name: string, generates: string) =>
      fileReady({
        domain: "music",
        title: `Part ${name}`,
        touches: [`parts/${name}`, "INDEX"],
        generates: [{ path: "INDEX", run: generates }],
        run: [`sleep 0.5; mkdir -p parts; echo ${name} > parts/${name}`, "ls parts > INDEX"],
      });
    const strays = "ls parts > INDEX; echo y >> a.txt";
    await add("one", strays);
    await add("two", strays);
    await runTickets(world, { diagnose });
    const tickets = await world.store.read((tx) => tx.tickets.list());
    expect(tickets.map((ticket) => [ticket.status.state, ticket.rework]).sort()).toEqual([
      ["blocked", 0],
      ["merged", 0],
      ["merged", 1],
    ]);
    expect(readFileSync(join(root, "music/INDEX"), "utf8")).toBe("one\ntwo\n");
    expect(readFileSync(join(root, "music/a.txt"), "utf8")).toBe("a\n");
  });

  test("T7b: files that are only appended to keep the lines of both", async () => {
    const { world, root, fileReady } = await open();
    const add = (mark: string) =>
      fileReady({
        domain: "music",
        title: `Log ${mark}`,
        touches: ["CHANGES.md"],
        appends: ["CHANGES.md"],
        run: [`sleep 0.3; echo ${mark} >> CHANGES.md`],
      });
    await add("one");
    await add("two");
    expect((await runTickets(world, { diagnose })).merged).toHaveLength(2);
    expect(readFileSync(join(root, "music/CHANGES.md"), "utf8").trim().split("\n").sort()).toEqual(["one", "two"]);
  });

  test("G2c: a ticket that changes what the checks mean must pass the old ones too", async () => {
    const { world, fileReady } = await open();
    const run = ["echo exit 0 > check.sh; echo BROKEN > a.txt"];
    const id = await fileReady({ domain: "music", title: "Weaken", touches: ["check.sh", "a.txt"], run });
    expect((await runTickets(world, { diagnose })).merged).toEqual([]);
    const successor = await world.store.read((tx) => tx.tickets.get("MUS-2"));
    expect(successor?.provenance.predecessor).toBe(id);
    expect(successor?.body).toContain("with the rules of main");
    const fine = await fileReady({ domain: "music", title: "Reword", touches: ["check.sh"], run: ["echo '# the check' >> check.sh"] });
    const result = await runTickets(world, { diagnose });
    expect(result).toMatchObject({ merged: [fine], builds: 2 });
  });

  test("K4: a ticket that removes what a wiki page links to does not land", async () => {
    const page = "---\ntitle: Songs\nkind: history\nowner: music\nauthority: operator\nupdated: 2026-11-01\n---\n\nSee [a](../a.txt).\n";
    opened = await openWorld({
      music: { prefix: "MUS", files: { ...files, "wiki/index.md": "# Index\n\n- [Songs](songs.md)\n", "wiki/songs.md": page } },
    });
    await opened.fileReady({ domain: "music", title: "Remove a", touches: ["a.txt"], run: ["rm a.txt"] });
    expect((await runTickets(opened.world, { diagnose })).merged).toEqual([]);
    expect((await opened.world.store.read((tx) => tx.tickets.get("MUS-2")))?.body).toContain("wiki/songs.md");
  });

  test("G4: a base that fails without the ticket is said once, as the base's own trouble", async () => {
    opened = await openWorld({ music: { prefix: "MUS", files: { ...files, red: "" } } });
    const id = await opened.fileReady({ domain: "music", title: "Change a", touches: ["a.txt"], run: ["echo new > a.txt"] });
    const base = runGitIn(join(opened.root, "music"), "rev-parse", "main");
    expect(await runTickets(opened.world, { diagnose })).toMatchObject({ merged: [], blocked: [], builds: 1, retries: 1 });
    const { ticket, note, events } = await opened.world.store.read(async (tx) => ({
      ticket: await tx.tickets.get(id),
      note: await tx.notes.get("base:music"),
      events: await tx.events({ kind: "gate.base-red" }),
    }));
    // It waits as it is: main is to be mended, not it.
    expect(ticket?.status.state).toBe("verifying");
    expect(note?.value).toMatchObject({ commit: base, green: false, name: "test" });
    expect(events).toMatchObject([{ data: { lane: "music", commit: base, waiting: [id] } }]);
  });

  test("G4d: a main that was red by chance is tested again by the next run, which goes on when it is green; one that stays red is said once", async () => {
    opened = await openWorld({ music: { prefix: "MUS", files } });
    const id = await opened.fileReady({ domain: "music", title: "Change a", touches: ["a.txt"], run: ["echo new > a.txt"] });
    const doctor = createDiagnose(createMachineHost());
    let red = true;
    const withSlot: World["slots"]["withSlot"] = (args, body) =>
      (opened as OpenedWorld).world.slots.withSlot(args, (slot) => {
        if (!red || !/^(gate|control|find)/.test(args.purpose)) return body(slot);
        return body({ ...slot, run: async (asked) => ({ ...(await slot.run(asked)), exitCode: 1 }) });
      });
    const world = { ...opened.world, slots: { ...opened.world.slots, withSlot } };
    const said = async (kind: string) => (await world.store.read((tx) => tx.events({ kind }))).length;
    const run = () => runTickets(world, { diagnose: doctor });
    expect(await run()).toMatchObject({ merged: [], held: [{ id: "gate", domain: "music" }] });
    expect(await run()).toMatchObject({ merged: [], controls: 1, builds: 0, held: [{ id: "gate", domain: "music" }] });
    expect([await said("gate.base-red"), await said("gate.base-green")]).toEqual([1, 0]);
    red = false;
    expect(await run()).toMatchObject({ merged: [id], held: [] });
    expect([await said("gate.base-red"), await said("gate.base-green")]).toEqual([1, 1]);
    expect(await run()).toMatchObject({ merged: [], controls: 0, held: [] });
  });

  test("D21: a cure that lands while the doctor looks after another one opens its domain as well", async () => {
    // Both are before their gates when the first lands, and the other lands while the doctor looks.
    const slow = (seconds: number) => ({ ...files, "check.sh": `sleep ${seconds}; ${files["check.sh"]}` });
    opened = await openWorld({ music: { prefix: "MUS", files: slow(1) }, jobs: { prefix: "JOB", files: slow(3) } });
    const { world, root, fileReady } = opened;
    const names = ["music", "jobs"];
    const isCured = (name: string) => runGitIn(join(root, name), "ls-tree", "--name-only", "main", "cure.txt") !== "";
    const ids: string[] = [];
    for (const domain of names) {
      ids.push(await fileReady({ domain, title: "Cure", touches: ["cure.txt"], run: ["echo c > cure.txt"], repairs: "gate" }));
      ids.push(await fileReady({ domain, title: "Work", touches: ["c.txt"], run: ["echo c > c.txt"] }));
    }
    let overtaken = false;
    const lookSlowly: Diagnose = async (_, args) => {
      if (args.landing) return healthy;
      const sick = names.filter((name) => !isCured(name));
      if (sick.length === 1) {
        for (let tries = 0; tries < 200 && !isCured(sick[0] as string); tries += 1) await delay(100);
        await delay(500);
        overtaken ||= isCured(sick[0] as string);
      }
      const checks = sick.map((domain) => ({ id: "gate", domain, ok: false, reason: "red", fix: "mend it" }));
      return sick.length === 0 ? healthy : { ...healthy, grade: "B", domains: Object.fromEntries(sick.map((name) => [name, "B"])), checks };
    };
    const { merged } = await runTickets(world, { diagnose: lookSlowly });
    expect(overtaken).toBe(true);
    expect([...merged].sort()).toEqual([...ids].sort());
  });

  test("G2a, G9: code without a test or a linter does not land", async () => {
    opened = await openWorld({ music: { prefix: "MUS", files, repo: { checks: [] } } });
    const id = await opened.fileReady({ domain: "music", title: "Change a", touches: ["a.txt"], run: ["echo new > a.txt"] });
    await runTickets(opened.world, { diagnose });
    const ticket = await opened.world.store.read((tx) => tx.tickets.get(id));
    expect(ticket?.status).toMatchObject({ state: "blocked", causes: [{ kind: "check", ref: "gate" }] });
  });
});
