import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildLaunchArgv } from "../../../src/adapter/box/launch-argv.ts";
import { buildProbeProgram } from "../../../src/adapter/box/probe-program.ts";
import { startCommand } from "../../../src/adapter/box/start-command.ts";
import { type Prepared, writeSupport } from "../../../src/adapter/box/write-support.ts";
import type { BoxCommand, Mount } from "../../../src/port/box.ts";
import { makeRepository, makeTemporaryFolder, runGitIn } from "../../support/make-repository.ts";
import { boxAvailable, chorePath } from "../../support/open-box.ts";
import { callProbes } from "./calls.ts";
import { commandProbes } from "./commands.ts";
import { type ProtectionName, protections } from "./protection.ts";

const isRoot = process.getuid?.() === 0;
const isMeasured = process.arch === "x64";
const user = 20_777;
const probes = [...commandProbes, ...callProbes];

/** Who starts the box, and as whom its commands then run. */
const starters = [
  { by: "root", uid: 0, owner: 20_001, why: isRoot ? undefined : "the tests do not run as root" },
  { by: "a user", uid: isRoot ? user : (process.getuid?.() ?? -1), owner: isRoot ? user : (process.getuid?.() ?? -1), why: undefined },
] as const;

test("P6: there are at least 83 probes, each with a name of its own, in every class", () => {
  expect(new Set(probes.map(({ id }) => id)).size).toBe(probes.length);
  expect(probes.length).toBeGreaterThanOrEqual(83);
  const shown = probes.filter(({ without }) => typeof without === "string");
  expect(shown.length).toBeGreaterThanOrEqual(83);
  const found = new Set(probes.map((probe) => probe.class));
  for (const name of ["mount", "proc", "descriptor", "link", "socket", "alternates", "configuration", "ptrace", "keyring", "namespace"]) {
    expect(found).toContain(name);
  }
});

for (const starter of starters) {
  const why = !boxAvailable ? "no sandbox here" : !isMeasured ? "numbers of x86-64" : starter.why;
  describe.skipIf(why !== undefined)(`P6: escapes from a box started by ${starter.by}${why ? ` (skipped: ${why})` : ""}`, () => {
    let place: Place;
    beforeAll(async () => {
      place = await makePlace(starter);
    });
    afterAll(() => place?.remove());

    test.each(probes.map((probe) => [`${probe.class}: ${probe.id}`, probe] as const))("%s is blocked", async (_name, probe) => {
      expect(await place.run(probe, undefined)).toBe("blocked");
      expect(place.whatChanged()).toEqual([]);
    });

    const shown = probes.flatMap((probe) => (typeof probe.without === "string" ? [[probe.id, probe.without, probe] as const] : []));
    // Once is enough: what is taken away is the same.
    test.skipIf(starter.by === "root").each(shown)("%s succeeds without: %s", async (_name, protection, probe) => {
      expect(await place.run(probe, protection)).toBe("escaped");
      place.mend();
    });
  });
}

interface Place {
  run(probe: (typeof probes)[number], without: ProtectionName | undefined): Promise<"blocked" | "escaped">;
  whatChanged(): string[];
  mend(): void;
  remove(): void;
}

