import { join } from "node:path";
import { execa } from "execa";

const program = join(import.meta.dirname, "../../dist/mos.mjs");

export interface MosRun {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The built program as a user's shell would start it, without a terminal; never with the tester's own git identity or
 * settings. `env` is added to a clean environment.
 */
export async function runMos(
  args: readonly string[],
  options: { cwd: string; env?: Readonly<Record<string, string>>; input?: string; signal?: AbortSignal },
): Promise<MosRun> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? "/usr/bin:/bin", HOME: options.cwd, ...options.env },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    ...(options.input === undefined ? { stdin: "ignore" } : { input: options.input }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  return { exitCode, stdout, stderr };
}

/** `data` of an envelope, or the error's parts. */
export function readEnvelope(run: MosRun): { kind: string; data?: unknown; error?: { code: string; message: string; hint: string } } {
  const parsed = JSON.parse(run.stdout) as { schema_version: number; kind: string };
  if (parsed.schema_version !== 1) throw new Error(`schema_version ${parsed.schema_version}`);
  return parsed;
}
