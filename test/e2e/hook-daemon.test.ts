import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { isProcessAlive } from "../../src/adapter/process/identify-process.ts";
import { type DaemonFile, readDaemonFile } from "../../src/entry/daemon/run-files.ts";
import { type HookWorkspace, makeHookWorkspace } from "../support/make-hook-workspace.ts";
import { type HookRun, hookPrograms, runHook } from "../support/run-hook.ts";
import { readEnvelope, runMos } from "../support/run-mos.ts";

const noObjection = '{"hookSpecificOutput":{"hookEventName":"PreToolUse"}}\n';
const clockMs = 5_000;

let made: HookWorkspace;
beforeAll(async () => {
  made = await makeHookWorkspace();
});
afterAll(async () => {
  await mos("daemon", "stop");
  await made.remove();
});
afterEach(async () => {
  await mos("daemon", "stop");
});

async function mos(...words: string[]): Promise<Record<string, unknown>> {
  const run = await runMos([...words, "--json", "--workspace", made.root], { cwd: made.root });
  const { data, error } = readEnvelope(run);
  return (data ?? error) as Record<string, unknown>;
}
const ask = (input: string) => runHook([...hookPrograms.script, "claude", ...made.options], { cwd: made.worktree, input });
const served = async () => (await mos("daemon", "status")).served;

function expectDecided(ran: HookRun, decision: "none" | "deny"): void {
  expect({ exit: ran.exit, late: ran.ms > clockMs }).toEqual({ exit: decision === "deny" ? 2 : 0, late: false });
  if (decision === "none") expect(ran.stdout).toBe(noObjection);
  else expect(JSON.parse(ran.stdout).hookSpecificOutput.permissionDecision).toBe("deny");
}

/** As it must be, whoever answers: the harmless call goes on, the forbidden one is refused by its own guard. */
async function expectRightly(): Promise<void> {
  expectDecided(await ask(made.harmless), "none");
  const refused = await ask(made.forbidden);
  expectDecided(refused, "deny");
  expect(refused.stdout).toContain("boundary-guard");
}