async function makePlace({ uid, owner }: { uid: number; owner: number }): Promise<Place> {
  const { path: folder, remove } = makeTemporaryFolder("mos-escape-");
  const at = (...names: string[]) => join(folder, ...names);
  chmodSync(folder, 0o755);
  const own = (path: string) => isRoot && chownSync(path, owner, owner);
  makeRepository(at("repo"), { "a.txt": "a\n" });
  makeRepository(at("other"), { "secret.txt": "CANARY\n" });
  const secretBlob = runGitIn(at("other"), "rev-parse", "HEAD:secret.txt");
  const tip = runGitIn(at("repo"), "rev-parse", "HEAD");
  for (const name of ["home", "programs", "other/drop"]) mkdirSync(at(name), { mode: 0o777 });
  for (const name of ["home", "other/drop"]) chmodSync(at(name), 0o777);
  execFileSync("chmod", ["-R", "a+rwX", at("repo/.git/objects")]);
  writeFileSync(at("store.db"), "CANARY\n");
  writeFileSync(at("home/.netrc"), "CANARY\n");

  const layTree = () => {
    execFileSync("rm", ["-rf", at("tree"), at("git"), at("pins")]);
    for (const name of ["tree", "tree/.claude", "git", "pins", "pins/hooks", "pins/info", "pins/alternates"]) mkdirSync(at(name));
    for (const name of ["objects", "objects/info", "hooks", "info", "refs", "refs/heads"]) mkdirSync(at("git", name));
    const files: Record<string, string> = {
      "tree/.git": "gitdir: /work/git\n",
      "tree/.mcp.json": "{}\n",
      "git/HEAD": "ref: refs/heads/agent\n",
      "git/config": "[core]\n\trepositoryformatversion = 0\n[user]\n\tname = a\n\temail = a@example.invalid\n",
      "git/refs/heads/main": `${tip}\n`,
      "git/refs/heads/agent": `${tip}\n`,
      "git/objects/info/alternates": "/work/objects\n",
      "pins/alternates/alternates": "/work/objects\n",
      "pins/config": "[core]\n\trepositoryformatversion = 0\n[user]\n\tname = a\n\temail = a@example.invalid\n",
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
    symlinkSync(at("other/secret.txt"), at("tree/link"));
    symlinkSync(at("other/drop"), at("tree/folder-link"));
    if (isRoot) execFileSync("chown", ["-hR", `${owner}:${owner}`, at("tree"), at("git")]);
  };
  layTree();

  const servers: Server[] = [];
  const listen = async (...where: [number, string] | [string]) => {
    const server = createServer((client) => client.destroy());
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      if (where.length === 1) server.listen(where[0], resolve);
      else server.listen(where[0], where[1], resolve);
    });
    servers.push(server);
    return (server.address() as { port?: number }).port ?? 0;
  };
  const [port, port6] = [await listen(0, "127.0.0.1"), await listen(0, "::1").catch(() => 9)];
  await listen("\0mos-escape");
  mkdirSync(at("sockets"));
  own(at("sockets"));
  await listen(at("sockets/host.sock"));
  chmodSync(at("sockets/host.sock"), 0o777);
  const victim: ChildProcess = spawn("sleep", ["600"], {
    stdio: "ignore",
    env: { SECRET: "CANARY" },
    ...(isRoot ? { uid: owner, gid: owner } : {}),
  });
  const shm = /\d+/.exec(execFileSync("ipcmk", ["-M", "4096", "-p", "0666"], { encoding: "utf8" }))?.[0] ?? "";
  const prepared: Prepared = writeSupport({ supportDir: at("box"), chore: chorePath(), node: process.execPath });
  const mounts: Mount[] = [
    { from: at("tree"), to: "/work/tree", writable: true },
    ...[".git", ".claude", ".mcp.json"].map((name) => ({ from: at("tree", name), to: `/work/tree/${name}` })),
    { from: at("git"), to: "/work/git", writable: true },
    { from: at("pins/config"), to: "/work/git/config" },
    { from: at("pins/hooks"), to: "/work/git/hooks" },
    { from: at("pins/info"), to: "/work/git/info" },
    { from: at("pins/alternates"), to: "/work/git/objects/info" },
    { from: at("git/refs/heads/main"), to: "/work/git/refs/heads/main" },
    { from: at("repo/.git/objects"), to: "/work/objects" },
    { from: at("programs"), to: "/work/programs" },
    { from: at("sockets"), to: "/work/sockets" },
  ];
  const limits = { wallMs: 20_000, outputBytes: 64 * 1024, memoryBytes: 64 * 1024 ** 2, processes: 64 };
  const env = {
    ...{ F: folder, VICTIM: String(victim.pid), PORT: String(port), PORT6: String(port6), SECRET_BLOB: secretBlob },
    ...{ OTHER: at("other/.git"), HOST_NAME: hostname(), SHM: shm },
  };
  const canaries = ["other/secret.txt", "store.db", "home/.netrc"];

  return {
    run: async (probe, without) => {
      const isCall = "calls" in probe;
      if (isCall) {
        const calls = probe.calls({ victim: victim.pid ?? 0, socket: "/work/sockets/host.sock" });
        writeFileSync(at("programs", probe.id), buildProbeProgram("x64", calls), { mode: 0o755 });
      }
      const sh = isCall ? `/work/programs/${probe.id} | od -An -v -td8` : probe.sh;
      const command: BoxCommand = { argv: ["/bin/sh", "-c", `echo STARTED\n${sh}`], mounts, cwd: "/work/tree", env, limits };
      const launch = buildLaunchArgv(command, prepared.support, uid);
      const argv = without === undefined ? launch : protections[without](launch, { folder });
      if (without !== undefined) expect(argv, "the protection was there to be taken away").not.toEqual(launch);
      const asUser = isRoot && uid !== 0 ? ["setpriv", "--reuid", String(uid), "--regid", String(uid), "--clear-groups"] : [];
      // What is looked at from outside is tried elsewhere; here it is the kernel's part.
      const watched = { ...command, limits: { ...limits, memoryBytes: 2 * 1024 ** 3 } };
      const result = await startCommand(watched, [...asUser, ...argv], prepared.filter);
      expect(result.endedBy, result.stderr).toBe("exit");
      expect(result.stdout, result.stderr).toContain("STARTED\n");
      if (!isCall) return result.stdout.includes("ESCAPED") ? "escaped" : "blocked";
      const answers = result.stdout
        .replace("STARTED\n", "")
        .trim()
        .split(/\s+/)
        .filter((word) => word !== "")
        .map(Number);
      const last = answers.at(-1);
      return last !== undefined && probe.escaped(last) ? "escaped" : "blocked";
    },
    whatChanged: () => [
      ...canaries.flatMap((name) => (readFileSync(at(name), "utf8") === "CANARY\n" ? [] : [name])),
      ...["other/drop/w", "home/.gitconfig", "home/.npmrc"].filter((name) => existsSync(at(name))),
      ...(runGitIn(at("repo"), "rev-parse", "main") === tip ? [] : ["main"]),
      ...(victim.exitCode === null && victim.signalCode === null ? [] : ["a process outside was ended"]),
    ],
    mend: () => {
      layTree();
      for (const name of ["other/drop/w", "home/.gitconfig", "home/.npmrc"]) execFileSync("rm", ["-f", at(name)]);
    },
    remove: () => {
      victim.kill("SIGKILL");
      for (const server of servers) server.close();
      execFileSync("ipcrm", ["-m", shm]);
      remove();
    },
  };
}
