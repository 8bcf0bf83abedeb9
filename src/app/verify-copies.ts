import { createHash } from "node:crypto";
import { createReadStream, lstatSync } from "node:fs";
import { join, resolve } from "node:path";
import { exitCode, MosError } from "../contract/error.ts";
import { Event, type LogVerification } from "../contract/event.ts";
import { CommitId } from "../contract/id.ts";
import { type ChainState, chainStart, concludeChain, followChain } from "../core/log/verify-chain.ts";
import type { Git } from "../port/git.ts";
import {
  auditLog,
  createLogMemory,
  type LaneSource,
  type LogMemory,
  type LogReport,
  type LogSource,
  type UnreadLane,
} from "./audit-log.ts";

/**
 * Holds copies of repositories against a copy of the log, as `verifyLog` holds a workspace's (G2f): offline, without a
 * workspace, writing nothing. The copies are data that nobody vouches for.
 *
 * @param args.log        a file that `exportLog` wrote
 * @param args.repos      `DIR` or `LANE=DIR`; which lane a folder is of is told by the baseline in the log
 * @param args.baselines  `COMMIT` or `LANE=COMMIT`, where the log does not say
 *
 * Throws `log-unreadable`, `repo-unknown` for a folder that is no repository, `baseline-unknown`.
 */
export async function verifyCopies(
  git: Git,
  args: { log: string; repos: readonly string[]; baselines: readonly string[]; cwd: string },
): Promise<LogReport> {
  const repos = args.repos.map((text) => readNamed(text, (dir) => findGitFolder(resolve(args.cwd, dir))));
  const baselines = args.baselines.map((text) => readNamed(text, readCommit));
  let unasked: string[] = [];
  const report = await auditLog(
    {
      git,
      log: openLogFile(args.log),
      lanes: async (memory) => {
        const found = await Promise.all(repos.map((repo) => findLane(git, memory, { repo, baselines, alone: repos.length === 1 })));
        const lanes = found.flatMap((one) => ("reason" in one ? [] : [one]));
        const asked = new Set(lanes.map(({ lane }) => lane));
        if (asked.size < lanes.length) throw unknownRepo("two of the folders are of one lane", "Give each lane once.");
        unasked = [...memory.lanes.keys()].filter((lane) => !asked.has(lane)).toSorted();
        return { lanes, unread: found.flatMap((one) => ("reason" in one ? [one] : [])) };
      },
    },
    createLogMemory(),
  );
  return { ...report, unasked };
}

interface Named<T> {
  readonly lane?: string;
  readonly value: T;
}

function readNamed<T>(text: string, read: (value: string) => T): Named<T> {
  const match = /^([a-z][a-z0-9-]{0,31}(?:\/[a-z][a-z0-9-]*)?)=(.+)$/s.exec(text);
  return match ? { lane: match[1] as string, value: read(match[2] as string) } : { value: read(text) };
}

function readCommit(text: string): string {
  const commit = CommitId.safeParse(text);
  if (commit.success) return commit.data;
  throw new MosError({
    code: "baseline-unknown",
    message: `"${text.slice(0, 100)}" is no commit's full id.`,
    hint: "Give it as mos domain list shows it: --baseline LANE=COMMIT",
    exit: exitCode.usage,
  });
}

/** Of a bare copy, the folder itself. A `.git` that leads elsewhere is not followed. */
function findGitFolder(dir: string): string {
  const inside = join(dir, ".git");
  if (lstatSync(inside, { throwIfNoEntry: false })?.isDirectory()) return inside;
  if (lstatSync(join(dir, "objects"), { throwIfNoEntry: false })?.isDirectory()) return dir;
  throw unknownRepo(`${dir} is no repository`, "Give a copy that has the receipts too: git clone --mirror REPOSITORY COPY");
}

