import { guardNames } from "../../contract/policy.ts";
import type { Proof, ProofRow } from "../../contract/proof.ts";
import { startedWay, type Way } from "../../core/prove/list-ways.ts";
import { findVocabulary } from "../../core/prove/vocabulary.ts";
import type { AgentClientDriver, ClientFound } from "../../port/agent-client.ts";
import type { Clock } from "../../port/clock.ts";
import type { Git } from "../../port/git.ts";
import type { StartModel } from "../../port/scripted-model.ts";
import type { ProofWorkspace } from "./make-proof-workspace.ts";
import { proveClient } from "./prove-client.ts";
import type { ProofLauncher } from "./prove-way.ts";

type Found = Extract<ClientFound, { kind: "found" }>;

export interface ProveGuardsArgs {
  readonly drivers: readonly AgentClientDriver[];
  /** Where clients are looked for: PATH, and folders that were named. */
  readonly path: string;
  readonly folders: readonly string[];
  readonly workspace: ProofWorkspace;
  readonly git: Git;
  readonly clock: Clock;
  readonly startModel: StartModel;
  /** The ways in which Master OS starts this client; each is attacked. */
  readonly launchersOf: (driver: AgentClientDriver, found: Found) => Promise<readonly ProofLauncher[]>;
  /** What tells the guards of this client as they are now from others. */
  readonly describeGuards: (driver: AgentClientDriver) => string;
  readonly chooseWay?: (way: Way) => boolean;
  readonly report: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Each client that is there, its guards attacked and looked after. One that is not there is named, and is not green either. */
export async function proveGuards(args: ProveGuardsArgs): Promise<Proof[]> {
  const proofs: Proof[] = [];
  for (const driver of args.drivers) {
    args.signal.throwIfAborted();
    const found = await driver.find({ path: args.path, folders: args.folders });
    proofs.push(await proveOne(args, driver, found));
  }
  return proofs;
}

async function proveOne(args: ProveGuardsArgs, driver: AgentClientDriver, found: ClientFound): Promise<Proof> {
  const common = { client: driver.name, at: args.clock.now(), guards: args.describeGuards(driver), rows: [] };
  if (found.kind === "absent") return { ...common, state: "absent", reason: "it is not installed here", fix: found.remedy };
  const { version } = found;
  if (found.kind === "refused") return { ...common, version, state: "not-proven", reason: found.reason, fix: found.remedy };
  if (!findVocabulary(driver.name)) {
    const fix = "Use it only in a sandbox of your own; Master OS does not start it.";
    return { ...common, version, state: "not-proven", reason: "no scripted model speaks to it yet: nothing of it was tried", fix };
  }
  args.report(`${driver.name} ${version}`);
  const rows: ProofRow[] = [];
  for (const launcher of await args.launchersOf(driver, found)) {
    const onWay = (way: Way, made: readonly ProofRow[]) =>
      args.report(`${driver.name} ${launcher.profile}: ${way.id}: ${countRefused(made)}`);
    rows.push(...(await proveClient({ ...args, client: driver.name, launcher, onWay })));
  }
  if (rows.length > 0) rows.push(...listVoices(driver.name, rows));
  const open = rows.filter(({ outcome }) => outcome !== "refused");
  if (rows.length > 0 && open.length === 0)
    return { ...common, version, state: "proven", reason: `all ${rows.length} forbidden things were refused`, fix: "", rows };
  const reason = rows.length === 0 ? "nothing was tried" : `${open.length} of ${rows.length} forbidden things were not seen to be refused`;
  const fix = `Do not give ${driver.name} work until they are: look at the rows, and at mos guard status.`;
  return { ...common, version, state: "not-proven", reason, fix, rows };
}

/** A guard is alive when a forbidden thing was refused in its own words, whatever else would have refused it after. */
function listVoices(client: string, rows: readonly ProofRow[]): ProofRow[] {
  const started = rows.filter(({ way }) => way === startedWay);
  return guardNames.map((guard) => {
    const heard = started.flatMap(({ calls }) => calls).find(({ words }) => words.startsWith(`${guard} `));
    const outcome = heard ? ("refused" as const) : ("not-proven" as const);
    const call = heard ?? { tool: "-", words: "nothing was refused in this guard's own words" };
    return {
      ...{ client, profile: "any", agent: "main" as const, way: startedWay, guard, attempt: "the guard's own words", outcome },
      layers: heard ? (["hook"] as const).slice() : [],
      calls: [{ tool: call.tool, outcome, ...(heard ? { layer: "hook" as const } : {}), words: call.words }],
    };
  });
}

function countRefused(rows: readonly ProofRow[]): string {
  const refused = rows.filter(({ outcome }) => outcome === "refused").length;
  return refused === rows.length ? `${refused} refused` : `${refused} of ${rows.length} refused`;
}
