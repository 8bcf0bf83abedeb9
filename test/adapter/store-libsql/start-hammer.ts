import { type ChildProcess, spawn } from "node:child_process";

/** A running process of `hammer.ts`, or of a command that ends in one. */
export interface Hammer {
  /** What it has said so far: parsed, whole lines only. */
  readonly said: Record<string, unknown>[];
  readonly ended: Promise<{ exitCode: number | null; stderr: string }>;
  readonly process: ChildProcess;
  /** Resolves once it has said so much, or rejects when it ends before. */
  hasSaid(count: number): Promise<void>;
}

export function startHammer(argv: readonly string[]): Hammer {
  const [command, ...args] = argv as [string, ...string[]];
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  const said: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  let rest = "";
  let stderr = "";
  child.stdout.on("data", (data: Buffer) => {
    const pieces = (rest + data).split("\n");
    rest = pieces.pop() as string;
    said.push(...pieces.map((line) => JSON.parse(line)));
    for (const look of waiting) look();
  });
  child.stderr.on("data", (data: Buffer) => {
    stderr += data;
  });
  const ended = new Promise<{ exitCode: number | null; stderr: string }>((resolve) => {
    child.on("close", (exitCode) => resolve({ exitCode, stderr }));
  });
  const hasSaid = (count: number) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (said.length < count) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      ended.then((end) => reject(new Error(`ended too early: ${JSON.stringify({ said, ...end })}`)));
    });
  return { said, ended, process: child, hasSaid };
}
