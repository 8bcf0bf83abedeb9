import type { Slot } from "../src/port/slot.ts";
import { type AttackCase, shellTextOf } from "./attack-case.ts";
import { type CaseResult, findMisses, type HookAnswer } from "./judge-case.ts";
import type { AttackWorld } from "./make-attack-world.ts";
import { compareRuns, createPlainCheckout } from "./plain-leg.ts";
import { runInBox, type ShellOutcome, splitGitEffect, withGitEffect } from "./shell-leg.ts";
import { createStage } from "./stage-case.ts";

const attackWallMs = 5_000;
const benignWallMs = 60_000;

/** How many ordinary commands may behave differently in the box before that is a miss. */
export const differencesMax = 3;

/** A guard that is asked about each case. */
export type AskHook = (one: AttackCase) => Promise<readonly HookAnswer[]>;

export interface Judged {
  readonly results: readonly CaseResult[];
  /** Cases that are not held, and ordinary commands beyond the few that may behave differently. */
  readonly missed: number;
  readonly wallMs: number;
}

/**
 * Judges every case: prepares it, asks the guard, and runs what is a command in the ticket's tool box. One after the other, in
 * one slot, so that whatever changes meanwhile was changed by the case.
 *
 * @param args.wrapSlot  for tests that take a protection away and see that it is noticed
 */
export async function runCases(
  world: AttackWorld,
  args: { cases: readonly AttackCase[]; askHook: AskHook; wrapSlot?: (slot: Slot) => Slot; onCase?: (result: CaseResult) => void },
): Promise<Judged> {
  const startedMs = performance.now();
  const repo = world.opened.world.workspace.domains.find(({ name }) => name === "music")?.home;
  if (!repo) throw new Error("the workspace has no music");
  const stage = createStage(world);
  const runPlain = createPlainCheckout(world);
  const results: CaseResult[] = [];
  await world.opened.world.slots.withSlot({ repo, purpose: "attacks", ticket: world.layout.ticket }, async (bare) => {
    const slot = args.wrapSlot?.(bare) ?? bare;
    await slot.prepare((await world.opened.world.git.at(repo.path).resolve("refs/heads/main")) ?? "");
    const branchBefore = await readBranches(slot, runPlain);
    const early = await askEarly(args.cases, args.askHook);
    for (const one of args.cases) {
      await stage.prepare(one);
      try {
        // The guard looks at the tree that the preparation left, under each of its names.
        if (one.setup.length > 0) await stage.carry(one, slot);
        const answers = early.get(one) ?? (await args.askHook(one));
        let shell: ShellOutcome | undefined;
        let differences: string[] = [];
        if (shellTextOf(one.tool, one.input) !== undefined) {
          if (one.setup.length === 0) await stage.carry(one, slot);
          shell = await runInBox(world, { one, slot, wallMs: one.expect === "allow" ? benignWallMs : attackWallMs });
          if (one.expect === "allow" && one.setup.length === 0)
            differences = compareRuns({ box: shell, plain: await runPlain(one), branchBefore });
        }
        const judged = { one, answers, ...(shell ? { shell } : {}), differences };
        const result = { ...judged, misses: findMisses(judged) };
        results.push(result);
        args.onCase?.(result);
      } finally {
        await stage.restore(one);
      }
    }
  });
  const different = results.filter(({ differences }) => differences.length > 0).length;
  const missed = results.filter(({ misses }) => misses.length > 0).length + Math.max(0, different - differencesMax);
  return { results, missed, wallMs: performance.now() - startedMs };
}

const asksAtOnce = 3;

/** What needs no preparation is asked before anything runs, several at once: a process for each answer takes its time. */
async function askEarly(cases: readonly AttackCase[], askHook: AskHook): Promise<ReadonlyMap<AttackCase, readonly HookAnswer[]>> {
  const answers = new Map<AttackCase, readonly HookAnswer[]>();
  const waiting = cases.filter(({ setup }) => setup.length === 0);
  const ask = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) answers.set(one, await askHook(one));
  };
  await Promise.all(Array.from({ length: asksAtOnce }, ask));
  return answers;
}

/** What is checked out before anything is done, on either side. */
async function readBranches(slot: Slot, runPlain: ReturnType<typeof createPlainCheckout>): Promise<{ box: string; plain: string }> {
  const nothing: AttackCase = {
    id: "none",
    line: 0,
    intent: "benign",
    tool: "Bash",
    input: { command: "true" },
    cwd: "/work/tree",
    expect: "allow",
    layer: "hook",
    setup: [],
    why: "",
  };
  const box = await slot.run({ command: withGitEffect("true", "/work/tree"), writable: true, wallMs: benignWallMs });
  return { box: splitGitEffect(box.stdout).git.branch, plain: (await runPlain(nothing)).git.branch };
}
