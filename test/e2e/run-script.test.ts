import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const checkout = join(import.meta.dirname, "../..");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mos-run-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A folder with `run` alone, and a PATH of just these programs. */
async function makeBare(name: string, programs: Readonly<Record<string, string | undefined>>) {
  const root = join(folder, name);
  const bin = join(root, "bin");
  await mkdir(bin, { recursive: true });
  await copyFile(join(checkout, "run"), join(root, "run"));
  const plain = ["bash", "env", "dirname", "readlink", "mkdir", "cat", "find", "cmp", "flock", "id", "touch", "tail"];
  for (const program of plain) await symlink((await execa("which", [program])).stdout, join(bin, program));
  for (const [program, script] of Object.entries(programs)) {
    if (script === undefined) await symlink((await execa("which", [program])).stdout, join(bin, program));
    else {
      await writeFile(join(bin, program), `#!/usr/bin/env bash\n${script}\n`);
      await chmod(join(bin, program), 0o755);
    }
  }
  return (...args: string[]) => execa(join(root, "run"), args, { env: { PATH: bin }, extendEnv: false, reject: false });
}

describe("what is missing is named with its remedy", () => {
  test("no git", async () => {
    const run = await makeBare("no-git", { node: undefined });
    const { exitCode, stderr } = await run("mos");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("git is not installed");
    expect(stderr).toContain("apt-get install git");
  });

  test("no Node", async () => {
    const run = await makeBare("no-node", { git: undefined });
    const { exitCode, stderr } = await run("demo");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Node is not installed");
  });

  test("an old Node", async () => {
    const node = '[ "$1" = -v ] && { echo v18.19.0; exit; }; exit 1';
    const run = await makeBare("old-node", { git: undefined, node });
    const { exitCode, stderr } = await run("test");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/Node v18\.19\.0 at .* is too old/);
  });

  test("an npm that fails: its own words are shown, and nothing counts as installed", async () => {
    const run = await makeBare("bad-npm", { git: undefined, node: undefined, npm: "echo 'the registry said no' >&2; exit 1" });
    const { exitCode, stderr } = await run("mos");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("the registry said no");
    expect(stderr).toContain("npm ci failed");
  });

  test("an unknown verb", async () => {
    const { exitCode, stderr } = await (await makeBare("verb", {}))("dance");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("./run demo");
  });
});

