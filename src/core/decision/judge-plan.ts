import type { PlannedTicket } from "../../contract/brief.ts";
import type { Decision } from "../../contract/decision.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { isInsideTouches } from "../schedule/is-inside-touches.ts";
import { pathsOverlap } from "../schedule/paths-overlap.ts";
import { findNamed, splitName } from "./find-named.ts";
import { readChoice } from "./plan-tickets.ts";

/** What lies in a repository's main. */
export interface TreeListing {
  readonly files: ReadonlySet<string>;
  /** Those that hold files, without a slash at the end. */
  readonly folders: ReadonlySet<string>;
  /** Symbolic links and submodules: nothing may be written through them. */
  readonly links: ReadonlySet<string>;
}

/** What a plan is held against. */
export interface PlanGround {
  /** By repository of the domain. */
  readonly trees: Readonly<Record<string, TreeListing>>;
  /** Whether a model judges work here, so that a point without a command is somebody's to check. */
  readonly hasVerifier: boolean;
  /** Why a command may not be run as a check, by command; absent: it may. */
  readonly refusedCommands: Readonly<Record<string, string>>;
}

const whole = /^[*/]+$/;
/** A model's pattern is matched against names that others chose: with more than these that could take for ever. */
const wildcardsMax = 3;
const holdsAlways = "true|:|exit( 0)?|/(usr/)?bin/true|(echo|printf)\\b[^|&;<>`$]*|test 1|\\[ 1 \\]";
/** Commands that hold whatever was done, and those that end in one when what comes before fails. */
const empty = new RegExp(`(^|\\|\\|)\\s*(${holdsAlways})\\s*;?$`);

/**
 * Why the option that was chosen of a model's question cannot be planned (S25); none: it can. Paths exist, or are to be made;
 * nothing that runs changes them; what is waited for exists; each acceptance point can be checked.
 *
 * @param decisions  of this domain, of all sessions
 */
export function judgePlan(
  decision: Decision,
  args: { decisions: readonly Decision[]; tickets: readonly Ticket[]; ground: PlanGround },
): string[] {
  const { tickets } = readChoice(decision);
  const keys = tickets.map(({ key }) => key);
  const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
  return [
    ...[...new Set(twice)].map((key) => `two of its tickets have the key ${key}`),
    ...tickets.flatMap((ticket) => {
      const problems = [
        ...judgePaths(ticket, args),
        ...judgeNames(ticket, { ...args, decision, keys }),
        ...judgeAcceptance(ticket, args.ground),
      ];
      return problems.map((problem) => `"${ticket.draft.title}": ${problem}`);
    }),
  ];
}

function judgePaths(
  { draft, creates = [] }: PlannedTicket,
  { tickets, ground }: Pick<Parameters<typeof judgePlan>[1], "tickets" | "ground">,
) {
  const { repo, touches } = draft;
  const tree = Object.hasOwn(ground.trees, repo) ? ground.trees[repo] : undefined;
  if (tree === undefined) return [`${repo} is no repository of this domain, or has no commit`];
  if (touches.length === 0) return ["it names no path"];
  const running = tickets.filter(({ status }) => status.state === "in_progress" || status.state === "verifying");
  return [
    ...touches.flatMap((touch) => judgeTouch(touch, tree, creates) ?? []),
    ...running
      .filter((other) => other.repo === repo && pathsOverlap(draft, other))
      .map(({ id, touches: theirs }) => `${id} runs, and changes ${theirs.slice(0, 3).join(", ") || "the whole repository"} too`),
  ];
}

function judgeTouch(touch: string, tree: TreeListing, creates: readonly string[]): string | undefined {
  if (whole.test(touch)) return `${touch} names no path, but the whole repository`;
  const vague = [touch, ...creates].find((path) => (path.match(/\*+|\?/g) ?? []).length > (path === touch ? wildcardsMax : 0));
  if (vague !== undefined)
    return vague === touch ? `${touch} has more than ${wildcardsMax} wild cards` : `${vague} is to be made, but is a pattern`;
  const found = /[*?]/.test(touch)
    ? [...tree.files].some((path) => isInsideTouches(path, [touch]))
    : tree.folders.has(touch.replace(/\/$/, "")) || tree.files.has(touch);
  if (pathsOverlap({ touches: [touch] }, { touches: ["wiki/"] })) return `${touch} reaches the wiki, which is the librarian's`;
  const parts = touch.split("/");
  const way = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  const link = way.find((path) => tree.links.has(path));
  if (link !== undefined) return `${touch} leads through ${link}, which is a link or a submodule`;
  if (found) return undefined;
  if (!creates.includes(touch) && !isInsideTouches(touch, creates.length === 0 ? ["\0"] : creates))
    return `${touch} is not there, and is not said to be made`;
  const file = way.slice(0, -1).find((path) => tree.files.has(path));
  return file === undefined ? undefined : `${touch} cannot be made: ${file} is a file`;
}

function judgeNames(
  { key, after }: PlannedTicket,
  { decision, decisions, keys }: { decision: Decision; decisions: readonly Decision[]; keys: readonly string[] },
): string[] {
  return after.flatMap((name) => {
    if (name === key) return ["it waits for itself"];
    if (keys.includes(name)) return [];
    const others = decisions.filter(({ candidate }) => candidate.key !== decision.candidate.key);
    const [question, ticket] = splitName(name);
    const found = findNamed(question, "home", others, ({ candidate }) => candidate);
    const asked = found.filter((other) => other.session === decision.session || (other.planned ?? []).length > 0);
    const known = asked.filter(
      (other) => ticket === undefined || other.candidate.options.some((one) => one.tickets.some((sibling) => sibling.key === ticket)),
    );
    return known.length > 0
      ? []
      : [`it waits for ${name}, which is no ticket of this option and no question that is decided or asked here`];
  });
}

function judgeAcceptance({ draft }: PlannedTicket, { hasVerifier, refusedCommands }: PlanGround): string[] {
  const checked = draft.accept.filter(({ run }) => run !== undefined);
  return [
    ...(checked.length === 0 ? ["no command checks any point of its acceptance"] : []),
    ...draft.accept.flatMap(({ text, run }) => {
      if (run === undefined) return hasVerifier ? [] : [`nobody can check "${text}": it has no command, and no model plays the verifier`];
      if (empty.test(run.trim())) return [`"${run.trim()}" checks nothing`];
      const refused = Object.hasOwn(refusedCommands, run) ? refusedCommands[run] : undefined;
      return refused === undefined ? [] : [`"${run}" may not be run: ${refused}`];
    }),
  ];
}