/** The lane that was said, or the one whose baseline the copy's main has behind it. */
async function findLane(
  git: Git,
  memory: LogMemory,
  args: { repo: Named<string>; baselines: readonly Named<string>[]; alone: boolean },
): Promise<LaneSource | UnreadLane> {
  const { repo, baselines, alone } = args;
  const gitDir = repo.value;
  const baselineOf = (lane: string) =>
    (baselines.find((one) => one.lane === lane) ?? (alone ? baselines.find((one) => one.lane === undefined) : undefined))?.value;
  if (repo.lane !== undefined) return { lane: repo.lane, gitDir, baseline: baselineOf(repo.lane) };
  const known = [...memory.lanes].flatMap(([lane, { start }]) => {
    const baseline = start?.baseline ?? baselineOf(lane);
    return baseline === undefined ? [] : [{ lane, baseline, branch: start?.branch ?? "main" }];
  });
  const found = await git.readHistory(gitDir, async (history) => {
    const tips = new Map((await history.refs("refs/heads")).map(({ ref, id }) => [ref, id]));
    const fits: string[] = [];
    for (const { lane, baseline, branch } of known) {
      const tip = tips.get(`refs/heads/${branch}`);
      if (tip !== undefined && (await history.has(baseline))) fits.push(lane);
    }
    return fits;
  });
  if (found.length === 1) return { lane: found[0] as string, gitDir, baseline: baselineOf(found[0] as string) };
  const why = found.length === 0 ? "it has the baseline of no lane in the log" : `it has the baselines of ${found.join(" and ")}`;
  return {
    lane: gitDir,
    reason: `${why}: say whose it is with --repo LANE=DIR, and where the log does not know it --baseline LANE=COMMIT`,
  };
}

function unknownRepo(message: string, hint: string): MosError {
  return new MosError({ code: "repo-unknown", message, hint, exit: exitCode.usage });
}

const lineBytesMax = 16 * 1024 * 1024;
const pageSize = 1000;

/** A copy of the log: an event in each line, as `mos log export` writes it. What is no event breaks the chain there. */
function openLogFile(file: string): LogSource {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) {
    throw new MosError({
      code: "log-unreadable",
      message: `${file} is no file`,
      hint: "Make a copy of the log in its workspace: mos log export FILE",
      exit: exitCode.notFound,
    });
  }
  return {
    verify: async () => verifyFile(file),
    events: async function* (since) {
      if (since > 0) return;
      let page: Event[] = [];
      for await (const event of readLogLines(file)) {
        if (event === undefined) break;
        page.push(event);
        if (page.length < pageSize) continue;
        yield page;
        page = [];
      }
      yield page;
    },
  };
}

async function verifyFile(file: string): Promise<LogVerification> {
  let state: ChainState = chainStart;
  let [events, brokenAt] = [0, undefined as number | undefined];
  for await (const event of readLogLines(file)) {
    events += 1;
    if (brokenAt !== undefined) continue;
    const step = event === undefined ? { kind: "broken" as const, at: state.seq + 1 } : followChain(state, event, sha256);
    if (step.kind === "broken") brokenAt = step.at;
    else state = step.state;
  }
  return concludeChain({ state, events, brokenAt });
}

/** Line by line; `undefined` for one that is no event. One that is too long ends it. */
async function* readLogLines(file: string): AsyncGenerator<Event | undefined> {
  let rest: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10, from); end >= 0; end = chunk.indexOf(10, from)) {
      yield parseEvent(Buffer.concat([...rest, chunk.subarray(from, end)]).toString("utf8"));
      [rest, bytes, from] = [[], 0, end + 1];
    }
    rest.push(chunk.subarray(from));
    bytes += chunk.length - from;
    if (bytes > lineBytesMax) {
      yield undefined;
      return;
    }
  }
  if (bytes > 0) yield parseEvent(Buffer.concat(rest).toString("utf8"));
}

function parseEvent(line: string): Event | undefined {
  try {
    return Event.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
