import type { Domain, RepoHandle } from "../contract/config.ts";
import type { Diagnosis } from "../contract/doctor.ts";
import { exitCode, MosError } from "../contract/error.ts";
import { RepoPath } from "../contract/id.ts";
import type { Landing, Receipt, Verdict } from "../contract/run.ts";
import { type Ticket, TicketDraft } from "../contract/ticket.ts";
import { findTip, receiptsCheck } from "../core/gate/find-tip.ts";
import { isTakeBack } from "../core/gate/is-take-back.ts";
import { applyTransition, getTicket } from "../core/ticket/apply-transition.ts";
import { isClosed } from "../core/ticket/cause.ts";
import { createTicket } from "../core/ticket/create-ticket.ts";
import { intendLanding } from "../core/ticket/intend-landing.ts";
import type { StoreReader, StoreWriter } from "../port/store.ts";
import type { World } from "../port/world.ts";
import { type AdoptionTest, giveReceipt, testTip } from "../stage/gate/adopt-tip.ts";
import { recordLanding } from "../stage/merge/land-receipt.ts";
import { reconcileLandings } from "../stage/merge/reconcile-landings.ts";
import { sweepWorkspace } from "../stage/sweep/sweep-workspace.ts";
import { createLeaseObserver, withLease } from "./hold-lease.ts";
import { summariseTicket, type TicketSummary } from "./list-tickets.ts";
import type { Diagnose } from "./run-tickets.ts";
import { refuseWhileStopped } from "./standing-stop.ts";

/**
 * `mos ticket adopt BRANCH --domain D`: brings a person's own commits in by the same way as everyone's (G7). A branch
 * becomes a ticket under `verifying`, which the next run tests and lands. Main itself, at a tip without a receipt, is
 * adopted in place: green gives a receipt for the range, red files a ticket that takes the range back.
 *
 * Throws `domain-unknown`, `repository-unknown`, `branch-unknown`, `nothing-to-adopt`, `history-rewritten`, `landing-unsettled`, and of main `stopped` while
 * everything is.
 */
export async function adoptBranch(
  world: World,
  args: { domain: string; repo?: string; branch: string; diagnose: Diagnose },
): Promise<TicketSummary> {
  const domain = [...world.workspace.domains, world.workspace.operator].find((one) => one.name === args.domain);
  const repo = domain?.repos.find((one) => one.name === (args.repo ?? "home"));
  if (!domain) throw notFound("domain-unknown", `there is no domain ${args.domain}`, "List them: mos domain list");
  if (!repo) {
    const names = domain.repos.map(({ name }) => name).join(", ");
    throw notFound("repository-unknown", `${domain.name} has no repository ${args.repo}`, `It has: ${names}`);
  }
  if (args.branch !== repo.branch) return summariseTicket(await fileBranch(world, { domain, repo, branch: args.branch }));
  await world.store.read(refuseWhileStopped);
  const { limits } = world.workspace.config;
  const isAlive = createLeaseObserver(world, limits.leaseSeconds * 1000);
  await sweepWorkspace(world, { isAlive });
  return withLease(world, { key: `lane:${repo.lane}`, isAlive, signal: world.signal }, async () => {
    // What a landing moved that then died is its ticket's, and no commit of a person's: adopted, it would land twice (I7).
    const [unsettled] = (await reconcileLandings(world, repo.lane)).unsettled;
    if (unsettled) throw new MosError({ code: "landing-unsettled", message: unsettled.reason, hint: unsettled.remedy });
    return summariseTicket(await adoptTip(world, { domain, repo, diagnose: args.diagnose }));
  });
}

async function fileBranch(world: World, args: { domain: Domain; repo: RepoHandle; branch: string }): Promise<Ticket> {
  const { domain, repo, branch } = args;
  const git = world.git.at(repo.path);
  const ref = `refs/heads/${branch}`;
  // The branch of that very name: git would read `mine~1` as one that nobody has.
  const isThere = (await git.refs(ref)).some((one) => one.ref === ref);
  const commit = isThere ? await git.resolve(`${ref}^{commit}`) : undefined;
  if (!commit) throw notFound("branch-unknown", `${repo.lane} has no branch ${branch}`, `List them: git -C ${repo.path} branch`);
  const base = await git.mergeBase(`refs/heads/${repo.branch}`, commit);
  if (!base) throw nothingToAdopt(`${branch} shares no history with ${repo.branch}`, "Rebase it on main.");
  const changed = (await git.changedPaths({ from: base, to: commit })).map((change) => change.path);
  if (changed.length === 0) throw nothingToAdopt(`${branch} changes nothing that ${repo.branch} does not have`, "Nothing is to be done.");
  const { tree } = await git.commit(commit);
  const draft = draftAdoption({ domain, repo, title: `Adopt ${branch}`.slice(0, titleMax), changed });
  return world.store.write(async (tx) => {
    // Asked for again it is the same ticket: a second one would land the same commits once more, as nothing.
    const mine = await tx.tickets.list({ domain: domain.name });
    const filed = mine.find((one) => one.repo === repo.name && one.runtime === "operator" && one.work?.commit === commit && !isClosed(one));
    if (filed) return filed;
    const ticket = await beginAdoption(world, tx, { domain, draft });
    const work = { epoch: ticket.epoch, base, commit, tree };
    return (await applyTransition(tx, ticket.id, { kind: "hand-in", work }, note(`the operator's branch ${branch}`))).ticket;
  });
}