describe("the resident process", () => {
  test("H7: start returns when it serves, status tells of it, stop ends that process and no other", async () => {
    expect(await mos("daemon", "status")).toEqual({ running: false, answers: false });
    const started = await mos("daemon", "start");
    expect(started).toMatchObject({ running: true, answers: true, served: 0 });
    const again = await mos("daemon", "start");
    expect(again.pid).toBe(started.pid);
    const file = readDaemonFile(made.stateDir) as DaemonFile;
    expect(isProcessAlive(file)).toBe(true);
    expect(await mos("daemon", "stop")).toEqual({ stopped: true, pid: started.pid });
    expect(isProcessAlive(file)).toBe(false);
    expect(readdirSync(join(made.stateDir, "run")).filter((name) => name.startsWith("daemon"))).toEqual([]);
    expect(await mos("daemon", "stop")).toEqual({ stopped: false });
  });

  test("H7: stop --all ends it as well", async () => {
    // In a workspace of its own: what no worker holds is swept away with it.
    const other = await makeHookWorkspace();
    const call = async (...words: string[]) => {
      const { data } = readEnvelope(await runMos([...words, "--json", "--workspace", other.root], { cwd: other.root }));
      return data as Record<string, unknown>;
    };
    await call("daemon", "start");
    const file = readDaemonFile(other.stateDir) as DaemonFile;
    expect(await call("stop", "--all")).toMatchObject({ daemon: true, left: [] });
    expect(isProcessAlive(file)).toBe(false);
    await other.remove();
  });

  test("H7: two starts at once give one process", async () => {
    const [one, other] = await Promise.all([mos("daemon", "start"), mos("daemon", "start")]);
    const pids = [one, other].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
    expect(new Set(pids).size).toBe(1);
    for (const { code } of [one, other]) expect([undefined, "daemon-running"]).toContain(code);
    expect((await mos("daemon", "status")).answers).toBe(true);
  });

  test("H8: address, token and proof are the operator's alone to read", async () => {
    await mos("daemon", "start");
    for (const name of ["daemon.json", "daemon.addr"])
      expect((statSync(join(made.stateDir, "run", name)).mode & 0o777).toString(8)).toBe("600");
    expect((statSync(join(made.stateDir, "run")).mode & 0o777).toString(8)).toBe("700");
    const { token, proof } = readDaemonFile(made.stateDir) as DaemonFile;
    const { pid } = await mos("daemon", "status");
    const seen = ["cmdline", "environ"].map((name) => readFileSync(`/proc/${pid}/${name}`, "utf8")).join();
    for (const secret of [token, proof]) expect(seen).not.toContain(secret);
  });

  test("H11: the script is answered by it, and its refusals are in the log at once", async () => {
    await mos("daemon", "start");
    await expectRightly();
    expect(await served()).toBe(2);
    const logged = async () =>
      (await made.store.read((tx) => tx.events({ kind: "guard.denied" }))).filter(({ data }) => data.by === "daemon");
    for (let waitedMs = 0; (await logged()).length === 0 && waitedMs < 5_000; waitedMs += 50) await sleep(50);
    expect((await logged()).at(-1)).toMatchObject({ domain: "music", ticket: "MUS-1", data: { guard: "boundary-guard", tool: "Read" } });
    expect(readdirSync(made.spool)).toEqual([]);
  });

  test("H9: it takes a policy that is broken as a refusal, and mos.yaml's change as soon as any command has made it policy", async () => {
    await mos("daemon", "start");
    const good = readFileSync(made.policy, "utf8");
    writeFileSync(made.policy, good.slice(5));
    expectDecided(await ask(made.harmless), "deny");
    rmSync(made.policy);
    expectDecided(await ask(made.harmless), "deny");
    await mos("status");
    await expectRightly();
    const config = join(made.root, "mos.yaml");
    writeFileSync(config, `${readFileSync(config, "utf8")}\n# changed\n`);
    // It makes the policy anew itself, without any command.
    const from = performance.now();
    let ran = await ask(made.harmless);
    while (ran.exit !== 0 && performance.now() - from < 10_000) ran = await ask(made.harmless);
    expectDecided(ran, "none");
  });

  test("H10: killed, it leaves nothing that misleads: hooks decide alone, and the next one starts", async () => {
    const { pid } = await mos("daemon", "start");
    process.kill(pid as number, "SIGKILL");
    while (isProcessAlive(readDaemonFile(made.stateDir) as DaemonFile)) await sleep(10);
    expect(existsSync(join(made.stateDir, "run/daemon.addr"))).toBe(true);
    await expectRightly();
    expect(await mos("daemon", "status")).toEqual({ running: false, answers: false });
    const next = await mos("daemon", "start");
    expect(next.answers).toBe(true);
    expect(next.pid).not.toBe(pid);
    await expectRightly();
  });

  test("H10: a pid that is another process's now is neither believed nor ended", async () => {
    const bystander = spawn("sleep", ["60"], { stdio: "ignore" });
    try {
      await mos("daemon", "start");
      const file = readDaemonFile(made.stateDir) as DaemonFile;
      await mos("daemon", "stop");
      writeFileSync(join(made.stateDir, "run/daemon.json"), JSON.stringify({ ...file, pid: bystander.pid }), { mode: 0o600 });
      expect(await mos("daemon", "status")).toEqual({ running: false, answers: false });
      expect(await mos("daemon", "stop")).toEqual({ stopped: false });
      expect(bystander.exitCode).toBe(null);
      expect(bystander.signalCode).toBe(null);
    } finally {
      bystander.kill();
    }
  });

  test("H10: stopped in its tracks, hooks wait a second at most and decide alone; without its beat not even that", async () => {
    const { pid } = await mos("daemon", "start");
    process.kill(pid as number, "SIGSTOP");
    try {
      await expectRightly();
      const address = join(made.stateDir, "run/daemon.addr");
      writeFileSync(address, readFileSync(address, "utf8").replace(/\d{10}\n$/, `${Math.floor(Date.now() / 1000) - 60}\n`));
      const ran = await ask(made.harmless);
      expectDecided(ran, "none");
      expect(ran.ms).toBeLessThan(1_000);
    } finally {
      process.kill(pid as number, "SIGCONT");
    }
  });

  test("H9: a program that was replaced under it is not served by the old one", async () => {
    await mos("daemon", "start");
    const bundle = hookPrograms.bundle[1];
    const { atime, mtime } = statSync(bundle);
    utimesSync(bundle, atime, new Date(mtime.getTime() + 1_000));
    try {
      const before = readdirSync(made.spool).length;
      await expectRightly();
      // By the bundle: its trace is there and waits.
      expect(readdirSync(made.spool).length).toBe(before + 1);
    } finally {
      utimesSync(bundle, atime, mtime);
    }
    await expectRightly();
  });
});

