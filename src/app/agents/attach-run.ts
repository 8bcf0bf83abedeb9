import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import type { AgentRun } from "../../contract/agent.ts";
import { exitCode, MosError } from "../../contract/error.ts";
import { readTranscriptLine, type TranscriptLine } from "../../core/agent/read-transcript.ts";
import { maskSecrets } from "../../core/gate/find-secrets.ts";
import { sumTokens } from "../../core/run/sum-tokens.ts";
import { countOf } from "../../core/text/count-of.ts";
import type { World } from "../../port/world.ts";

/** What was said in a run, and last how it ended. */
export type RunWord =
  | ({ readonly run: string } & TranscriptLine)
  | { readonly run: string; readonly who: "end"; readonly text: string; readonly state: AgentRun["state"] };

const followMs = 300;
const pieceBytes = 256 * 1024;
const lineCharsMax = 8_000_000;
const ourName = /^log\/run\/run-[0-9]+\.jsonl$/;

/**
 * The transcript of a run, as far as it goes, and while it goes on each line as it comes (`mos attach`). Ends with the run, or
 * with the world's signal.
 *
 * @param id  of a run (`run-12`), or of a ticket: the run of it that goes on, or the last one
 * @param operator  asks in a terminal of their own: runs of sealed domains are shown as well
 * Throws `run-not-found` (exit 3), `domain-sealed`.
 */
export async function* attachRun(world: World, args: { readonly id: string; readonly operator: boolean }): AsyncGenerator<RunWord> {
  const run = await findRun(world, args.id);
  refuseSealed(world, run, args.operator);
  const tail = openTail(world, run);
  try {
    while (!world.signal.aborted) {
      // The row is read first: what was written before it was closed is read after it.
      const now = await world.store.read((tx) => tx.agentRuns.get(run.id));
      for (const line of tail.read()) yield { run: run.id, ...line };
      if (now?.state !== "running") {
        yield describeEnd(now ?? run);
        return;
      }
      await world.clock.sleep(followMs, world.signal).catch(() => undefined);
    }
  } finally {
    tail.close();
  }
}

async function findRun(world: World, id: string): Promise<AgentRun> {
  const runs = await world.store.read(async (tx) => {
    const run = await tx.agentRuns.get(id);
    return run ? [run] : tx.agentRuns.list({ ticket: id });
  });
  const found = runs.findLast(({ state }) => state === "running") ?? runs.at(-1);
  if (found) return found;
  throw new MosError({
    code: "run-not-found",
    message: `${id} is no run of a model, and no ticket that one worked on.`,
    hint: "Name a run (run-12) or a ticket (MUS-12): mos log --ticket MUS-12 names its runs.",
    exit: exitCode.notFound,
  });
}

/** The log's other door: what belongs to a sealed domain, or to none that is known, is the operator's alone. */
function refuseSealed({ workspace }: World, run: AgentRun, operator: boolean): void {
  const domain = [...workspace.domains, workspace.operator].find(({ name }) => name === run.domain);
  if (operator || (domain && !domain.sealed)) return;
  throw new MosError({
    code: "domain-sealed",
    message: `${run.id} belongs to a sealed domain: its transcript is the operator's alone.`,
    hint: "The operator sees it in a terminal of their own: mos attach.",
  });
}

/** A run's transcript from where it was read last: whole lines alone, with what looks like a credential left out. */
function openTail({ workspace }: Pick<World, "workspace">, run: Pick<AgentRun, "transcript">) {
  const decoder = new StringDecoder("utf8");
  let file: number | undefined;
  let [offset, rest] = [0, ""];
  const open = () => {
    if (file !== undefined || run.transcript === undefined || !ourName.test(run.transcript)) return;
    try {
      file = openSync(join(workspace.stateDir, run.transcript), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch {
      // Not begun yet, or cleared away: there is nothing to read.
    }
  };
  return {
    /** What came since the last time, at most a bounded piece of it. */
    *read(): Generator<TranscriptLine> {
      open();
      if (file === undefined || !fstatSync(file).isFile()) return;
      const piece = Buffer.alloc(pieceBytes);
      for (;;) {
        const bytes = readSync(file, piece, 0, pieceBytes, offset);
        if (bytes === 0) return;
        offset += bytes;
        const lines = (rest + decoder.write(piece.subarray(0, bytes))).split("\n");
        rest = (lines.pop() ?? "").slice(0, lineCharsMax);
        for (const line of lines) for (const { who, text } of readTranscriptLine(line)) yield { who, text: maskSecrets(text) };
      }
    },
    close(): void {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

function describeEnd(run: AgentRun): RunWord {
  const { id, role, runtime, state, failure, message, usage, cost } = run;
  const price = cost ? `, about $${cost.usd.toFixed(4)}` : "";
  const why = failure === undefined ? "" : ` (${failure}${message === "" ? "" : `: ${message}`})`;
  return {
    run: id,
    who: "end",
    state,
    text: `${runtime} as ${role}: ${state}${why}; ${countOf(usage.requests, "request")}, ${countOf(sumTokens(usage), "token")}${price}`,
  };
}
