import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MosError } from "../../contract/error.ts";
import type { Resident } from "../compose.ts";
import { type DaemonFile, readDaemonFile, removeRunFiles } from "./run-files.ts";

export interface DaemonStatus {
  readonly running: boolean;
  /** Answers, with the proof that it is this workspace's. */
  readonly answers: boolean;
  readonly pid?: number;
  readonly address?: string;
  readonly version?: string;
  readonly startedAt?: string;
  readonly uptimeSeconds?: number;
  readonly served?: number;
  readonly denied?: number;
  readonly refused?: number;
}

const startMs = 30_000;
const stopMs = 10_000;
const answerMs = 2_000;
const logBytesMax = 1_000_000;

/** The resident process as it is; asks it, and believes it only with its proof. */
export async function showDaemon(resident: Resident): Promise<DaemonStatus> {
  const file = readDaemonFile(resident.stateDir);
  if (file === undefined || !resident.isProcessAlive(file)) return { running: false, answers: false };
  const { pid, port, version, startedAt } = file;
  const known = { running: true, pid, address: `127.0.0.1:${port}`, version, startedAt };
  const said = await askStatus(file).catch(() => undefined);
  if (said?.proof !== file.proof) return { ...known, answers: false };
  const { uptimeSeconds, served, denied, refused } = said;
  return { ...known, answers: true, uptimeSeconds, served, denied, refused };
}

/**
 * Starts it, detached, and returns when it serves. Where one runs already, that one is shown.
 *
 * @throws MosError `daemon-silent` (one runs and does not answer), `daemon-failed`
 */
export async function startDaemon(resident: Resident): Promise<DaemonStatus> {
  const before = await showDaemon(resident);
  if (before.answers) return before;
  if (before.running)
    throw new MosError({
      code: "daemon-silent",
      message: `Process ${before.pid} is this workspace's resident process and does not answer.`,
      hint: "mos daemon stop, then mos daemon start.",
    });
  const { root, stateDir, program } = resident;
  mkdirSync(join(stateDir, "log"), { recursive: true, mode: 0o700 });
  const logFile = join(stateDir, "log", "daemon.log");
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > logBytesMax) rmSync(logFile);
  const log = openSync(logFile, "a", 0o600);
  const child = spawn(process.execPath, [program, "--workspace", root], {
    cwd: root,
    detached: true,
    stdio: ["ignore", log, log, "ipc"],
    env: cleanEnvironment(process.env),
  });
  closeSync(log);
  try {
    await whenServing(child, logFile);
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
  return showDaemon(resident);
}

/**
 * Ends it, and nothing else: pid, start and boot must be those that it wrote down. What a killed one left goes too.
 *
 * @throws MosError `daemon-stays` when it does not end
 */
export async function stopDaemon(resident: Resident): Promise<{ readonly stopped: boolean; readonly pid?: number }> {
  const file = readDaemonFile(resident.stateDir);
  if (file === undefined) return { stopped: false };
  const gone = async (signal: NodeJS.Signals, waitMs: number): Promise<boolean> => {
    if (resident.isProcessAlive(file)) process.kill(file.pid, signal);
    for (let waitedMs = 0; waitedMs < waitMs && resident.isProcessAlive(file); waitedMs += 20) await sleep(20);
    return !resident.isProcessAlive(file);
  };
  const wasAlive = resident.isProcessAlive(file);
  if (wasAlive && !(await gone("SIGTERM", stopMs)) && !(await gone("SIGKILL", stopMs)))
    throw new MosError({
      code: "daemon-stays",
      message: `Process ${file.pid} does not end.`,
      hint: `End it yourself: kill -9 ${file.pid}`,
    });
  if (readDaemonFile(resident.stateDir)?.token === file.token) removeRunFiles(resident.stateDir);
  return { stopped: wasAlive, ...(wasAlive ? { pid: file.pid } : {}) };
}

/** What would make the resident process load something else than its own program. */
function cleanEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name !== "NODE_OPTIONS" && name !== "NODE_EXTRA_CA_CERTS"));
}

function whenServing(child: ChildProcess, logFile: string): Promise<void> {
  return new Promise((settle, fail) => {
    const failed = (said: { code?: string; message: string; hint?: string }) => {
      const hint = said.hint || `Its log is ${logFile}.`;
      fail(new MosError({ code: said.code ?? "daemon-failed", message: said.message, hint }));
    };
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      failed({ message: `The resident process did not serve within ${startMs / 1000} s.` });
    }, startMs);
    const done = (body: () => void) => {
      clearTimeout(timer);
      body();
    };
    child.once("message", (message: { kind: string; code: string; message: string; hint: string }) =>
      done(() => (message.kind === "serving" ? settle() : failed(message))),
    );
    child.once("error", (error) => done(() => failed({ message: `The resident process could not be started: ${error.message}` })));
    child.once("exit", (code) => done(() => failed({ message: `The resident process ended (${code}) before it served.` })));
  });
}

interface Said {
  readonly proof: string;
  readonly uptimeSeconds: number;
  readonly served: number;
  readonly denied: number;
  readonly refused: number;
}

function askStatus({ port, token }: DaemonFile): Promise<Said> {
  return new Promise((settle, fail) => {
    const headers = { authorization: `Bearer ${token}` };
    const asked = request({ host: "127.0.0.1", port, path: "/status", headers, timeout: answerMs, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        if (text.length > 100_000) asked.destroy(new Error("too much"));
      });
      response.on("end", () => {
        try {
          settle(JSON.parse(text) as Said);
        } catch (error) {
          fail(error);
        }
      });
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer")));
    asked.on("error", fail);
    asked.end();
  });
}
