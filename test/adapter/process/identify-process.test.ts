import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { identifyWorker, isProcessAlive } from "../../../src/adapter/process/identify-process.ts";

const self = identifyWorker();
const withStart = (start: string) => `${self.process.slice(0, self.process.lastIndexOf("/"))}/${start}`;

describe.skipIf(!existsSync("/proc/self/stat"))("T5: whose process a lease names", () => {
  test("this one is alive, and names host, pid and start", () => {
    expect(isProcessAlive(self)).toBe(true);
    expect(self.id).toMatch(new RegExp(`/${process.pid}/[0-9]+$`));
  });

  test("T5: a pid given to another process since is dead", () => {
    expect(isProcessAlive({ pid: self.pid, process: withStart("1") })).toBe(false);
  });

  test("T5: a process that ended is dead, though nobody has reaped it", async () => {
    // The shell leaves its child a zombie: it is replaced by a program that never waits.
    const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 30"], { stdio: ["ignore", "pipe", "ignore"] });
    try {
      const [line] = (await once(parent.stdout, "data")) as [Buffer];
      const pid = Number(line.toString().trim());
      const { readFileSync } = await import("node:fs");
      await expect.poll(() => readFileSync(`/proc/${pid}/stat`, "utf8")).toContain(") Z ");
      const start = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[19] as string;
      expect(isProcessAlive({ pid, process: withStart(start) })).toBe(false);
    } finally {
      parent.kill("SIGKILL");
    }
  });

  test("T5: what ran before the last boot is dead; another host or pid namespace cannot be judged from here", () => {
    const [host, boot, rest] = self.process.split("|") as [string, string, string];
    expect(isProcessAlive({ pid: self.pid, process: `${host}|00000000-0000|${rest}` })).toBe(false);
    expect(isProcessAlive({ pid: self.pid, process: `elsewhere|${boot}|${rest}` })).toBe(true);
    expect(isProcessAlive({ pid: self.pid, process: `${host}|${boot}|pid:[1]/1` })).toBe(true);
  });
});
