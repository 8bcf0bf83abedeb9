import { execFile } from "node:child_process";
import { MosError } from "../../contract/error.ts";
import type { Crontab } from "../../port/crontab.ts";

const timeoutMs = 10_000;

/** By the machine's `crontab` program, at this absolute path. */
export function openCrontab(program: string, environment: Readonly<Record<string, string | undefined>>): Crontab {
  const env = { ...environment, LC_ALL: "C" };
  return {
    read: async () => {
      const { code, stdout, stderr } = await call({ program, env }, ["-l"], "");
      if (code === 0) return stdout;
      if (/no crontab/i.test(stderr)) return "";
      throw failed(stderr);
    },
    write: async (text) => {
      const { code, stderr } = await call({ program, env }, ["-"], text);
      if (code !== 0) throw failed(stderr);
    },
  };
}

function call(
  { program, env }: { program: string; env: NodeJS.ProcessEnv },
  args: readonly string[],
  input: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { timeout: timeoutMs, encoding: "utf8", env }, (error, stdout, stderr) =>
      resolve({
        code: error === null ? 0 : typeof error.code === "number" ? error.code : 1,
        stdout,
        stderr: stderr || (error?.message ?? ""),
      }),
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

function failed(words: string): MosError {
  return new MosError({
    code: "crontab-failed",
    message: `crontab failed: ${words.trim().slice(0, 500)}`,
    hint: "mos rhythm install --print shows the lines to put in by hand.",
  });
}
