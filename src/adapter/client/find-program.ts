import { execFile } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ClientFound } from "../../port/agent-client.ts";

const versionWallMs = 20_000;

/** What a version is asked of: nothing of the operator's environment but where programs are. */
export interface ProgramSought {
  /** Tried in this order, below each folder. */
  readonly names: readonly string[];
  /** For `folders`: where packages put it. */
  readonly packaged: readonly string[];
  readonly path: string;
  readonly folders: readonly string[];
  /** Below it the client is refused; absent where nothing was measured. */
  readonly minimum?: string;
  readonly whyMinimum?: string;
  readonly remedy: string;
}

/** Looks in the given folders, then on PATH; asks the version. Never downloads, and writes into no home of the operator's. */
export async function findProgram(sought: ProgramSought): Promise<ClientFound> {
  const program = locateProgram(sought);
  if (program === undefined) return { kind: "absent", remedy: sought.remedy };
  const said = await askVersion(program, sought.path);
  const version = /\b(\d+\.\d+\.\d+)\b/.exec(said)?.[1];
  if (version === undefined)
    return { kind: "refused", program, version: "unknown", reason: "it does not say its version", remedy: sought.remedy };
  if (sought.minimum !== undefined && compareVersions(version, sought.minimum) < 0) {
    const reason = `${version} is older than ${sought.minimum}${sought.whyMinimum === undefined ? "" : `: ${sought.whyMinimum}`}`;
    return { kind: "refused", program, version, reason, remedy: sought.remedy };
  }
  return { kind: "found", program, version };
}

function locateProgram({ names, packaged, path, folders }: ProgramSought): string | undefined {
  const candidates = [
    ...folders.flatMap((folder) => [...packaged, ...names].map((name) => join(folder, name))),
    ...path.split(":").flatMap((folder) => (folder.startsWith("/") ? names.map((name) => join(folder, name)) : [])),
  ];
  const found = candidates.find(isProgram);
  return found === undefined ? undefined : realpathSync(found);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function askVersion(program: string, path: string): Promise<string> {
  const env = {
    PATH: path,
    HOME: "/nonexistent",
    LANG: "C.UTF-8",
    TERM: "dumb",
    DISABLE_AUTOUPDATER: "1",
    OPENCODE_DISABLE_AUTOUPDATE: "1",
  };
  return new Promise((resolve) => {
    execFile(program, ["--version"], { env, timeout: versionWallMs, maxBuffer: 65_536, cwd: "/" }, (_error, stdout) => resolve(stdout));
  });
}

/** Below zero when `one` is older. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => version.split(".").map(Number)) as [number[], number[]];
  for (let index = 0; index < 3; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