describe("a checkout", () => {
  let root: string;

  beforeAll(async () => {
    root = join(folder, "checkout");
    await mkdir(root);
    for (const part of [
      "run",
      "src",
      "package.json",
      "package-lock.json",
      "tsconfig.json",
      "tsdown.config.mjs",
      "vitest.config.ts",
      "node_modules",
    ]) {
      await execa("cp", ["-r", "--reflink=auto", "--preserve=mode,links", join(checkout, part), root]);
    }
    await copyFile(join(root, "package-lock.json"), join(root, "node_modules", ".mos-lock"));
  });

  const run = (...args: string[]) => execa(join(root, "run"), args, { reject: false, env: { CI: "true", MOS_TEST_LONG: undefined } });

  test("two at once share one build, and both work", async () => {
    const [first, second] = await Promise.all([run("mos", "--version"), run("mos", "--version")]);
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(first.stdout).toBe(second.stdout);
    expect(first.stdout).toContain(JSON.parse(await readFile(join(root, "package.json"), "utf8")).version);
    expect(first.stderr + second.stderr).toBe("");
  });

  test("what changed is built again, what did not is not, and a broken build says why", async () => {
    const stamp = async () => (await execa("stat", ["-c", "%Y.%i", join(root, "dist/mos.mjs")])).stdout;
    const before = await stamp();
    await run("mos", "--version");
    expect(await stamp()).toBe(before);
    const source = join(root, "src/entry/cli/main.ts");
    const text = await readFile(source, "utf8");
    await writeFile(source, `${text}\nimport "./not-there.ts";\n`);
    const broken = await run("mos", "--version");
    expect(broken.exitCode).toBe(1);
    expect(broken.stderr).toContain("not-there");
    await writeFile(source, text);
    expect((await run("mos", "--version")).exitCode).toBe(0);
    expect(await stamp()).not.toBe(before);
  });

  test("it adds less than 100 ms when nothing changed", async () => {
    const minimum = async (file: string, args: string[]) => {
      const times: number[] = [];
      for (let at = 0; at < 7; at += 1) {
        const startedMs = performance.now();
        await execa(file, args);
        times.push(performance.now() - startedMs);
      }
      return Math.min(...times);
    };
    const bare = await minimum(process.execPath, [join(root, "dist/mos.mjs"), "--version"]);
    expect((await minimum(join(root, "run"), ["mos", "--version"])) - bare).toBeLessThan(100);
  });

  test("a lockfile that changed is installed again", async () => {
    await writeFile(join(root, "node_modules", ".mos-lock"), "another");
    await utimes(join(root, "package-lock.json"), new Date(), new Date());
    const bin = join(folder, "npm-bin");
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, "npm"), '#!/usr/bin/env bash\necho "$@" >"$NPM_ASKED"\n');
    await chmod(join(bin, "npm"), 0o755);
    const asked = join(folder, "npm-asked");
    const env = { PATH: `${bin}:${process.env.PATH}`, NPM_ASKED: asked };
    const { exitCode } = await execa(join(root, "run"), ["mos", "--version"], { env, reject: false });
    expect(exitCode).toBe(0);
    expect(await readFile(asked, "utf8")).toContain("ci --ignore-scripts");
  });

  test("run test ends in the counts of what really ran, passes --long on, and fails with its tests", async () => {
    await mkdir(join(root, "test/support"), { recursive: true });
    for (const name of ["print-counts.mjs", "build-when-stale.ts"])
      await copyFile(join(checkout, "test/support", name), join(root, "test/support", name));
    const body = (expected: string) =>
      `import { expect, test } from "vitest";\ntest("long", () => expect(process.env.MOS_TEST_LONG ?? "").toBe("${expected}"));\n`;
    await writeFile(join(root, "test/short.test.ts"), body(""));
    await writeFile(join(root, "test/long.test.ts"), body("1"));
    const short = await run("test", "test/short.test.ts");
    expect([short.exitCode, short.stdout.split("\n").at(-1)]).toEqual([0, "1 passed, 0 failed"]);
    const long = await run("test", "--long", "test/long.test.ts");
    expect([long.exitCode, long.stdout.split("\n").at(-1)]).toEqual([0, "1 passed, 0 failed"]);
    const both = await run("test");
    expect([both.exitCode, both.stdout.split("\n").at(-1)]).toEqual([1, "1 passed, 1 failed"]);
  });

  test("run test alone asks for the agent clients; where they cannot be had it says so and goes on, and with them it asks no more", async () => {
    await mkdir(join(root, "test/client"), { recursive: true });
    await writeFile(join(root, "test/client/package.json"), "{}");
    await writeFile(join(root, "test/client/package-lock.json"), "locked");
    const bin = join(folder, "no-registry");
    await mkdir(bin, { recursive: true });
    const asked = join(folder, "npm-asked-for-clients");
    await writeFile(join(bin, "npm"), '#!/usr/bin/env bash\necho "$PWD $*" >>"$NPM_ASKED"; echo "no registry" >&2; exit 1\n');
    await chmod(join(bin, "npm"), 0o755);
    const env = { PATH: `${bin}:${process.env.PATH}`, NPM_ASKED: asked, CI: "true", MOS_TEST_LONG: undefined };
    const runOffline = (...args: string[]) => execa(join(root, "run"), args, { env, reject: false });
    expect((await runOffline("mos", "--version")).exitCode).toBe(0);
    await expect(readFile(asked, "utf8")).rejects.toThrow("ENOENT");
    const without = await runOffline("test", "test/short.test.ts");
    expect([without.exitCode, without.stdout.split("\n").at(-1)]).toEqual([0, "1 passed, 0 failed"]);
    expect(without.stderr).toContain("no registry");
    expect(without.stderr).toContain("cannot be had");
    expect(await readFile(asked, "utf8")).toContain(".cache/clients ci --ignore-scripts");
    await writeFile(join(root, ".cache/clients/.mos-lock"), "locked");
    await rm(asked);
    const fresh = await runOffline("test", "test/short.test.ts");
    expect(fresh.exitCode).toBe(0);
    expect(fresh.stderr).not.toContain("run: ");
    await expect(readFile(asked, "utf8")).rejects.toThrow("ENOENT");
  });
});
