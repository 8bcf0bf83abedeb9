import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HookWorkspace, makeHookWorkspace } from "../support/make-hook-workspace.ts";
import { makeTemporaryFolder } from "../support/make-repository.ts";
import { type HookRun, hookPrograms, runHook } from "../support/run-hook.ts";

const clockMs = 5_000;
const noObjection = '{"hookSpecificOutput":{"hookEventName":"PreToolUse"}}\n';
const ways = Object.keys(hookPrograms) as (keyof typeof hookPrograms)[];

let made: HookWorkspace;
beforeAll(async () => {
  made = await makeHookWorkspace();
});
afterAll(() => made.remove());

const run = (way: keyof typeof hookPrograms, args: Partial<Parameters<typeof runHook>[1]> & { argv?: readonly string[] } = {}) =>
  runHook([...hookPrograms[way], ...(args.argv ?? ["claude", ...made.options])], { cwd: made.worktree, input: made.harmless, ...args });

/** Deny JSON and nothing else on stdout, the reason on stderr, exit 2, in time. */
function expectDeny(ran: HookRun, why = ""): void {
  expect({ ...ran, late: ran.ms > clockMs }).toMatchObject({ exit: 2, late: false });
  const { hookSpecificOutput } = JSON.parse(ran.stdout) as { hookSpecificOutput: Record<string, string> };
  expect(hookSpecificOutput).toMatchObject({ hookEventName: "PreToolUse", permissionDecision: "deny" });
  expect(hookSpecificOutput.permissionDecisionReason).toContain(why);
  expect(ran.stderr).not.toBe("");
}