/** Somebody else on the port that daemon.addr names. */
describe("whoever answers in its place", () => {
  const proof = "b".repeat(64);
  let impostor: Server;
  let reply: (said: string, socket: Socket) => void;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    impostor = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      let said = "";
      // The head comes a line at a time, then the call.
      socket.on("data", (data) => {
        said += data.toString();
        if (/\r\n\r\n./.test(said)) {
          socket.removeAllListeners("data");
          reply(said, socket);
        }
      });
    });
    await new Promise<void>((settle) => impostor.listen(0, "127.0.0.1", settle));
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    impostor.close();
  });

  const claim = (port: number) => {
    const lines = ["mos-daemon-1", port, "a".repeat(64), proof, Math.floor(Date.now() / 1000), ""];
    writeFileSync(join(made.stateDir, "run/daemon.addr"), lines.join("\n"), { mode: 0o600 });
  };
  const portOf = () => (impostor.address() as { port: number }).port;
  const nonceOf = (said: string) => /^Mos-Nonce: (\d+)/m.exec(said)?.[1];
  const ok = (headers: string[], body: string, status = "200 OK") =>
    [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${body.length}`, "", body].join("\r\n");
  const answer = (said: string, args: { proof?: string; nonce?: string; verdict?: string; length?: number; body?: string } = {}) => {
    const body = args.body ?? noObjection;
    return ok(
      [`Mos-Answer: ${args.nonce ?? nonceOf(said)} ${args.proof ?? proof} ${args.verdict ?? "allow"} ${args.length ?? body.length}`],
      body,
    );
  };

  test("H11: a whole answer with proof and nonce is believed, so that what follows proves something", async () => {
    claim(portOf());
    reply = (said, socket) => socket.end(answer(said));
    expectDecided(await ask(made.forbidden), "none");
  });

  const deny = JSON.stringify({ hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "deny" } });
  test.each<[string, (said: string, socket: Socket) => void]>([
    ["an allow without a proof", (_, socket) => socket.end(ok([], noObjection))],
    ["an allow with another's proof", (said, socket) => socket.end(answer(said, { proof: "c".repeat(64) }))],
    ["the asker's own token as a proof", (said, socket) => socket.end(answer(said, { proof: "a".repeat(64) }))],
    ["another call's answer", (said, socket) => socket.end(answer(said, { nonce: "123" }))],
    ["no nonce", (said, socket) => socket.end(answer(said, { nonce: "" }))],
    ["an allow of another length", (said, socket) => socket.end(answer(said, { length: noObjection.length + 1 }))],
    ["an allow that says more", (said, socket) => socket.end(answer(said, { body: `hello\n${noObjection}` }))],
    ["an allow that says nothing", (said, socket) => socket.end(answer(said, { body: "" }))],
    ["an allow in other words", (said, socket) => socket.end(answer(said, { body: deny.replace('"deny"', '"allow"') }))],
    ["a verdict that is none", (said, socket) => socket.end(answer(said, { verdict: "maybe" }))],
    ["half of the head", (said, socket) => socket.end(answer(said).slice(0, 60))],
    ["half of the body", (said, socket) => socket.end(answer(said).slice(0, -10))],
    ["status 500", (_, socket) => socket.end(ok([], noObjection, "500 Internal Server Error"))],
    ["status 500 with the proof", (said, socket) => socket.end(answer(said).replace("200 OK", "500 No"))],
    ["status 200 and nothing", (_, socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n")],
    ["nothing at all", (_, socket) => socket.end()],
    ["garbage", (_, socket) => socket.end(Buffer.from(Array.from({ length: 5_000 }, (_, at) => (at * 7919) % 256)))],
    ["a NUL in its head", (said, socket) => socket.end(answer(said).replace("Mos-Answer", "Mos-\0Answer-"))],
    ["a reset", (_, socket) => socket.resetAndDestroy()],
    ["silence", () => {}],
    ["the answer, and silence before its end", (said, socket) => void socket.write(answer(said))],
    ["a byte each 100 ms", (said, socket) => void drip(answer(said), socket)],
    ["an endless answer", (_, socket) => void flood(socket)],
  ])("H11: %s is not believed: the bundle decides", async (_, how) => {
    claim(portOf());
    reply = how;
    await expectRightly();
  });

  test("H11: nobody on the port, and an address that is nonsense, lead to the bundle", async () => {
    const free = createServer();
    await new Promise<void>((settle) => free.listen(0, "127.0.0.1", settle));
    const { port } = free.address() as { port: number };
    await new Promise<void>((settle) => free.close(() => settle()));
    claim(port);
    await expectRightly();
    reply = (said, socket) => socket.end(answer(said));
    for (const text of [
      "",
      "mos-daemon-1\n",
      `mos-daemon-1\n${portOf()}\n\n\n\n`,
      "x".repeat(1_000),
      `mos-daemon-1\n$(touch /tmp/x)\n${proof}\n${proof}\n1\n`,
    ]) {
      writeFileSync(join(made.stateDir, "run/daemon.addr"), text);
      await expectRightly();
    }
  });

  async function drip(text: string, socket: Socket): Promise<void> {
    for (const byte of text) {
      if (socket.destroyed) return;
      socket.write(byte);
      await sleep(100);
    }
  }
  function flood(socket: Socket): void {
    const more = () => {
      while (!socket.destroyed && socket.write("x".repeat(65_536)));
      if (!socket.destroyed) socket.once("drain", more);
    };
    more();
  }
});

describe("what it costs", () => {
  test("H13: a decision through it is a few starts of a shell, not of a Node", async () => {
    await mos("daemon", "start");
    const figures: { fast: number[]; floor: number[] } = { fast: [], floor: [] };
    for (let round = 0; round < 15; round += 1) {
      figures.floor.push((await runHook(["sh", "-c", "true"], { cwd: made.root, input: "" })).ms);
      figures.fast.push((await ask(made.harmless)).ms);
    }
    const middle = (values: number[]) => [...values].sort((a, b) => a - b)[7] as number;
    // The bench holds it to 4 on a quiet machine; a Node would cost 20.
    expect(middle(figures.fast) / middle(figures.floor)).toBeLessThan(8);
  });
});
