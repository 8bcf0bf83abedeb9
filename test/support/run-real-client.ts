import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type ScriptedModel, startScriptedModel } from "../../src/adapter/scripted-model/start-scripted-model.ts";
import { type ClientRunResult, type RunClientArgs, runClient } from "../../src/app/run-client.ts";
import type { ModelRequest } from "../../src/contract/model-script.ts";
import { startRelay } from "../../src/entry/compose-clients.ts";
import type { AgentClientDriver, ClientFound } from "../../src/port/agent-client.ts";
import { type Slot, treeInBox } from "../../src/port/slot.ts";
import type { OpenedWorld } from "./open-world.ts";

/** Where `./run test` puts the real clients. */
export const clientFolder = join(import.meta.dirname, "../../.cache/clients/bin");

/** The real client as `./run test` installed it; never the machine's own. */
export function findRealClient(driver: AgentClientDriver): Promise<ClientFound> {
  return driver.find({ path: "", folders: [clientFolder] });
}

/** A hook of the test's own that has nothing to say, or what `script` (JavaScript, CommonJS) says. */
export function makeHook(folder: string, script = 'process.stdout.write("{}")'): RunClientArgs["hook"] {
  const file = join(mkdtempSync(join(folder, "hook-")), "hook.cjs");
  writeFileSync(file, script);
  return { argv: ["/usr/bin/env", "node", "/opt/mos/hook.cjs"], mounts: [{ from: file, to: "/opt/mos/hook.cjs" }] };
}

export interface RealRun {
  readonly result: ClientRunResult;
  readonly transcript: string;
  readonly model: ScriptedModel;
  readonly requests: readonly ModelRequest[];
}

/** Runs a real client against a scripted model, in a slot of the first domain that `body` may look at afterwards. */
export async function runRealClient(
  opened: OpenedWorld,
  driver: AgentClientDriver,
  args: {
    script: Parameters<typeof startScriptedModel>[0]["script"];
    run?: Partial<RunClientArgs>;
    body?: (slot: Slot, tree: string) => Promise<void>;
  },
): Promise<RealRun> {
  const { world } = opened;
  const [domain] = world.workspace.domains;
  const found = await findRealClient(driver);
  if (found.kind !== "found" || !domain?.home.baseline) throw new Error(`${driver.name}: ${JSON.stringify(found)}`);
  const { home } = domain;
  const model = await startScriptedModel({ script: args.script });
  try {
    const result = await world.slots.withSlot({ repo: home, purpose: "test" }, async (slot) => {
      await slot.prepare(home.baseline ?? "");
      const ran = await runClient(world, driver, {
        found,
        role: "executor",
        domain: domain.name,
        ticket: `${domain.prefix}-1`,
        prompt: "do it",
        slot,
        writable: true,
        readOnly: ["wiki"],
        upstream: model.url,
        credential: { kind: "key", key: "canary-key-0123456789" },
        startRelay,
        hook: makeHook(opened.root),
        decide: async () => ({ decision: "allow" }),
        limits: { wallMs: 60_000, turns: 60, requests: 100, tokens: 1_000_000, transcriptBytes: 20_000_000 },
        transcript: join(world.workspace.stateDir, "log", "client", `${driver.name}.jsonl`),
        signal: world.signal,
        ...args.run,
      });
      const shown = (await slot.show({})).mounts.find(({ to }) => to === treeInBox);
      await args.body?.(slot, shown?.from ?? "");
      return ran;
    });
    return { result, transcript: readFileSync(result.transcript, "utf8"), model, requests: model.requests() };
  } finally {
    await model.close();
  }
}