describe.each(ways)("the hook as %s", (way) => {
  test("H1: it allows by exit 0 and denies by exit 2", async () => {
    expect(await run(way)).toMatchObject({ exit: 0, stdout: noObjection, stderr: "" });
    expectDeny(await run(way, { input: made.forbidden }), "boundary-guard");
    const gemini = JSON.stringify({ ...JSON.parse(made.forbidden), hook_event_name: "BeforeTool", tool_name: "read_file" });
    const ran = await run(way, { argv: ["gemini", ...made.options], input: gemini });
    expect({ exit: ran.exit, decision: JSON.parse(ran.stdout).decision }).toEqual({ exit: 2, decision: "deny" });
  });

  test.each([
    ["empty", ""],
    ["half a call", '{"tool_name":"Read","tool_in'],
    ["no JSON", "hello\n"],
    ["a NUL", "\0"],
    ["no UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    ["too large", Buffer.alloc(5 * 1024 * 1024, 0x20)],
    ["endlessly deep", `{"tool_input":${"[".repeat(50_000)}`],
  ])("H2: input that is %s denies", async (_, input) => {
    expectDeny(await run(way, { input }), "hook-tamper-guard");
  });

  test("H2: a large call is read whole", async () => {
    const call = { ...JSON.parse(made.harmless), tool_name: "Write" };
    const input = (path: string) => JSON.stringify({ ...call, tool_input: { content: "x".repeat(1_500_000), file_path: path } });
    expect(await run(way, { input: input(join(made.worktree, "b.txt")) })).toMatchObject({ exit: 0, stdout: noObjection });
    expectDeny(await run(way, { input: input(join(made.root, "trading/b.txt")) }), "boundary-guard");
  });

  test("H2: input that never ends denies in time", async () => {
    const ran = await runHook([...hookPrograms[way], "claude", ...made.options], {
      cwd: made.worktree,
      started: (child) => void child.stdin?.write(made.harmless),
    });
    expectDeny(ran, "not ended");
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("H2: told to stop by %s while it waits, it denies", async (signal) => {
    const ran = await runHook([...hookPrograms[way], "claude", ...made.options], {
      cwd: made.worktree,
      started: (child) => void setTimeout(() => child.kill(signal), 700),
    });
    expectDeny(ran);
  });

  test.each([
    ["nothing", []],
    ["a client that nobody knows", ["vim", "--role", "executor", "--domain", "music"]],
    ["an option that is none", ["claude", "--allow-all"]],
    ["a role that nobody has", ["claude", "--role", "root", "--domain", "music"]],
    ["a workspace that is none", ["claude", "--role", "executor", "--domain", "music", "--workspace", "/nonexistent"]],
    ["a policy that is none", ["claude", "--role", "executor", "--domain", "music", "--policy", "/dev/null"]],
    ["a domain that is none", ["claude", "--role", "executor", "--domain", "nobody"]],
  ])("H2: started with %s it denies", async (_, argv) => {
    expectDeny(await run(way, { argv }));
  });

  test("H2: a policy that was cut off denies, and one that is mended decides", async () => {
    const good = readFileSync(made.policy);
    writeFileSync(made.policy, good.subarray(0, good.length - 20));
    expectDeny(await run(way), "the policy");
    rmSync(made.policy);
    expectDeny(await run(way), "no policy");
    await made.writePolicy();
    expect(await run(way)).toMatchObject({ exit: 0 });
  });

  test("H2: what closes its stdin, or does not read its answer, is no allow of a forbidden call", async () => {
    const shut = (redirect: string) =>
      runHook(["/bin/sh", "-c", `exec "$@" ${redirect}`, "sh", ...hookPrograms[way], "claude", ...made.options], {
        cwd: made.worktree,
        input: made.harmless,
      });
    expectDeny(await shut("<&-"));
    expect((await shut(">/dev/full")).exit).toBe(2);
  });

  test("H3: a workspace that the agent made in its worktree is not believed", async () => {
    mkdirSync(join(made.worktree, ".mos"), { recursive: true });
    writeFileSync(join(made.worktree, "mos.yaml"), "version: 1\n");
    copyFileSync(made.policy, join(made.worktree, ".mos/policy.json"));
    const who = ["claude", "--role", "executor", "--domain", "music", "--worktree", made.worktree];
    expect(await run(way, { argv: who })).toMatchObject({ exit: 0 });
    expectDeny(await run(way, { argv: who, input: made.forbidden }), "boundary-guard");
    expectDeny(await run(way, { argv: [...who, "--workspace", made.worktree] }), "own worktree");
    const env = { MOS_WORKSPACE: made.worktree, CLAUDE_PROJECT_DIR: made.worktree };
    expectDeny(await run(way, { argv: who, input: made.forbidden, env }), "boundary-guard");
    rmSync(join(made.worktree, ".mos"), { recursive: true });
    rmSync(join(made.worktree, "mos.yaml"));
  });

  test("H6: each refusal leaves its trace", async () => {
    rmSync(made.spool, { recursive: true, force: true });
    await run(way, { input: made.forbidden });
    const [name, ...more] = readdirSync(made.spool);
    expect(more).toEqual([]);
    expect(JSON.parse(readFileSync(join(made.spool, name as string), "utf8"))).toMatchObject({
      by: "hook",
      client: "claude",
      domain: "music",
      ticket: "MUS-1",
      tool: "Read",
      guard: "boundary-guard",
    });
  });
});

describe("the script alone", () => {
  const folders: (() => void)[] = [];
  afterAll(() => {
    for (const remove of folders) remove();
  });
  const copyScript = (): string => {
    const { path, remove } = makeTemporaryFolder("mos-script-");
    folders.push(remove);
    copyFileSync(hookPrograms.script[0], join(path, "mos-hook"));
    chmodSync(join(path, "mos-hook"), 0o755);
    return join(path, "mos-hook");
  };
  const runCopy = (script: string, args: { env?: Record<string, string>; node?: string } = {}) =>
    runHook([script, "--node", args.node ?? process.execPath, "claude", ...made.options], {
      cwd: made.worktree,
      input: made.harmless,
      ...(args.env === undefined ? {} : { env: args.env }),
    });

  test("H11: with no bundle beside it, or no Node, it denies", async () => {
    const script = copyScript();
    expectDeny(await runCopy(script));
    expectDeny(await runCopy(hookPrograms.script[0], { node: "/nonexistent/node" }));
  });

  test.each([
    ["is cut off", "import fs from 'node:fs'; fs.readFile("],
    ["throws", "throw new Error('no')"],
    ["ends in 0 and says nothing", "process.exit(0)"],
    [
      "ends in 0 with a banner before its answer",
      `console.log("hello"); process.stdout.write(${JSON.stringify(noObjection)}); process.exit(0)`,
    ],
    ["ends in 0 with half an answer", `process.stdout.write(${JSON.stringify(noObjection.slice(0, 20))}); process.exit(0)`],
    ["says yes and ends in 1", `process.stdout.write(${JSON.stringify(noObjection)}); process.exit(1)`],
    ["says yes and ends in 2", `process.stdout.write(${JSON.stringify(noObjection)}); process.exit(2)`],
    ["is killed", "process.kill(process.pid, 'SIGKILL')"],
    ["never ends", "for (;;) {}"],
  ])("H11: a bundle that %s is no allow", async (_, text) => {
    const script = copyScript();
    writeFileSync(join(dirname(script), "hook.cjs"), text);
    expectDeny(await runCopy(script));
  });

  test("H11: what a client's settings put in the environment for the shell, the loader or Node is not used", async () => {
    const { path, remove } = makeTemporaryFolder("mos-env-");
    folders.push(remove);
    const evil = join(path, "evil.cjs");
    writeFileSync(evil, `process.stdout.write(${JSON.stringify(noObjection)}); process.exit(0);`);
    writeFileSync(join(path, "env.sh"), `printf '%s' '${noObjection}'; exit 0`);
    const env = {
      NODE_OPTIONS: `--require ${evil}`,
      NODE_EXTRA_CA_CERTS: evil,
      BASH_ENV: join(path, "env.sh"),
      ENV: join(path, "env.sh"),
      "BASH_FUNC_printf%%": "() { exit 0; }",
      "BASH_FUNC_read%%": "() { exit 0; }",
      SHELLOPTS: "xtrace",
      CDPATH: path,
      GLOBIGNORE: "*",
      IFS: "e",
    };
    expectDeny(
      await runHook([...hookPrograms.script, "claude", ...made.options], { cwd: made.worktree, input: made.forbidden, env }),
      "boundary-guard",
    );
    expect(await runCopy(hookPrograms.script[0], { env })).toMatchObject({ exit: 0, stdout: noObjection, stderr: "" });
  });

  test("H5: the bundle is one file, and runs with nothing beside it", async () => {
    const { path, remove } = makeTemporaryFolder("mos-bundle-");
    folders.push(remove);
    const alone = join(path, "hook.cjs");
    copyFileSync(hookPrograms.bundle[1], alone);
    expect(await runHook([process.execPath, alone, "claude", ...made.options], { cwd: path, input: made.harmless })).toMatchObject({
      exit: 0,
    });
    const text = readFileSync(alone, "utf8");
    const required = [...text.matchAll(/\brequire\(\s*["'`]([^"'`]+)["'`]\s*\)/g)].map(([, name]) => name);
    expect(required.length).toBeGreaterThan(1);
    expect(required.filter((name) => !name?.startsWith("node:"))).toEqual([]);
    expect(text).not.toMatch(/\bimport\s*\(/);
    expect(text).not.toMatch(/ZodError|commander/i);
  });

  test("H5: what V8 kept of an earlier build, of another file, or nothing at all, is not used; half a bundle denies", async () => {
    const { path, remove } = makeTemporaryFolder("mos-kept-");
    folders.push(remove);
    const [bundle, cache] = [join(path, "hook.cjs"), join(path, "hook.cache")];
    copyFileSync(hookPrograms.bundle[1], bundle);
    const ask = (input: string) => runHook([process.execPath, bundle, "claude", ...made.options], { cwd: path, input });
    const kept = readFileSync(join(dirname(hookPrograms.bundle[1]), "hook.cache"));
    const others = [
      kept,
      Buffer.alloc(0),
      Buffer.from("junk"),
      kept.subarray(0, kept.length / 2),
      Buffer.concat([Buffer.alloc(32, "0"), kept.subarray(32)]),
    ];
    for (const content of others) {
      writeFileSync(cache, content);
      expect(await ask(made.harmless)).toMatchObject({ exit: 0, stdout: noObjection });
      expectDeny(await ask(made.forbidden), "boundary-guard");
    }
    const text = readFileSync(bundle, "utf8");
    writeFileSync(bundle, text.slice(0, text.length / 2));
    expectDeny(await ask(made.harmless));
    writeFileSync(bundle, text.replace(/^(\/\/.{2000})./m, "$1#\n//"));
    expectDeny(await ask(made.harmless));
  });

  test("H11: a link where the address should be, and an address that is another user's, lead to the bundle", async () => {
    const address = join(made.stateDir, "run/daemon.addr");
    symlinkSync("/dev/zero", address);
    expect(await runCopy(hookPrograms.script[0])).toMatchObject({ exit: 0 });
    rmSync(address);
  });
});