async function adoptTip(world: World, args: { domain: Domain; repo: RepoHandle; diagnose: Diagnose }): Promise<Ticket> {
  const { domain, repo } = args;
  const git = world.git.at(repo.path);
  const tip = await findTip(git, repo);
  if (tip.kind !== "foreign") throw nothingToAdopt(`${repo.branch} of ${repo.lane} has its receipt`, "Nothing is to be done.");
  const { commit, owned } = tip;
  const { tree } = await git.commit(commit);
  if (!owned) {
    throw new MosError({
      code: "history-rewritten",
      message: `${repo.branch} of ${repo.lane} no longer has the baseline or any receipt behind it`,
      hint: `Bring it back: git -C ${repo.path} reflog ${repo.branch}`,
    });
  }
  const changed = (await git.changedPaths({ from: owned, to: commit })).map((change) => change.path);
  const draft = draftAdoption({ domain, repo, title: `Adopt ${repo.branch} at ${commit.slice(0, 12)}`, changed });
  const tested = await testTip(world, {
    domain,
    repo,
    from: owned,
    tip: commit,
    ticket: { ...draft, id: `OPS-0`, provenance: { candidates: [] } },
  });
  // A person may have mended it meanwhile: what was not tested is not taken back.
  if (!tested.green && (await git.resolve(`refs/heads/${repo.branch}^{commit}`)) !== commit) throw movedMeanwhile(repo);
  if (!tested.green) return fileRevert(world, { domain, repo, owned, commit, changed, points: tested.points });
  const diagnosis = await args.diagnose(world, { domains: [domain.name] });
  const landing = await world.store.write((tx) =>
    intendAdoption(world, tx, { domain, repo, draft, owned, commit, tree, tested, diagnosis }),
  );
  const { receipt } = landing;
  const ticket = receipt.tickets[0] as string;
  const given = await giveReceipt(world, { repo, receipt });
  if (given.kind === "moved") {
    await world.store.write(async (tx) => {
      await tx.landings.remove(landing.id);
      await applyTransition(tx, ticket, { kind: "withdraw" }, note(`${repo.branch} moved meanwhile`));
    });
    throw movedMeanwhile(repo);
  }
  await recordLanding(world, landing);
  return world.store.write(async (tx) => {
    await goOn(tx, repo.lane);
    return getTicket(tx, ticket);
  });
}

/**
 * The ticket as one that was worked on and passed, and the intent to give its commit the receipt: main has that commit already,
 * so that a crash from here on is completed by whoever takes the lane next, as any landing is (G8).
 */
async function intendAdoption(
  world: World,
  tx: StoreWriter,
  args: {
    domain: Domain;
    repo: RepoHandle;
    draft: TicketDraft;
    owned: string;
    commit: string;
    tree: string;
    tested: AdoptionTest;
    diagnosis: Diagnosis;
  },
): Promise<Landing> {
  const { repo, owned, commit, tree, tested, diagnosis } = args;
  const logHead = await tx.logHead();
  const { id: ticket, epoch } = await beginAdoption(world, tx, args);
  const verdict: Verdict = {
    id: `${ticket}/${epoch}/${commit.slice(0, 12)}`,
    ticket,
    commit,
    base: owned,
    at: world.clock.now(),
    outcome: "pass",
    verifier: "rules/1",
    points: [...tested.points],
  };
  const receipt: Receipt = {
    id: commit,
    lane: repo.lane,
    tickets: [ticket],
    base: owned,
    from: owned,
    tree,
    commit,
    heads: { [ticket]: commit },
    gateHash: tested.gateHash,
    logHead,
    verdicts: [verdict.id],
    checks: [...tested.checks],
    doctor: { grade: diagnosis.grade, passed: diagnosis.passed, total: diagnosis.total },
    landedAt: world.clock.now(),
  };
  await tx.verdicts.put(verdict);
  await applyTransition(tx, ticket, { kind: "hand-in", work: { epoch, base: owned, commit, tree } }, note("the operator's own commits"));
  // What would have taken back a part of what is adopted now takes back nothing.
  for (const { id } of await listTakeBacks(tx, repo))
    await applyTransition(tx, id, { kind: "withdraw" }, note(`${commit.slice(0, 12)} is green, and adopted`));
  await applyTransition(
    tx,
    ticket,
    { kind: "verdict", verdict: { commit, outcome: "pass", id: verdict.id } },
    { ...note("its checks are green"), actor: "verifier:rules/1" },
  );
  const landing: Landing = { id: `${repo.lane}/${commit}`, lane: repo.lane, receipt, startedAt: world.clock.now() };
  await intendLanding(tx, landing, { epochs: { [ticket]: epoch } });
  return landing;
}

