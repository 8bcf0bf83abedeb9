import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { startScriptedModel } from "../src/adapter/scripted-model/start-scripted-model.ts";
import type { Receipt } from "../src/contract/run.ts";
import { callMos, fileTicket, makeCommandWorkspace } from "../test/support/file-tickets.ts";
import { type Figure, median } from "./figure.ts";

const program = resolve("dist/mos.mjs");
const agents = 16;
const domains = ["music", "agency", "tooling", "jobs"];
/** Of one answer; four make an executor's run. */
const thinkMs = 1500;
const turns = 4;
/** 5 % of a run of 60 s. */
const overheadMsMax = 3000;
const memoryMbMax = 300;

/**
 * What Master OS itself takes of a ticket that a model does, beside waiting for the model and the gate's checks: the program's
 * start, dispatch, slot, prompts, four tool calls in the box, hand-in, verdict and landing. And what the program holds at its
 * peak with sixteen such runs at once, by the kernel's count.
 */
export async function benchAgents(): Promise<Figure[]> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "mos-bench-agents-")));
  const model = await startScriptedModel({ script: { default: [] }, onTurn: ({ turn, body }) => answerTurn(turn, JSON.stringify(body)) });
  try {
    const root = await makeCommandWorkspace(folder, domains);
    const config = join(root, "mos.yaml");
    const runtimes = { scripted: { kind: "model", provider: "openai-compatible", model: "scripted", baseUrl: `${model.url}/v1` } };
    const limits = { maxParallel: agents, slotsPerRepo: agents / domains.length };
    const document = parseDocument(readFileSync(config, "utf8"));
    document.set("runtimes", runtimes);
    for (const [name, value] of Object.entries(limits)) document.setIn(["limits", name], value);
    writeFileSync(config, String(document));
    const overheads: number[] = [];
    for (let index = 0; index < 3; index += 1) overheads.push(await measureOne(root, `one-${index}`));
    const peakMb = await measureMany(root);
    const overheadMs = median(overheads);
    return [
      {
        what: "a ticket done by a model: all but the model and the checks, in 5 % of a run of 60 s",
        ratio: overheadMs / overheadMsMax,
        atMost: 1,
        detail: `${(overheadMs / 1000).toFixed(2)} s (median of ${overheads.length}; scripted model, simulated)`,
      },
      {
        what: `${agents} models' runs at once: peak memory of the program, in ${memoryMbMax} MB`,
        ratio: peakMb / memoryMbMax,
        atMost: 1,
        detail: `${peakMb.toFixed(0)} MB resident at its peak (scripted model, simulated)`,
      },
    ];
  } finally {
    await model.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function answerTurn(turn: number, body: string) {
  const path = /Write (f-[a-z0-9-]+\.txt)/.exec(body)?.[1] ?? "none";
  const plan = [
    { name: "read", input: { path: "a.txt" } },
    { name: "write", input: { path, content: `${path}\n` } },
    { name: "run", input: { command: `cat ${path}` } },
    { name: "hand_in", input: { outcome: "done", summary: `wrote ${path}` } },
  ];
  const call = plan[turn];
  return call ? { tools: [call], hangMs: thinkMs } : { text: "done" };
}

function fileOne(root: string, name: string, domain: string): Promise<string> {
  const path = `f-${name}.txt`;
  return fileTicket(root, { domain, title: `Write ${path}`, touches: [path], runtime: "scripted", accept: [`test -s ${path}`] });
}

async function measureOne(root: string, name: string): Promise<number> {
  const id = await fileOne(root, name, "music");
  const startedMs = performance.now();
  await expectLanded(root, [id]);
  const wallMs = performance.now() - startedMs;
  const { checks } = (await callMos(root, ["gate", "receipt", id])) as Receipt;
  return wallMs - turns * thinkMs - checks.reduce((sum, { ms }) => sum + ms, 0);
}

async function measureMany(root: string): Promise<number> {
  const ids: string[] = [];
  for (let index = 0; index < agents; index += 1) ids.push(await fileOne(root, `many-${index}`, domains[index % domains.length] as string));
  return expectLanded(root, ids);
}

/** Runs `mos run`; gives its peak memory in MB, as the kernel counted it. */
async function expectLanded(root: string, ids: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [program, "run", "--json", "--no-input"], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: root },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (data) => {
    printed += data;
  });
  let peakKb = 0;
  const look = setInterval(() => {
    peakKb = Math.max(peakKb, readPeakKb(child.pid as number));
  }, 50);
  const code = await new Promise((settle) => child.once("exit", settle));
  clearInterval(look);
  const { merged } = (JSON.parse(printed) as { data: { merged: string[] } }).data;
  if (code !== 0 || ids.some((id) => !merged.includes(id))) throw new Error(`${merged.length} of ${ids.length} landed: ${printed}`);
  return peakKb / 1024;
}

function readPeakKb(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
