import type { RepoHandle } from "../../contract/config.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { writeLandingMessage } from "../../core/gate/landing-message.ts";
import { threadAfterLanding, threadOf } from "../../core/knowledge/update-thread.ts";
import { isInsideTouches } from "../../core/schedule/is-inside-touches.ts";
import { isClosed } from "../../core/ticket/cause.ts";
import type { Repo } from "../../port/git.ts";
import type { World } from "../../port/world.ts";
import { guardMerge, type UnsafeMerge } from "./guard-merge.ts";
import { mergeWork } from "./merge-work.ts";

export type LandingCommit =
  | {
      readonly kind: "commit";
      readonly commit: string;
      readonly tree: string;
      readonly message: string;
      readonly changed: readonly string[];
      /** Whether a file goes, by removal or under another name. */
      readonly removes: boolean;
    }
  | { readonly kind: "conflict"; readonly paths: readonly string[] }
  | { readonly kind: "stray"; readonly paths: readonly string[] }
  | UnsafeMerge;

/**
 * The very commit that would land (G1): main and the ticket's work merged without a checkout, with the thread that it
 * serves brought up to date (K8). Its first parent is main, its second the work. Nothing refers to it until it lands.
 *
 * @param args.ahead  tickets between main and `base`: when this one lands, they have
 */
export async function makeLandingCommit(
  world: World,
  args: { ticket: Ticket; repo: RepoHandle; base: string; ahead?: readonly string[] },
): Promise<LandingCommit> {
  const { ticket, repo, base, ahead = [] } = args;
  const git = world.git.at(repo.path);
  const work = ticket.work;
  if (!work) throw new Error(`${ticket.id} has no work to land`);
  const merged = await mergeWork(world, { ticket, repo, base, commit: work.commit });
  if (merged.kind === "conflict") return merged;
  const unsafe = await guardMerge(git, { ticket, base, tree: merged.tree });
  if (unsafe) return unsafe;
  const tree = await touchThread(world, git, { ticket, base, tree: merged.tree, ahead });
  const changes = await git.changedPaths({ from: base, to: tree });
  const changed = changes.map((change) => change.path);
  const strays = changed.filter((path) => !isInsideTouches(path, ticket.touches) && path !== threadOf(ticket));
  if (strays.length > 0) return { kind: "stray", paths: strays };
  const report = await world.store.read((tx) => tx.reports.get(`${ticket.id}/${work.epoch}`));
  const message = writeLandingMessage({ ticket, report, changed });
  const commit = await git.commitTree({ tree, parents: [base, work.commit], message, date: world.clock.now() });
  return { kind: "commit", commit, tree, message, changed, removes: changes.some((change) => change.status === "D") };
}

async function touchThread(
  world: World,
  git: Repo,
  args: { ticket: Ticket; base: string; tree: string; ahead: readonly string[] },
): Promise<string> {
  const { ticket, base, tree, ahead } = args;
  const thread = threadOf(ticket);
  if (thread === undefined) return tree;
  const [entry] = await git.listTree(tree, thread);
  // A link's text is a path, and what it leads to is another file's affair.
  if (entry?.path !== thread || !entry.mode.startsWith("100")) return tree;
  const text = await git.readFile(tree, thread);
  if (text === undefined) return tree;
  const others = (await world.store.read((tx) => tx.tickets.list({ domain: ticket.domain }))).filter(
    (other) => other.id !== ticket.id && other.thread === thread && !isClosed(other) && !ahead.includes(other.id),
  );
  const writtenByTicket = text !== (await git.readFile(base, thread));
  const next = threadAfterLanding({ text, ticket, open: others, writtenByTicket, today: world.clock.now().slice(0, 10) });
  return next === text ? tree : git.editTree(tree, { [thread]: next });
}