/** What stopped the lane is settled; a pause of the operator's own is theirs to end. */
async function goOn(tx: StoreWriter, lane: string): Promise<void> {
  if ((await tx.lanes.get(lane))?.paused?.by !== "operator") await tx.lanes.put({ id: lane });
}

/** Tickets filed here for earlier tips of a lane that have not landed. */
async function listTakeBacks(tx: StoreReader, repo: RepoHandle): Promise<Ticket[]> {
  const isOne = (one: Ticket) => one.repo === repo.name && isTakeBack(one);
  return (await tx.tickets.list({ domain: repo.domain })).filter((one) => isOne(one) && one.status.state !== "merged" && !isClosed(one));
}

/**
 * A ticket that makes main's tree what it was before the range: its landing's receipt covers the whole of it. One that was filed for
 * an earlier tip of the same range, and has not landed, is superseded: it would find a tree that is not the one it was for.
 */
async function fileRevert(
  world: World,
  args: { domain: Domain; repo: RepoHandle; owned: string; commit: string; changed: readonly string[]; points: Verdict["points"] },
): Promise<Ticket> {
  const { domain, repo, owned, commit } = args;
  const failed = args.points.filter((point) => !point.pass).map((point) => `- ${point.point}: ${point.evidence}`);
  const draft = TicketDraft.parse({
    ...draftAdoption({ domain, repo, title: `Take back ${commit.slice(0, 12)}, which is not green`, changed: args.changed }),
    body: `What ${owned.slice(0, 12)}..${commit.slice(0, 12)} fails:\n\n${failed.join("\n")}`.slice(0, 60_000),
    accept: [{ text: "the tree is as it was", run: `git diff --quiet ${owned} HEAD` }],
    role: "executor",
    runtime: "playbook",
    repairs: receiptsCheck,
    priority: 100,
  });
  const takesBack = { from: owned, tip: commit };
  return world.store.write(async (tx) => {
    // Asked for again before it has landed, or after a kill, it is the same ticket: a second one would find nothing to do.
    const earlier = await listTakeBacks(tx, repo);
    const filed = earlier.find((one) => one.takesBack?.tip === commit && one.takesBack.from === owned);
    if (filed) return filed;
    const ticket = await createTicket(tx, {
      ...{ draft, takesBack },
      prefix: domain.prefix,
      sealedDomains: [],
      now: world.clock.now(),
      actor: "operator",
      authority: "operator",
    });
    const reason = `${ticket.id} takes back ${commit.slice(0, 12)}, and with it what ${repo.branch} had before`;
    for (const { id } of earlier) await applyTransition(tx, id, { kind: "supersede", successor: ticket.id }, note(reason));
    await goOn(tx, repo.lane);
    return (await applyTransition(tx, ticket.id, { kind: "ready" }, note(`${commit.slice(0, 12)} is not green`))).ticket;
  });
}

const touchesMax = 500;
/** Of a ticket; a branch's name may be longer. */
const titleMax = 200;

/** What a person changed is declared; where it is too much, or has names that cannot be, it is the whole repository. */
function draftAdoption(args: { domain: Domain; repo: RepoHandle; title: string; changed: readonly string[] }): TicketDraft {
  const { domain, repo, title, changed } = args;
  const isSayable = changed.length <= touchesMax && changed.every((path) => RepoPath.safeParse(path).success);
  const touches = isSayable ? changed : [];
  // With the one retry that a ticket has before the gate (G4): nobody's work is sent back for what chance did.
  const checks = repo.checks.map(({ name, run }) => ({ text: `${name} is green`, run: `( ${run}\n) || ( ${run}\n)` }));
  const accept = checks.length > 0 ? checks : [{ text: "there is a commit", run: "git rev-parse --verify -q HEAD" }];
  const role = changed.some((path) => path.startsWith("wiki/")) ? "librarian" : "executor";
  return TicketDraft.parse({ title, domain: domain.name, repo: repo.name, touches, accept, role, runtime: "operator" });
}

/** Draft, ready and claimed in the caller's transaction: the work is done already. */
async function beginAdoption(world: World, tx: StoreWriter, args: { domain: Domain; draft: TicketDraft }): Promise<Ticket> {
  const ticket = await createTicket(tx, {
    draft: args.draft,
    prefix: args.domain.prefix,
    sealedDomains: [],
    now: world.clock.now(),
    actor: "operator",
    authority: "operator",
  });
  await applyTransition(tx, ticket.id, { kind: "ready" }, note("adopted by the operator"));
  return (await applyTransition(tx, ticket.id, { kind: "claim" }, note("the operator did the work"))).ticket;
}

function note(reason: string) {
  return { actor: "operator", authority: "operator", reason };
}

function notFound(code: string, message: string, hint: string): MosError {
  return new MosError({ code, message, hint, exit: exitCode.notFound });
}

function movedMeanwhile(repo: RepoHandle): MosError {
  return nothingToAdopt(`${repo.branch} of ${repo.lane} moved while it was tested`, "Adopt it again.");
}

function nothingToAdopt(message: string, hint: string): MosError {
  return new MosError({ code: "nothing-to-adopt", message, hint });
}
