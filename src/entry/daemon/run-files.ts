import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

/** What `<root>/.mos/run/daemon.json` says, mode 0600: whoever can read it may ask the resident process. */
export interface DaemonFile {
  readonly schemaVersion: 1;
  readonly pid: number;
  /** Machine, boot and start of the process, as leases have it: tells it from another one with its pid. */
  readonly process: string;
  readonly port: number;
  /** Shown by who asks. */
  readonly token: string;
  /** Shown by who answers: a process that took over the port does not have it. */
  readonly proof: string;
  readonly version: string;
  readonly startedAt: string;
}

/** How often the resident process says that it lives; a hook believes it for three times as long. */
export const beatMs = 5_000;

export function runDirOf(stateDir: string): string {
  return join(stateDir, "run");
}

export function daemonFileOf(stateDir: string): string {
  return join(runDirOf(stateDir), "daemon.json");
}

function addressFileOf(stateDir: string): string {
  return join(runDirOf(stateDir), "daemon.addr");
}

export interface RunFiles {
  /** The last line of daemon.addr, in place: another process's file of that name is not touched. */
  beat(): void;
  remove(): void;
}

/** Writes both files by rename and keeps the beat going by `beat`. `remove` leaves what is another process's. */
export function writeRunFiles(stateDir: string, file: DaemonFile): RunFiles {
  mkdirSync(runDirOf(stateDir), { recursive: true, mode: 0o700 });
  const address = addressFileOf(stateDir);
  const head = ["mos-daemon-1", file.port, file.token, file.proof, ""].join("\n");
  replacePrivate(address, `${head}${secondsNow()}\n`);
  const fd = openSync(address, "r+");
  replacePrivate(daemonFileOf(stateDir), `${JSON.stringify(file)}\n`);
  return {
    beat: () => void writeSync(fd, secondsNow(), Buffer.byteLength(head)),
    remove: () => {
      closeSync(fd);
      if (readDaemonFile(stateDir)?.token === file.token) removeRunFiles(stateDir);
    },
  };
}

/** For who knows that nothing serves any more. */
export function removeRunFiles(stateDir: string): void {
  for (const path of [addressFileOf(stateDir), daemonFileOf(stateDir)]) rmSync(path, { force: true });
}

/** `undefined` when there is none, or something else in its place. */
export function readDaemonFile(stateDir: string): DaemonFile | undefined {
  try {
    const value = JSON.parse(readFileSync(daemonFileOf(stateDir), "utf8")) as DaemonFile;
    const whole = value.schemaVersion === 1 && Number.isSafeInteger(value.pid) && value.pid > 1 && Number.isSafeInteger(value.port);
    return whole && [value.process, value.token, value.proof].every((text) => typeof text === "string") ? value : undefined;
  } catch {
    return undefined;
  }
}

function replacePrivate(path: string, text: string): void {
  const fresh = `${path}.${process.pid}`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, text, { flag: "wx", mode: 0o600 });
  renameSync(fresh, path);
}

function secondsNow(): string {
  return String(Math.floor(Date.now() / 1000));
}
