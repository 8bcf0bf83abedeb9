import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportLog } from "../../src/app/export-log.ts";
import { verifyCopies } from "../../src/app/verify-copies.ts";
import type { Domain, RepoHandle } from "../../src/contract/config.ts";
import type { Receipt } from "../../src/contract/run.ts";
import { receiptRef } from "../../src/core/gate/find-tip.ts";
import type { World } from "../../src/port/world.ts";
import { landByHand } from "../support/land-by-hand.ts";
import { commitFiles, runGitIn } from "../support/make-repository.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";
import { takeSnapshot } from "../support/take-snapshot.ts";

let home: WikiWorld;
let world: World;
let log: string;
let landed: Receipt[];
const repos: Record<string, RepoHandle> = {};

function withBaseline(domain: Domain): Domain {
  const repo = { ...domain.home, baseline: runGitIn(domain.home.path, "rev-parse", "HEAD") };
  repos[domain.name] = repo;
  return { ...domain, home: repo, repos: [repo] };
}

beforeAll(async () => {
  home = await makeWikiWorld({
    music: { prefix: "MUS", files: { "DOMAIN.md": "# Music\n" } },
    writing: { prefix: "WRI", files: { "DOMAIN.md": "# Writing\n" } },
  });
  const { workspace } = home.world;
  world = { ...home.world, workspace: { ...workspace, domains: workspace.domains.map(withBaseline) } };
  landed = [
    await landByHand(world, repos.music as RepoHandle),
    await landByHand(world, repos.music as RepoHandle, { tickets: ["MUS-2", "MUS-3"] }),
    await landByHand(world, repos.writing as RepoHandle, { tickets: ["WRI-1"] }),
  ];
  log = join(home.root, "log.jsonl");
  await exportLog(world, { file: log });
  for (const name of ["music", "writing"]) runGitIn(home.root, "clone", "-q", "--mirror", name, `${name}.git`);
});
afterAll(() => home.remove());

const copyOf = (name: string, as: string) => {
  execFileSync("cp", ["-r", join(home.root, name), join(home.root, as)]);
  return join(home.root, as);
};
const verify = (args: { log?: string; repos?: string[]; baselines?: string[] }) =>
  verifyCopies(world.git, { log, repos: ["music.git", "writing.git"], baselines: [], cwd: home.root, ...args });

test("G2f: bare copies and a copied log verify without a workspace, and nothing is written", async () => {
  const before = [takeSnapshot(join(home.root, "music.git")), takeSnapshot(join(home.root, "writing.git")), readFileSync(log, "utf8")];
  expect(await verify({})).toMatchObject({ ok: true, events: 6, commits: 3, receipts: 3, findings: [], unread: [], unasked: [] });
  expect([takeSnapshot(join(home.root, "music.git")), takeSnapshot(join(home.root, "writing.git")), readFileSync(log, "utf8")]).toEqual(
    before,
  );
});

test("G2f: the copied folder of a repository does as well, read-only, and what was not given is said", async () => {
  const folder = copyOf("music", "music-copy");
  execFileSync("chmod", ["-R", "a-w", folder]);
  expect(await verify({ repos: ["music-copy"] })).toMatchObject({ ok: true, commits: 2, unasked: ["writing"] });
  execFileSync("chmod", ["-R", "u+w", folder]);
});

test("G2f: what is wrong in a copy is named as in a workspace", async () => {
  const folder = copyOf("music.git", "forged.git");
  const [first, second] = landed as [Receipt, Receipt];
  runGitIn(folder, "update-ref", receiptRef(first.commit), runGitIn(folder, "rev-parse", receiptRef(second.commit)));
  expect(await verify({ repos: ["forged.git"] })).toMatchObject({
    ok: false,
    findings: [{ lane: "music", problem: "replayed", commit: first.commit }],
  });
});

test("G2f: a copy without receipts, as a plain clone is, is not whole", async () => {
  runGitIn(home.root, "clone", "-q", "music", "plain");
  const { ok, findings } = await verify({ repos: ["plain"] });
  expect(ok).toBe(false);
  expect(findings.map(({ problem }) => problem)).toEqual(["no-receipt", "no-receipt"]);
});

