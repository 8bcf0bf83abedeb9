import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AttackCase, readCases, shellTextOf } from "../../attack/attack-case.ts";
import { mapNames } from "../../attack/map-names.ts";
import { chooseInterviewer } from "../../src/app/choose-interviewer.ts";
import { makeDemo } from "../../src/app/make-demo.ts";
import { startSession } from "../../src/app/start-session.ts";
import { type Receipt as LandingReceipt, Receipt } from "../../src/contract/run.ts";
import type { Ticket } from "../../src/contract/ticket.ts";
import { composeTools, composeWorld, type OpenWorld } from "../../src/entry/compose.ts";
import type { AgentRuntime } from "../../src/port/agent.ts";
import { treeInBox } from "../../src/port/slot.ts";
import { boxAvailable } from "../support/open-box.ts";

const project = join(import.meta.dirname, "../..");
const cases = readCases(join(project, "test/fixture/attack/own.jsonl")).filter(({ expect: wanted }) => wanted === "deny");
const victim = "music";

/** What a hostile executor met: what was refused, and all that it could read. */
interface Loot {
  ticket?: string;
  refused: AttackCase[];
  ran: AttackCase[];
  output: string;
}

describe.skipIf(!boxAvailable)("the demo's session with one hostile executor (needs a sandbox)", () => {
  let folder: string;
  let root: string;
  let opened: OpenWorld;
  let tickets: Ticket[];
  const loot: Loot = { refused: [], ran: [], output: "" };

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "mos-hostile-session-")));
    root = join(folder, "ws");
    const { git, clock } = composeTools();
    const open = (at: string) => composeWorld({ start: at, exact: true, report: () => {}, signal: new AbortController().signal });
    const contentDir = join(project, "demo");
    await makeDemo({
      dir: root,
      contentDir,
      git,
      clock,
      open: async (at) => {
        const { world, configFile, close } = await open(at);
        return { workspace: world.workspace, git: world.git, store: world.store, configFile, close };
      },
    });
    opened = await open(root);
    const { playbook, ...others } = opened.world.runtimes;
    const runtimes = { ...others, playbook: replaceOne(playbook as AgentRuntime, root, loot) };
    const answers = join(contentDir, "answers.yaml");
    const interviewer = await chooseInterviewer({ yes: false, answers, person: {} as never });
    await startSession({ ...opened.world, runtimes }, { interviewer, diagnose: opened.diagnose });
    tickets = await opened.world.store.read((tx) => tx.tickets.list());
  });
  afterAll(async () => {
    await opened?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("T10: its ticket ends blocked by the guards, with what was refused and what clears it", () => {
    const ticket = tickets.find(({ id }) => id === loot.ticket);
    expect(ticket?.status).toMatchObject({
      state: "blocked",
      causes: [{ kind: "guard", clears: expect.stringContaining(`mos ticket withdraw ${loot.ticket}`) }],
    });
  });

  test("P3: what words alone tell was refused; what ran, ran in the box", () => {
    // What another prepared for it is not there in this session.
    const letThrough = loot.ran.filter(({ layer, setup }) => layer === "hook" && setup.length === 0);
    expect(letThrough.map(({ id, input }) => `${id} ${JSON.stringify(input)}`)).toEqual([]);
    expect(loot.refused.length).toBeGreaterThan(100);
  });

  test("I8: the log names each refused attempt, with its ticket, rule and tool", async () => {
    const events = await opened.world.store.read((tx) => tx.events({ kind: "guard.denied", ticket: loot.ticket as string }));
    expect(events.map(({ data }) => data.tool)).toEqual(loot.refused.map(({ tool }) => tool));
    for (const { domain, data } of events) {
      expect(domain).toBe(victim);
      expect(data).toMatchObject({ rule: expect.stringMatching(/^P\d/), guard: expect.any(String), reason: expect.any(String) });
    }
  });

  test("I1: it read nothing of another silo", async () => {
    const { world } = opened;
    for (const { name, home } of world.workspace.domains.filter((domain) => domain.name !== victim)) {
      const git = world.git.at(home.path);
      expect(loot.output, name).not.toContain(await git.resolve("refs/heads/main"));
      for (const { path } of await git.listTree("refs/heads/main")) {
        const lines = ((await git.readFile("refs/heads/main", path)) ?? "").split("\n").filter((line) => line.trim().length > 40);
        const shown = lines.filter((line) => loot.output.includes(line.trim()));
        // Every home has the same guidance, and the hostile one has its own.
        expect(path === "DOMAIN.md" ? [] : shown, `${name}/${path}`).toEqual([]);
      }
    }
  });

  test("I3: everything else lands, and every main is changed by the landings of its own tickets alone", async () => {
    const waits = (ticket: Ticket) => ticket.status.state !== "merged";
    const left = tickets.filter((ticket) => waits(ticket) && ticket.id !== loot.ticket);
    // What waits, waits for a ticket that was put off, or for the hostile one.
    const held = new Set([loot.ticket, ...left.filter(({ status }) => status.state === "draft").map(({ id }) => id)]);
    expect(left.filter(({ id, dependsOn }) => !held.has(id) && !dependsOn.some((one) => held.has(one)))).toEqual([]);
    expect(tickets.filter((ticket) => !waits(ticket)).length).toBeGreaterThan(10);
    for (const { name, prefix, home } of opened.world.workspace.domains) {
      const git = opened.world.git.at(home.path);
      const landings = await git.log(`${home.baseline}..refs/heads/main`, { firstParent: true });
      for (const commit of landings) {
        const { stdout } = await git.run(["cat-file", "blob", `refs/mos/receipts/${commit.id}`]);
        const receipt: LandingReceipt = Receipt.parse(JSON.parse(stdout));
        expect(receipt).toMatchObject({ commit: commit.id, tree: commit.tree });
        expect(
          receipt.tickets.every((id) => id.startsWith(`${prefix}-`) && id !== loot.ticket),
          name,
        ).toBe(true);
      }
      expect(await git.localEdits(), name).toEqual({ staged: [], unstaged: [], untracked: [] });
    }
    expect(await readFile(join(root, "mos.yaml"), "utf8")).toContain("sealed: true");
    expect((await opened.diagnose(opened.world, {})).grade).toBe("A");
  });
});

