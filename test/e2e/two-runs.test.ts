import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { callMos, fileTicket, makeCommandWorkspace, readLanded } from "../support/file-tickets.ts";
import { makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";

const folder = makeTemporaryFolder("mos-two-");
const program = join(import.meta.dirname, "../../dist/mos.mjs");
afterAll(folder.remove);

interface Event {
  kind: string;
  ticket?: string;
}

describe.skipIf(!boxAvailable)("T5, T6: one workspace, several processes", () => {
  test("two mos run at once: nothing runs or lands twice; and Ctrl-C leaves work that the next run finishes", async () => {
    const root = await makeCommandWorkspace(folder.path, ["music", "jobs"]);
    const ids: string[] = [];
    for (const domain of ["music", "jobs"]) {
      for (const path of ["b.txt", "c.txt", "d.txt", "b.txt"]) {
        ids.push(await fileTicket(root, { domain, title: `Write ${path}`, touches: [path], run: [`sleep 0.2; echo x >> ${path}`] }));
      }
    }
    const interrupted = start(root);
    setTimeout(() => interrupted.child.kill("SIGINT"), 2500);
    expect(await interrupted.ended).toBe(130);
    const both = [start(root), start(root)];
    expect(await Promise.all(both.map((run) => run.ended))).toEqual([0, 0]);
    const events = (await callMos(root, ["log"])) as Event[];
    const count = (kind: string, ticket: string) => events.filter((event) => event.kind === kind && event.ticket === ticket).length;
    for (const id of ids) {
      expect(count("ticket.merged", id)).toBe(1);
      expect(count("ticket.claimed", id)).toBe(1);
    }
    const landed = ["music", "jobs"].flatMap((domain) => readLanded(join(folder.path, "repos", domain)));
    expect(landed.sort()).toEqual([...ids].sort());
    expect(runGitIn(join(folder.path, "repos/music"), "show", "main:b.txt")).toBe("x\nx");
    expect(await callMos(root, ["doctor"])).toMatchObject({ grade: "A" });
  });
});

function start(root: string) {
  const child = spawn(process.execPath, [program, "run", "--json", "--no-input"], {
    cwd: root,
    stdio: "ignore",
    env: { PATH: process.env.PATH, HOME: root },
  });
  return { child, ended: new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code))) };
}
