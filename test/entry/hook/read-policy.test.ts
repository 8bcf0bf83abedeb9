import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { judgeCall } from "../../../src/entry/hook/judge-call.ts";
import { parseArguments } from "../../../src/entry/hook/parse-arguments.ts";
import { readPolicy } from "../../../src/entry/hook/read-policy.ts";
import { type HookWorkspace, makeHookWorkspace } from "../../support/make-hook-workspace.ts";

let made: HookWorkspace;
let good: string;
let config: string;
beforeAll(async () => {
  made = await makeHookWorkspace();
  good = readFileSync(made.policy, "utf8");
  config = readFileSync(join(made.root, "mos.yaml"), "utf8");
});
afterAll(() => made.remove());
beforeEach(async () => {
  rmSync(made.policy, { recursive: true, force: true });
  writeFileSync(join(made.root, "mos.yaml"), config);
  await made.writePolicy();
});

const read = () => readPolicy({ file: made.policy, root: made.root });
/** What the hook says of a call that nobody minds. */
const judge = () => judgeCall({ ...parseArguments(["claude", ...made.options]), text: made.harmless, readPolicy: read, by: "hook" }).answer;
const denies = (why: string) => {
  const { exit, stdout } = judge();
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: expect.stringContaining(why) });
  expect(stdout).toContain("hook-tamper-guard H2");
};

describe("the policy as a hook reads it", () => {
  test("H4: as it was written it decides", () => {
    expect(read().domains.map(({ name, sealed }) => ({ name, sealed }))).toEqual([
      { name: "music", sealed: false },
      { name: "trading", sealed: true },
      { name: "operator", sealed: false },
    ]);
    expect(judge()).toMatchObject({ exit: 0 });
  });

  test("H4: missing, a folder, a pipe, empty, nonsense: each denies", () => {
    rmSync(made.policy);
    denies("there is no policy");
    mkdirSync(made.policy);
    denies("no plain file");
    rmSync(made.policy, { recursive: true });
    execFileSync("mkfifo", [made.policy]);
    denies("no plain file");
    rmSync(made.policy);
    for (const text of ["", "{}", "null", "not JSON", good.replaceAll(" ", "").toUpperCase()]) {
      writeFileSync(made.policy, text);
      denies("truncated or no policy");
    }
  });

  test("H4: cut off anywhere it denies", () => {
    for (let at = 0; at < 60; at += 1) {
      writeFileSync(made.policy, good.slice(0, Math.floor((good.length * at) / 60)));
      denies("truncated or no policy");
    }
    writeFileSync(made.policy, good.slice(0, -1));
    denies("truncated or no policy");
  });

  test("H4: a word changed by hand denies, and so does another version", async () => {
    writeFileSync(made.policy, good.replace('"sealed":true', '"sealed":false'));
    denies("checksum");
    const { createHash } = await import("node:crypto");
    const policyText = JSON.stringify({ ...JSON.parse(good).policy, schemaVersion: 2 });
    writeFileSync(made.policy, `{"checksum":"${createHash("sha256").update(policyText).digest("hex")}","policy":${policyText}}\n`);
    denies("another version");
  });

  test("H4: one that others may write, or nobody may read, denies", () => {
    chmodSync(made.policy, 0o666);
    denies("may be written by others");
    chmodSync(made.policy, 0o000);
    if (process.getuid?.() !== 0) denies("cannot be read");
  });

  test("H4: mos.yaml changed, or gone, makes it old at once; written again it decides", async () => {
    const { mtimeMs } = statSync(made.policy);
    writeFileSync(join(made.root, "mos.yaml"), `${config}\n# changed\n`);
    utimesSync(join(made.root, "mos.yaml"), mtimeMs / 1000 + 0.002, mtimeMs / 1000 + 0.002);
    denies("mos.yaml was changed");
    await made.writePolicy();
    expect(judge()).toMatchObject({ exit: 0 });
    rmSync(join(made.root, "mos.yaml"));
    denies("mos.yaml was changed");
  });

  test("H4: another workspace's policy denies", () => {
    const other = `${made.root}-other`;
    mkdirSync(join(other, ".mos"), { recursive: true });
    cpSync(join(made.root, "mos.yaml"), join(other, "mos.yaml"), { preserveTimestamps: true });
    cpSync(made.policy, join(other, ".mos/policy.json"), { preserveTimestamps: true });
    expect(() => readPolicy({ file: join(other, ".mos/policy.json"), root: other })).toThrow(`is that of ${made.root}`);
  });

  test("H4: it is put in place by rename, and only when it is not what it would be", async () => {
    const before = statSync(made.policy);
    await made.writePolicy();
    expect(statSync(made.policy).ino).toBe(before.ino);
    renameSync(made.policy, `${made.policy}.kept`);
    await made.writePolicy();
    expect(readFileSync(made.policy, "utf8")).toBe(readFileSync(`${made.policy}.kept`, "utf8"));
    expect((statSync(made.policy).mode & 0o777).toString(8)).toBe("644");
  });

  test("H4: where it cannot be written the old one is gone, and every call is denied", async () => {
    writeFileSync(join(made.root, "mos.yaml"), `${config}\n# changed again\n`);
    const run = join(made.stateDir, "run");
    renameSync(run, `${run}.kept`);
    writeFileSync(run, "in the way");
    await expect(made.writePolicy()).rejects.toMatchObject({ code: "policy-not-written" });
    rmSync(run);
    renameSync(`${run}.kept`, run);
    denies("there is no policy");
  });
});
