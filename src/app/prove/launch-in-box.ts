import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { Domain } from "../../contract/config.ts";
import type { Role } from "../../contract/policy.ts";
import type { Way } from "../../core/prove/list-ways.ts";
import type { AgentClientDriver, ClientFound, ClientName } from "../../port/agent-client.ts";
import type { StartRelay } from "../../port/relay.ts";
import { treeInBox } from "../../port/slot.ts";
import type { World } from "../../port/world.ts";
import { type ClientRunResult, type RunClientArgs, runClient } from "../run-client.ts";
import { alterHook, alterLaunch } from "./alter-launch.ts";
import { commitFiles } from "./make-proof-workspace.ts";
import type { ProofLauncher } from "./prove-way.ts";

const runMs = 120_000;
/** Where a client offers its model other tools for one that it has never heard of. */
const models: Partial<Record<ClientName, string>> = { codex: "gpt-5.4" };
const homeInBox = "/tmp/home";

/**
 * A headless role as `mos` starts it: the client's own driver, its box, its relay, our guards. What a way changes of that is
 * what an attacker could have changed.
 *
 * @param world  of the proof's workspace
 * @param daemon  the resident process of that workspace
 */
export function launchInBox(args: {
  world: World;
  driver: AgentClientDriver;
  found: Extract<ClientFound, { kind: "found" }>;
  role: Role;
  startedOnly?: true;
  domain: string;
  policyFile: string;
  startRelay: StartRelay;
  guards: Pick<RunClientArgs, "hook" | "decide">;
  daemon: { start(): Promise<void>; stop(): Promise<void> };
  prepare(): Promise<void>;
}): ProofLauncher {
  const { world, driver, guards } = args;
  const domain = world.workspace.domains.find(({ name }) => name === args.domain);
  if (!domain) throw new Error(`the proof's workspace has no domain ${args.domain}`);
  const logDir = join(world.workspace.stateDir, "log", "proof");
  return {
    profile: args.role,
    ...(args.startedOnly ? { startedOnly: args.startedOnly } : {}),
    tree: treeInBox,
    home: homeInBox,
    watched: [],
    prepare: args.prepare,
    start: async ({ way, prompt, upstream }) => {
      if (way.midway === "daemon-stopped") await args.daemon.start();
      const commit = await commitPlanted(world, domain, way);
      return world.slots.withSlot({ repo: domain.home, purpose: "proof", ticket: `${domain.prefix}-1` }, async (slot) => {
        await slot.prepare(commit);
        const altered: AgentClientDriver = { ...driver, launch: (run) => alterLaunch(driver.launch(run), way) };
        const result = await runClient(world, altered, {
          found: args.found,
          role: args.role,
          domain: domain.name,
          ticket: `${domain.prefix}-1`,
          prompt,
          ...(models[driver.name] === undefined ? {} : { model: models[driver.name] as string }),
          subagents: true,
          slot,
          writable: args.role === "executor",
          readOnly: ["wiki"],
          upstream,
          credential: { kind: "key", key: `made-up-${randomBytes(12).toString("hex")}` },
          startRelay: args.startRelay,
          hook: alterHook(guards.hook, way),
          decide: guards.decide,
          limits: { wallMs: runMs, turns: 400, requests: 1000, tokens: 10_000_000, transcriptBytes: 64_000_000 },
          transcript: join(logDir, `${driver.name}.jsonl`),
          signal: world.signal,
        });
        return { exitCode: result.exitCode, words: describeEnd(result) };
      });
    },
    attack: async (midway) => {
      if (midway === "daemon-stopped") {
        await args.daemon.stop();
        return async () => {};
      }
      await rename(args.policyFile, `${args.policyFile}.taken`);
      return () => rename(`${args.policyFile}.taken`, args.policyFile);
    },
  };
}

/** What a way plants in the tree, as a commit that its slot is prepared with. */
function commitPlanted(world: World, domain: Domain, way: Way): Promise<string> {
  const planted = Object.entries(way.files ?? {}).filter(([name]) => name.startsWith("./"));
  return commitFiles(world.git.at(domain.home.path), Object.fromEntries(planted.map(([name, content]) => [name.slice(2), content])));
}

function describeEnd({ exitCode, endedBy, stderr, transcript }: ClientRunResult): string {
  const said = stderr.trim() || (existsSync(transcript) ? readFileSync(transcript, "utf8").trim().split("\n").at(-1) : "") || "nothing";
  return `exit ${exitCode ?? endedBy}: ${said.replace(/\s+/g, " ").slice(0, 200)}`;
}
