import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AgentRun } from "../../src/contract/agent.ts";
import type { World } from "../../src/port/world.ts";

/** A run that has ended, on record and with its transcript where the program keeps them; `lines` as its client printed them. */
export async function putRun(
  { world }: { world: World },
  run: {
    id: string;
    ticket?: string;
    session?: string;
    role?: AgentRun["role"];
    state?: AgentRun["state"];
    domain?: string;
    at?: string;
  } & ({ said: readonly string[] } | { lines: readonly string[] }),
): Promise<void> {
  const { id, ticket, session, role = "executor", state = "done", domain = "music", at = "2026-11-19T08:00:00.000Z" } = run;
  const transcript = `log/run/${id}.jsonl`;
  const file = join(world.workspace.stateDir, transcript);
  const lines = "lines" in run ? run.lines : run.said.map((text) => JSON.stringify({ kind: "text", text }));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${lines.join("\n")}\n`);
  const row = AgentRun.parse({
    ...{ id, domain, role, state, transcript, runtime: "model", owner: "host/1/1", startedAt: at, endedAt: at, day: at.slice(0, 10) },
    ...(ticket === undefined ? {} : { ticket, epoch: 1 }),
    ...(session === undefined ? {} : { session }),
  });
  await world.store.write((tx) => tx.agentRuns.put(row));
}