test("G2f: a log that was cut, changed, or is none", async () => {
  const text = readFileSync(log, "utf8");
  const lines = text.trimEnd().split("\n");
  const given = async (name: string, content: string) => {
    writeFileSync(join(home.root, name), content);
    return verify({ log: join(home.root, name) });
  };
  const cut = await given("cut.jsonl", `${lines.slice(0, -1).join("\n")}\n`);
  expect(cut).toMatchObject({ ok: false, unread: [{ reason: expect.stringContaining("baseline of no lane in the log") }] });
  const shorter = await given("shorter.jsonl", `${lines.slice(0, 3).join("\n")}\n`);
  expect(shorter.findings).toMatchObject([{ lane: "music", problem: "forged", commit: landed[1]?.commit }]);
  expect(await given("changed.jsonl", text.replace("grün", "grau"))).toMatchObject({ ok: false, brokenAt: 1 });
  expect(await given("order.jsonl", lines.toReversed().join("\n"))).toMatchObject({ ok: false, brokenAt: 1 });
  expect(await given("junk.jsonl", `${lines[0]}\nno event\n${lines[1]}`)).toMatchObject({ ok: false, brokenAt: 2 });
  expect(await given("empty.jsonl", "")).toMatchObject({ ok: false, events: 0, unread: [{}, {}] });
  await expect(verify({ log: home.root })).rejects.toMatchObject({ code: "log-unreadable" });
});

test("G2f: whose a copy is, is told by the log; where it is not, it is to be said", async () => {
  const other = join(home.root, "other");
  mkdirSync(other);
  runGitIn(other, "init", "-q", "-b", "main");
  runGitIn(other, "config", "user.email", "x@example.invalid");
  runGitIn(other, "config", "user.name", "x");
  const tip = commitFiles(other, { a: "a\n" }, "one");
  expect(await verify({ repos: ["other"] })).toMatchObject({ ok: false, unread: [{ reason: expect.stringContaining("LANE=DIR") }] });
  await expect(verify({ repos: ["music.git", "music"] })).rejects.toMatchObject({ code: "repo-unknown" });
  await expect(verify({ repos: ["nowhere"] })).rejects.toMatchObject({ code: "repo-unknown" });
  await expect(verify({ repos: ["lab=other"], baselines: ["lab=main"] })).rejects.toMatchObject({ code: "baseline-unknown" });
  expect(await verify({ repos: ["lab=other"] })).toMatchObject({
    ok: false,
    unread: [{ lane: "lab", reason: expect.stringContaining("receipts begin") }],
  });
  expect(await verify({ repos: ["lab=other"], baselines: [`lab=${tip}`] })).toMatchObject({
    ok: true,
    commits: 0,
    unasked: ["music", "writing"],
  });
  expect(await verify({ repos: ["music=writing.git"] })).toMatchObject({ ok: false });
});

test("G2f: a copy that an enemy made is data: its settings run nothing, its strange files hold nobody up, its objects are what their ids say", async () => {
  const folder = copyOf("music.git", "hostile.git");
  const trace = join(home.root, "ran");
  const script = join(home.root, "run.sh");
  writeFileSync(script, `#!/bin/sh\ntouch ${trace}\n`);
  chmodSync(script, 0o755);
  const settings = [
    "core.fsmonitor",
    "core.pager",
    "gpg.program",
    "core.sshCommand",
    "uploadpack.packObjectsHook",
    "core.alternateRefsCommand",
  ];
  for (const name of settings) runGitIn(folder, "config", name, script);
  runGitIn(folder, "config", "log.showSignature", "true");
  runGitIn(folder, "config", "include.path", "/dev/zero");
  expect(await verify({ repos: ["hostile.git"] })).toMatchObject({ ok: true, commits: 2 });
  expect(readdirSync(home.root)).not.toContain("ran");

  const second = landed[1] as Receipt;
  const loose = join(copyOf("music", "rehashed"), ".git/objects", second.commit.slice(0, 2), second.commit.slice(2));
  const first = landed[0] as Receipt;
  // Another commit's bytes under the landed one's id: git itself would believe them.
  execFileSync("cp", ["-f", join(home.root, "music/.git/objects", first.commit.slice(0, 2), first.commit.slice(2)), loose]);
  expect((await verify({ repos: ["rehashed"] })).ok).toBe(false);

  const piped = copyOf("music.git", "piped.git");
  execFileSync("mkfifo", [join(piped, "refs/heads/pipe")]);
  expect(await verify({ repos: ["music=piped.git"] })).toMatchObject({
    ok: false,
    unread: [{ reason: expect.stringContaining("neither a file nor a folder") }],
  });
  const linked = copyOf("music.git", "linked.git");
  symlinkSync("/etc", join(linked, "refs/heads/etc"));
  expect(await verify({ repos: ["music=linked.git"] })).toMatchObject({
    ok: false,
    unread: [{ reason: expect.stringContaining("neither") }],
  });
});

test("G2f: an export writes over nothing, and holds every event as it is", async () => {
  await expect(exportLog(world, { file: log })).rejects.toMatchObject({ code: "file-exists" });
  await expect(exportLog(world, { file: join(home.root, "none/log") })).rejects.toMatchObject({ code: "file-unwritable" });
  const events = await world.store.read((tx) => tx.events());
  expect(
    readFileSync(log, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual(events);
  expect(readdirSync(home.root).filter((name) => name.endsWith(".part"))).toEqual([]);
});
