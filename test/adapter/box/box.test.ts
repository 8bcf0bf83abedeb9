import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { build } from "tsdown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listSources } from "../../../src/adapter/box/build-argv.ts";
import { createBubblewrapBox } from "../../../src/adapter/box/create-box.ts";
import type { BoxCommand } from "../../../src/port/box.ts";
import { makeTemporaryFolder } from "../../support/make-repository.ts";
import { boxAvailable, openBox } from "../../support/open-box.ts";

const folder = makeTemporaryFolder();
afterAll(folder.remove);

describe.skipIf(!boxAvailable)("P6: the tool box", () => {
  const box = openBox(folder.path);
  const tree = join(folder.path, "tree");
  const limits = { wallMs: 20_000, outputBytes: 64 * 1024, memoryBytes: 2 * 1024 ** 3, processes: 128 };
  const sh = (command: string, more: Partial<BoxCommand> = {}) =>
    box.run({
      argv: ["/bin/sh", "-c", command],
      mounts: [{ from: tree, to: "/work/tree", writable: true }],
      cwd: "/work/tree",
      limits,
      ...more,
    });

  beforeAll(() => {
    mkdirSync(tree);
    chmodSync(tree, 0o777);
    writeFileSync(join(folder.path, "secret"), "do not read");
  });

  test("P6a: runs a command as an unprivileged user and gives its output and exit code", async () => {
    const result = await sh("id -u; echo out; echo err >&2; exit 7");
    expect(result.exitCode).toBe(7);
    expect(result.stdout).toMatch(/^[1-9]\d*\nout\n$/);
    expect(result.stderr).toBe("err\n");
    expect(result.endedBy).toBe("exit");
  });

  test("P6b: shows its mounts and nothing else of the host, and a write outside them fails", async () => {
    const result = await sh(`cat ${folder.path}/secret; ls /root /home /work/; touch /x || echo refused; echo kept > kept`);
    expect(result.stdout).toBe("/work/:\ntree\nrefused\n");
    expect(result.stdout).not.toContain("do not read");
    expect(readFileSync(join(tree, "kept"), "utf8")).toBe("kept\n");
    const readOnly = await sh("echo x > kept || echo refused", { mounts: [{ from: tree, to: "/work/tree" }] });
    expect(readOnly.stdout).toBe("refused\n");
    expect(readFileSync(join(tree, "kept"), "utf8")).toBe("kept\n");
  });

  test("P6c: has no network: a server on the host's loopback is not reached", async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.end("leak");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const port = (server.address() as { port: number }).port;
    const script = `fetch("http://127.0.0.1:${port}").then(async (r) => console.log(await r.text()), () => console.log("no way"))`;
    const result = await sh('node -e "$SCRIPT"', { env: { SCRIPT: script } });
    server.close();
    expect(result.stdout).toBe("no way\n");
    expect(asked).toBe(0);
  });

  test("P6d: passes no environment and no descriptor of its parent", async () => {
    process.env.MOS_TEST_SECRET = "sk-secret";
    const result = await sh("env; ls /proc/self/fd | sort -n | tr '\\n' ' '");
    delete process.env.MOS_TEST_SECRET;
    expect(result.stdout).not.toContain("sk-secret");
    expect(result.stdout).toMatch(/0 1 2 3 \n?$/);
  });

  test("P6e: ends what takes too long, with all its children, and says so", async () => {
    const marker = `sleep 98${process.pid % 1000}7`;
    const result = await sh(`${marker} & ${marker}`, { limits: { ...limits, wallMs: 400 } });
    expect(result).toMatchObject({ exitCode: null, endedBy: "timeout" });
    expect(result.ms).toBeLessThan(10_000);
    expect(readProcesses()).not.toContain(marker);
  });

  test("P6e: whenever it is ended, from its very first moments on, nothing of it stays behind", async () => {
    const marker = `sleep 96${process.pid % 1000}1`;
    const times = Array.from({ length: 24 }, (_, index) => 1 + index * 2);
    const results = await Promise.all(times.map((wallMs) => sh(`${marker} & ${marker}`, { limits: { ...limits, wallMs } })));
    expect(results.map(({ endedBy }) => endedBy)).toEqual(times.map(() => "timeout"));
    expect(readProcesses()).not.toContain(marker);
  });

  test("P6e: bounds output and processes", async () => {
    const loud = await sh("head -c 300000 /dev/zero | tr '\\0' a; echo end");
    expect(loud.truncated).toBe(true);
    expect(loud.stdout.length).toBeLessThan(limits.outputBytes + 100);
    expect(loud.stdout.endsWith("end\n")).toBe(true);
    const flood = await sh("yes", { limits: { ...limits, outputBytes: 4096 } });
    expect(flood.endedBy).toBe("output-limit");
    const bomb = await sh("for i in $(seq 300); do sleep 5 & done; wait", { limits: { ...limits, processes: 40, wallMs: 5000 } });
    expect(bomb.stderr).toMatch(/fork|resource/i);
  });

  test("P6f: the filter refuses unix sockets, namespaces and mounts; the probe that comes first is what says ok", async () => {
    const script = "require('net').connect('/tmp/none.sock').on('error', (e) => console.log(e.code))";
    expect((await sh('node -e "$SCRIPT"', { env: { SCRIPT: script } })).stdout).toBe("EPERM\n");
    expect((await sh("unshare -Ur true || echo refused")).stdout).toBe("refused\n");
    expect((await sh("mount -t tmpfs none /tmp || echo refused")).stdout).toBe("refused\n");
    expect(await box.probe()).toMatchObject({ ok: true, kind: "bubblewrap" });
  });

  test("P6h: where no sandbox can be had, nothing runs, and it says what to install", async () => {
    const blind = createBubblewrapBox({
      supportDir: join(folder.path, "blind"),
      chore: "/nonexistent/chore.mjs",
      uid: process.getuid?.() ?? -1,
    });
    const probe = await blind.probe();
    expect(probe).toMatchObject({ ok: false });
    await expect(blind.run({ argv: ["true"], mounts: [], cwd: "/", limits })).rejects.toMatchObject({ code: "box-unavailable" });
  });

  test("P6i: a client's box reaches the relay's socket by loopback 3129, and nothing else", async () => {
    const socket = join(folder.path, "relay.sock");
    const relay = createServer((request, response) => response.end(`relay ${request.url}`));
    await new Promise<void>((resolve) => relay.listen(socket, resolve));
    const script = `const get = (url) => fetch(url).then((r) => r.text(), (e) => e.cause.code);
      Promise.all(["http://127.0.0.1:3129/v1", "http://localhost:3129/v2", "http://127.0.0.1:3128/", "http://1.1.1.1/"].map(get)).then((all) => { console.log(all.join()); process.exit(3); });`;
    const result = await sh('exec node -e "$SCRIPT"', { env: { SCRIPT: script }, network: { relay: socket } });
    relay.close();
    expect(result).toMatchObject({ exitCode: 3, stdout: "relay /v1,relay /v2,ECONNREFUSED,ENETUNREACH\n" });
  });

  test("P6i: a long run is spoken with: what it says comes whole, by stream, and it hears what is said next", async () => {
    const heard: string[] = [];
    let say: (word: string | undefined) => void = () => undefined;
    async function* talk() {
      for (;;) {
        const word = await new Promise<string | undefined>((resolve) => {
          say = resolve;
        });
        if (word === undefined) return;
        yield `${word}\n`;
      }
    }
    const result = await sh('while read -r word; do echo "got $word"; echo "é" >&2; done; echo bye', {
      input: talk(),
      onOutput: (text, stream) => {
        heard.push(`${stream} ${text}`);
        if (stream === "stdout") say(text.includes("two") ? undefined : "two");
      },
      argv: ["/bin/sh", "-c", 'echo ready; while read -r word; do echo "got $word"; done; echo "é" >&2; echo bye'],
    });
    expect(result.stdout).toBe("ready\ngot two\nbye\n");
    expect(heard).toContain("stderr é\n");
  });

  test("P6i: files of Master OS and a private home are shown beside the tree, and the home is gone with the run", async () => {
    const hook = join(folder.path, "hook.cjs");
    writeFileSync(hook, "// hook\n");
    const mounts = [
      { from: tree, to: "/work/tree", writable: true },
      { from: hook, to: "/opt/mos/hook.cjs" },
      { from: hook, to: "/tmp/home/.settings/hook.json" },
    ];
    const command =
      "cat /opt/mos/hook.cjs; (echo x > /opt/mos/hook.cjs) 2>/dev/null || echo kept; (rm ~/.settings/hook.json) 2>/dev/null || echo kept; ls -A ~; echo x > ~/mine; id -un";
    const first = await sh(command, { mounts });
    expect(first.stdout).toBe("// hook\nkept\nkept\n.settings\nagent\n");
    expect((await sh(command, { mounts })).stdout).toBe(first.stdout);
  });

  test("P6e: processes are counted by box, though several run as one user", async () => {
    const command = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 3 & done; echo started; kill $(jobs -p)";
    const both = await Promise.all([1, 2].map(() => sh(command, { limits: { ...limits, processes: 30 } })));
    expect(both.map(({ stdout }) => stdout)).toEqual(["started\n", "started\n"]);
  });

  test("P6e: a process that asks for too much memory is refused, and several that take too much together are ended", async () => {
    const one = await sh('node -e "Buffer.alloc(3e9, 1)" 2>/dev/null || echo refused', { limits: { ...limits, memoryBytes: 1.5e9 } });
    expect(one.stdout).toBe("refused\n");
    const take = "head -c 120000000 /dev/zero | sort -S 110000000 --parallel=1 | sleep 9";
    const many = await sh(`${take} & ${take} & ${take} & wait`, { limits: { ...limits, memoryBytes: 200e6, wallMs: 8000 } });
    expect(many).toMatchObject({ exitCode: null, endedBy: "memory-limit" });
  });

  test("P6e: what lies in temporary folders counts as memory, and is bounded by itself", async () => {
    const more = { limits: { ...limits, memoryBytes: 64e6 } };
    expect((await sh("head -c 90000000 /dev/zero > /tmp/x || echo full; rm /tmp/x", more)).stdout).toBe("full\n");
    expect((await sh("head -c 90000000 /dev/zero > /dev/shm/x || echo full; rm /dev/shm/x; touch /dev/x || echo no", more)).stdout).toBe(
      "full\nno\n",
    );
    const held = await sh("head -c 40000000 /dev/zero > /tmp/x; head -c 40000000 /dev/zero > /dev/shm/x; sleep 9", more);
    expect(held).toMatchObject({ endedBy: "memory-limit" });
  });

  test("P6e: what writes too much to disk is ended", async () => {
    const command = "head -c 60000000 /dev/zero > big; sync big; sleep 9";
    const result = await sh(command, { limits: { ...limits, diskBytes: 20e6, wallMs: 8000 } });
    expect(result).toMatchObject({ endedBy: "disk-limit" });
  });

  test("P6e: a box ends with the program that started it, however that ends", async () => {
    const marker = `sleep 97${process.pid % 1000}3`;
    const script = `const { createBubblewrapBox } = await import(process.env.BOX);
      const box = createBubblewrapBox({ supportDir: process.env.DIR, chore: process.env.CHORE, uid: process.getuid(), node: process.execPath });
      const limits = { wallMs: 60000, outputBytes: 4096, memoryBytes: 1e9, processes: 64 };
      await box.run({ argv: ["/bin/sh", "-c", "${marker} & echo up; wait"], mounts: [], cwd: "/tmp", limits, onOutput: () => process.kill(process.pid, "SIGKILL") });`;
    const bundle = await bundleBox(folder.path);
    const env = { PATH: process.env.PATH ?? "", BOX: bundle, DIR: join(folder.path, "own"), CHORE: bundle };
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], { env, encoding: "utf8" });
    expect(child.signal, child.stderr).toBe("SIGKILL");
    const gone = async () => {
      for (let tries = 0; tries < 100 && readProcesses().includes(marker); tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 20));
      return !readProcesses().includes(marker);
    };
    expect(await gone()).toBe(true);
  });

  test.skipIf(process.getuid?.() !== 0)(
    "P6a: as root a box runs as the uid that is named, never as 0, and inside it looks the same",
    async () => {
      const out = join(folder.path, "out");
      mkdirSync(out);
      chownSync(out, 20_555, 20_555);
      const mounts = [{ from: out, to: "/work/tree", writable: true }];
      expect((await sh("id -u; echo x > made", { mounts, asUid: 20_555 })).stdout).toBe("20001\n");
      expect(statSync(join(out, "made")).uid).toBe(20_555);
      await expect(sh("true", { mounts, asUid: 0 })).rejects.toMatchObject({ code: "box-unavailable" });
    },
  );

  test("P6h: names each property, seen by trying it", async () => {
    const probe = await box.probe();
    const essential = (probe.properties ?? []).filter((property) => property.essential);
    expect(essential.length).toBeGreaterThanOrEqual(14);
    expect(essential.filter((property) => !property.enforced)).toEqual([]);
  });

  test("P6e: stops on the signal", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    expect(await sh("sleep 30", { signal: controller.signal })).toMatchObject({ exitCode: null, endedBy: "abort" });
  });

  test("a folder that other users cannot enter serves as well", () => {
    // mkdtemp made the folder with mode 0700: every test above ran from there.
    expect(existsSync(tree)).toBe(true);
    expect(
      listSources({ argv: [], cwd: "/", limits, mounts: [{ from: "/a", to: "/b" }] }, { dir: "d", etc: "d/e", bin: "d/b", chore: "d/c" }),
    ).toEqual(["d", "/a"]);
  });
});

/** The box as one file that plain node runs. */
async function bundleBox(dir: string): Promise<string> {
  await build({
    ...{ config: false, cwd: resolve(import.meta.dirname, "../../.."), outDir: join(dir, "bundle"), clean: false, dts: false },
    ...{ entry: ["src/adapter/box/create-box.ts"], format: "esm", platform: "node", target: "node20", logLevel: "silent" },
  });
  return join(dir, "bundle", "create-box.mjs");
}

function readProcesses(): string {
  return execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
}
