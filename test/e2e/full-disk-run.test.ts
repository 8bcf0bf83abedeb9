import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callMos, fileTicket, makeCommandWorkspace } from "../support/file-tickets.ts";
import { makeTemporaryFolder } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { inPrivateMount, whyNoPrivateMount } from "../support/private-mount.ts";
import { readEnvelope, runMos } from "../support/run-mos.ts";

const noMount = whyNoPrivateMount();
const reason = noMount ?? (boxAvailable ? undefined : "no sandbox here");
const program = join(import.meta.dirname, "../../dist/mos.mjs");
const folder = makeTemporaryFolder("mos-full-run-");
const template = join(folder.path, "template");
const disk = join(folder.path, "disk");
let ticket = "";

beforeAll(async () => {
  mkdirSync(template);
  mkdirSync(disk);
  if (reason !== undefined) return;
  const root = await makeCommandWorkspace(template, ["music"]);
  ticket = await fileTicket(root, {
    domain: "music",
    title: "Write b.txt",
    touches: ["b.txt"],
    run: ["sleep 2; head -c 60000 /dev/urandom | base64 > b.txt"],
  });
}, 60_000);
afterAll(folder.remove);

/**
 * On a disk of its own, filled but for `roomKb`: the command, what is left of workspace and repository, then the same
 * command with room again. Sections of what was printed, by name.
 */
function playOnFullDisk(args: { roomKb: number; command: string; meanwhile: boolean }): Record<string, string> {
  const script = `
    disk="$1"; program="$3"; room="$4"
    cp -a "$2/." "$disk/"; sed -i "s#$2#$disk#g" "$disk/os/mos.yaml"
    cd "$disk/os"; export HOME="$disk/os"
    refs() { git -C "$disk/repos/music" for-each-ref refs/heads refs/mos/receipts; git -C "$disk/repos/music" status --porcelain 2>/dev/null; }
    mos() { node "$program" "$@" --json --no-input; }
    echo "== before"; refs
    fill() {
      head -c 1000000000 /dev/zero > "$disk/ballast" 2>/dev/null
      truncate -s $(( $(stat -c %s "$disk/ballast") - room * 1024 )) "$disk/ballast"
    }
    first() { echo "== first"; mos ${args.command} 2>"$said"; echo "$?" > "$said.code"; }
    said=$(mktemp)
    ${
      args.meanwhile
        ? 'first & for i in $(seq 400); do [ -e "$disk/os/.mos/slot/music/home/1/git/index" ] && break; sleep 0.05; done; fill; wait'
        : "fill; first"
    }
    echo "== exit"; cat "$said.code"
    echo "== said"; cat "$said"; rm -f "$said" "$said.code"
    echo "== after"; refs
    rm "$disk/ballast"
    echo "== fsck"; git -C "$disk/repos/music" fsck --no-dangling 2>&1
    echo "== list"; mos ticket list
    echo "== unblock"; mos ticket unblock ${ticket} 
    echo "== second"; mos ${args.command}
    echo "== run"; mos run
    echo "== landed"; git -C "$disk/repos/music" log --first-parent --format='%(trailers:key=Ticket,valueonly,separator=%x20)' main | grep -c ${ticket}
    echo "== verify"; mos log verify
    echo "== doctor"; mos doctor
    echo "== end"`;
  const argv = ["bash", "-c", script, "bash", disk, template, program, String(args.roomKb)];
  const [command, ...rest] = inPrivateMount({ folder: disk, mount: 'mount -t tmpfs -o size=300m tmpfs "$folder"', argv }) as [
    string,
    ...string[],
  ];
  const said = execFileSync(command, rest, { encoding: "utf8", env: { PATH: process.env.PATH }, maxBuffer: 64 * 1024 ** 2 });
  return Object.fromEntries(
    said.split("== ").flatMap((part) => (part === "" ? [] : [[part.split("\n")[0], part.slice(part.indexOf("\n") + 1).trim()]])),
  );
}

describe(`a full disk${reason ? ` (${reason})` : ""}`, () => {
  test.skipIf(reason !== undefined).each([
    { command: "run", meanwhile: false, roomKb: 0 },
    { command: "run", meanwhile: true, roomKb: 0 },
    { command: "run", meanwhile: true, roomKb: 300 },
    { command: "start --yes", meanwhile: false, roomKb: 0 },
    { command: "start --yes", meanwhile: true, roomKb: 0 },
  ])(
    "I7: mos $command, full meanwhile: $meanwhile, $roomKb kB left: nothing is lost or landed twice; with room it goes on",
    (args) => {
      const seen = playOnFullDisk(args);
      const first = JSON.parse(seen.first ?? "") as { kind: string; error?: { message: string; hint: string } };
      if (first.kind === "error") {
        expect(first.error?.message, seen.first).toMatch(/disk|space|full/i);
        expect(first.error?.hint.length).toBeGreaterThan(10);
      }
      expect(`${seen.first}${seen.said}`).not.toMatch(/Something in Master OS itself|^\s+at .*:\d+:\d+/m);
      if (args.roomKb === 0) expect(seen.exit).toMatch(/^(1|5)$/);
      expect(seen.after?.split("\n")[0]).toBe(seen.before?.split("\n")[0]);
      expect(seen.fsck).toBe("");
      expect(seen.landed, JSON.stringify(seen)).toBe("1");
      expect(seen.verify).toMatch(/"ok":true/);
      expect(seen.doctor).toMatch(/"grade":"A"/);
    },
    120_000,
  );
});

describe("a store that cannot be written", () => {
  test.skipIf(reason !== undefined)(
    "is named with its remedy by every command that writes; readable again, the same command works",
    async () => {
      const copy = join(folder.path, "read-only");
      cpSync(template, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
      const root = join(copy, "os");
      const config = join(root, "mos.yaml");
      writeFileSync(config, readFileSync(config, "utf8").replaceAll(template, copy));
      const mount = 'mount --bind "$folder" "$folder"; mount -o remount,bind,ro "$folder"';
      for (const args of [["run"], ["start", "--yes"], ["ticket", "block", ticket, "--reason", "x"]]) {
        const argv = [process.execPath, program, ...args, "--json", "--no-input", "--workspace", root];
        const [command, ...rest] = inPrivateMount({ folder: join(root, ".mos"), mount, argv }) as [string, ...string[]];
        const said = runToEnd(command, rest, root);
        expect(said.exitCode, said.stdout).toBe(1);
        const { error } = JSON.parse(said.stdout) as { error: { message: string; hint: string } };
        expect(error.message).toMatch(/store\.db/);
        expect(error.message).not.toMatch(/Something in Master OS itself/);
        expect(error.hint).toMatch(/writ/);
      }
      expect(readEnvelope(await runMos(["ticket", "list", "--json"], { cwd: root })).data).toMatchObject([{ id: ticket, state: "ready" }]);
      expect(await callMos(root, ["run"])).toMatchObject({ merged: [ticket] });
    },
    60_000,
  );
});

function runToEnd(command: string, args: string[], home: string): { exitCode: number; stdout: string } {
  try {
    return {
      exitCode: 0,
      stdout: execFileSync(command, args, { encoding: "utf8", env: { PATH: process.env.PATH, HOME: home }, stdio: "pipe" }),
    };
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: string };
    return { exitCode: status, stdout };
  }
}
