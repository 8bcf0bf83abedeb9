import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const mos = join(import.meta.dirname, "../../dist/mos.mjs");

/** Whether a terminal can be had here: util-linux's `script`, which every Debian has. */
export const terminalAvailable = spawnSync("script", ["--version"]).status === 0;

export interface Terminal {
  /** Everything that was written to it, as it came. */
  readonly screen: () => string;
  press(keys: string): void;
  /** Until the terminal shows this so many times. */
  awaitShown(words: string | RegExp, times?: number): Promise<void>;
  /** The program's exit code; the terminal's own way of saying it, 128 and the signal. */
  readonly ended: Promise<number | null>;
  end(): void;
}

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** `mos …` in a terminal of its own, with a person's hands: a real one of the kernel's. */
export function openTerminal(
  root: string,
  args: readonly string[],
  options: { columns?: number; env?: Record<string, string> } = {},
): Terminal {
  const command = [process.execPath, mos, ...args].map(quote).join(" ");
  const whole = `stty cols ${options.columns ?? 100} rows 24; exec ${command}`;
  const child = spawn("script", ["-qfec", whole, "/dev/null"], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: root, TERM: "xterm", SHELL: "/bin/sh", ...options.env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (data: string) => {
    text += data;
  });
  child.stdin.on("error", () => undefined);
  // What still holds the terminal of one that was killed is not waited for.
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => resolve(code));
    child.once("exit", (code) => void delay(1_000).then(() => resolve(code)));
  });
  const count = (words: string | RegExp) => text.split(words).length - 1;
  return {
    screen: () => text,
    press: (keys) => void child.stdin.write(keys),
    awaitShown: async (words, times = 1) => {
      for (const endsAt = performance.now() + 20_000; count(words) < times; await delay(20)) {
        if (performance.now() > endsAt || child.exitCode !== null) throw new Error(`${words} was not shown ${times} times:\n${text}`);
      }
    },
    ended,
    end: () => void child.kill("SIGKILL"),
  };
}