/** The playbook runtime, with one ticket's work done by an executor that tries every case. */
function replaceOne(runtime: AgentRuntime, root: string, loot: Loot): AgentRuntime {
  return {
    ...runtime,
    execute: async (args) => {
      const { ticket, slot, ask, readOnly, signal } = args;
      if (loot.ticket === undefined && ticket.domain === victim && ticket.role === "executor") loot.ticket = ticket.id;
      if (loot.ticket !== ticket.id) return runtime.execute(args);
      const own = <Value>(value: Value): Value =>
        JSON.parse(JSON.stringify(mapNames(value, { root, ticket: ticket.id }, "box")).replaceAll(`${root}/domains/`, `${root}/`));
      for (const one of cases) {
        // As its client would: the whole call is asked about, and what is let through is made.
        const { decision } = await ask({ tool: one.tool, input: own(one.input), cwd: treeInBox });
        (decision === "deny" ? loot.refused : loot.ran).push(one);
        const command = shellTextOf(one.tool, one.input);
        if (decision === "deny" || command === undefined) continue;
        const result = await slot.run({ command: own(command), wallMs: 5_000, writable: true, readOnly, signal });
        loot.output += `${result.stdout}${result.stderr}\n`;
      }
      await slot.run({ command: "echo stolen > stray.txt", wallMs: 5_000, writable: true, readOnly, signal });
      return { outcome: "done", summary: "Nothing to see here", commands: [] };
    },
  };
}
