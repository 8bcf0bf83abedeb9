import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { AgentRun } from "../../contract/agent.ts";
import type { Domain } from "../../contract/config.ts";
import type { Artifact } from "../../contract/knowledge.ts";
import { readTranscriptLine } from "../../core/agent/read-transcript.ts";
import { maskSecrets } from "../../core/gate/find-secrets.ts";
import { makeTranscriptArtifact, transcriptId } from "../../core/knowledge/make-transcript-artifact.ts";
import type { World } from "../../port/world.ts";

const runsMax = 500;
/** A longer one is read so far. */
const fileBytesMax = 33_554_432;
const ourName = /^log\/run\/run-[0-9]+\.jsonl$/;
/** Who writes the wiki, or reads what it is made of, is no source for it: distillation does not feed itself. */
const speakers: readonly AgentRun["role"][] = ["scout", "executor", "verifier"];

/**
 * Transcripts of runs in this domain that have ended and that no artifact holds yet: of scouts, and of those who worked on a ticket
 * or judged it, once it has landed. What was said about work that never landed is no evidence. A transcript that was cleared away
 * is none.
 */
export async function gatherTranscripts(world: World, args: { domain: Domain; known: ReadonlySet<string> }): Promise<Artifact[]> {
  const runs = await findRuns(world, args);
  const found: Artifact[] = [];
  for (const run of runs.slice(0, runsMax)) {
    world.signal.throwIfAborted();
    const said = await readSaid(world, run);
    if (said !== undefined) found.push(makeTranscriptArtifact({ run, said }));
  }
  return found;
}

async function findRuns(world: World, { domain, known }: { domain: Domain; known: ReadonlySet<string> }): Promise<AgentRun[]> {
  return world.store.read(async (tx) => {
    const ended = (await tx.agentRuns.list({ domain: domain.name })).filter(
      ({ id, role, state }) => state !== "running" && speakers.includes(role) && !known.has(transcriptId(id)),
    );
    const due: AgentRun[] = [];
    for (const run of ended) {
      const ticket = run.ticket === undefined ? undefined : await tx.tickets.get(run.ticket);
      if (run.ticket === undefined || (ticket?.status.state === "merged" && ticket.role === "executor")) due.push(run);
    }
    return due;
  });
}

/** What the model said, oldest first; nothing where there is no transcript. */
async function readSaid({ workspace }: World, run: AgentRun): Promise<string[] | undefined> {
  if (run.transcript === undefined || !ourName.test(run.transcript)) return undefined;
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(join(workspace.stateDir, run.transcript), flags).catch(() => undefined);
  if (file === undefined) return undefined;
  const said: string[] = [];
  try {
    if (!(await file.stat()).isFile()) return undefined;
    for await (const line of file.readLines({ end: fileBytesMax - 1, autoClose: false })) {
      for (const { who, text } of readTranscriptLine(line)) if (who === "model") said.push(maskSecrets(text));
    }
  } finally {
    await file.close();
  }
  return said;
}
