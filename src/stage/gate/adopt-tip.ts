import type { Domain, RepoHandle } from "../../contract/config.ts";
import type { CommandRun, Receipt, Verdict } from "../../contract/run.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { explainMissingGate, readGateRules } from "../../core/gate/defining-files.ts";
import { readReceiptId, receiptRef } from "../../core/gate/find-tip.ts";
import { judgeChange } from "../../core/gate/judge-change.ts";
import { parseDiffLines } from "../../core/gate/parse-diff.ts";
import { checkDomainWiki } from "../../core/knowledge/check-wiki.ts";
import type { World } from "../../port/world.ts";
import { isGreen, runChecks } from "./run-checks.ts";
import { sha256 } from "./sha256.ts";

/** As a verifier's: what is longer is not looked through to its end, and does not pass. */
const diffBytesMax = 32 * 1024 * 1024;

export interface AdoptionTest {
  readonly green: boolean;
  readonly checks: readonly CommandRun[];
  readonly points: Verdict["points"];
  readonly gateHash: string;
}

/**
 * Tests a tip that is there already (G7): the repository's checks on that very commit, the wiki where it changed, and no
 * conflict markers or secrets in what was added. Changes nothing.
 */
export async function testTip(
  world: World,
  args: {
    domain: Domain;
    repo: RepoHandle;
    from: string;
    tip: string;
    ticket: Pick<Ticket, "id" | "touches" | "role" | "title" | "provenance">;
  },
): Promise<AdoptionTest> {
  const { domain, repo, from, tip, ticket } = args;
  const git = world.git.at(repo.path);
  const changed = await git.changedPaths({ from, to: tip });
  const own = new Set(["conflict-marker", "secret"]);
  const diff = await git.diff({ from, to: tip, binary: true, maxBytes: diffBytesMax });
  const points = judgeChange({ ticket, changed, ...parseDiffLines(diff) }).filter((point) => own.has(point.kind));
  if (diff.length >= diffBytesMax)
    points.push({ point: "is small enough to be judged", kind: "secret", pass: false, evidence: `over ${diffBytesMax} bytes of diff` });
  const missing = explainMissingGate(repo);
  if (missing) points.push({ point: "has a gate", kind: "acceptance", pass: false, evidence: missing });
  const checks: CommandRun[] = [];
  if (!repo.knowledgeOnly && !missing) {
    await world.slots.withSlot({ repo, purpose: `adopt ${ticket.id}`, signal: world.signal }, async (slot) => {
      const test = (attempt: string) =>
        runChecks(world, {
          ...{ repo, slot, commit: tip, checks: repo.checks, signal: world.signal },
          logBase: `log/ticket/${ticket.id}/${attempt}`,
        });
      const first = await test("adopt");
      // As a ticket gets one (G4): a person's work is not taken back for what chance did.
      checks.push(...(isGreen(repo.checks, first) ? first : await test("adopt-retry")));
    });
    points.push(
      ...checks.map((run) => ({
        point: `${run.name} is green`,
        kind: "acceptance" as const,
        pass: run.exitCode === 0,
        evidence: run.tail.slice(-1500),
      })),
    );
  }
  if (repo.knowledgeOnly || changed.some((change) => change.path.startsWith("wiki/"))) {
    const problems = await checkDomainWiki({ domain, git: world.git, store: world.store, repo: repo.name, treeish: tip, base: from });
    const evidence = problems
      .map((problem) => `${problem.page}:${problem.line}: ${problem.problem}`)
      .join("; ")
      .slice(0, 2000);
    points.push({ point: "the wiki is sound", kind: "acceptance", pass: problems.length === 0, evidence });
  }
  const { hash: gateHash } = await readGateRules({ git, repo, treeish: tip, sha256 });
  const tested = repo.knowledgeOnly || isGreen(repo.checks, checks);
  return { green: tested && points.every((point) => point.pass), checks, points, gateHash };
}

/**
 * Gives a tip its receipt, if main is still there. The receipt's ref is written with a check of main in one transaction.
 * May be repeated: a receipt that is there already is `given`.
 */
export async function giveReceipt(
  world: World,
  args: { repo: RepoHandle; receipt: Receipt },
): Promise<{ kind: "given" } | { kind: "moved" }> {
  const { repo, receipt } = args;
  const git = world.git.at(repo.path);
  const blob = await git.writeBlob(`${JSON.stringify(receipt, null, 2)}\n`);
  const moved = await git.updateRefs(
    [
      { ref: `refs/heads/${repo.branch}`, to: receipt.commit, from: receipt.commit },
      { ref: receiptRef(receipt.commit), to: blob, from: undefined },
    ],
    `mos: adopt ${receipt.tickets.join(" ")}`,
  );
  if (moved.kind === "moved" || (await readReceiptId(git, receipt.commit))) return { kind: "given" };
  return { kind: "moved" };
}
