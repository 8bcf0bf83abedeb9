import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callMos, fileTicket, makeCommandWorkspace } from "../support/file-tickets.ts";
import { makeRepository, makeTemporaryFolder, runGitIn, writeFiles } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { type MosRun, readEnvelope, runMos } from "../support/run-mos.ts";
import { takeSnapshot } from "../support/take-snapshot.ts";

const folder = makeTemporaryFolder("mos-bad-");
const template = join(folder.path, "template");
let copies = 0;

beforeAll(async () => {
  mkdirSync(template);
  await makeCommandWorkspace(template, ["music"]);
}, 60_000);
afterAll(folder.remove);

/** A workspace of its own, with one repository; a copy of what the program made. */
function copyWorkspace(name?: string) {
  copies += 1;
  const copy = join(folder.path, name ?? `copy-${copies}`);
  cpSync(template, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  const root = join(copy, "os");
  const config = join(root, "mos.yaml");
  writeFileSync(config, readFileSync(config, "utf8").replaceAll(template, copy));
  const repo = join(copy, "repos", "music");
  const mos = (args: readonly string[], env: Record<string, string> = {}) => runMos(args, { cwd: root, env });
  return {
    copy,
    root,
    repo,
    config,
    mos,
    /** Files and refs of everything, and what the store says of itself. */
    files: () => takeSnapshot(copy, ["os/.mos"]),
    look: async () => ({
      files: takeSnapshot(copy, ["os/.mos"]),
      tickets: await callMos(root, ["ticket", "list"]),
      log: await callMos(root, ["log", "verify"]),
    }),
  };
}
type Copy = ReturnType<typeof copyWorkspace>;

/** The same call for people and for programs: both name the thing and the remedy, in their own form, and show no stack. */
async function expectRefusal(
  call: (json: boolean) => Promise<MosRun>,
  expected: { exit: number; code?: string; names: RegExp; remedy: RegExp },
): Promise<void> {
  const plain = await call(false);
  expect(plain.exitCode, plain.stdout + plain.stderr).toBe(expected.exit);
  expect(plain.stderr).toMatch(/^mos: /m);
  expect(plain.stderr).toMatch(/^ {2}→ /m);
  const json = await call(true);
  expect(json.exitCode).toBe(expected.exit);
  const envelope = readEnvelope(json);
  expect(envelope.kind).toBe("error");
  expect(envelope.error?.message).toMatch(expected.names);
  expect(envelope.error?.hint).toMatch(expected.remedy);
  if (expected.code !== undefined) expect(envelope.error?.code).toBe(expected.code);
  for (const text of [plain.stdout, plain.stderr, json.stdout, json.stderr]) {
    expect(text).not.toMatch(/^\s+at .*:\d+:\d+/m);
    expect(text).not.toMatch(/ZodError|Invalid input|Unrecognized key|Something in Master OS itself/);
  }
}

const withJson = (args: readonly string[], json: boolean) => (json ? [...args, "--json"] : [...args]);

/** Refused, and the files and refs are as they were before; of the store, its groups of tests look afterwards. */
async function expectUntouched(at: Copy, args: readonly string[], expected: Parameters<typeof expectRefusal>[1]): Promise<void> {
  const before = at.files();
  await expectRefusal((json) => at.mos(withJson(args, json)), expected);
  expect(at.files()).toEqual(before);
}

describe("a broken mos.yaml", () => {
  test.each([
    ["syntax", (text: string) => `${text}\nlimits2: [`, /mos\.yaml:\d+:\d+/, /YAML/],
    ["a wrong key", (text: string) => `${text}\ndomanis: {}\n`, /mos\.yaml:\d+:1: unknown key 'domanis'/, /Did you mean 'domains'/],
    [
      "a wrong type",
      (text: string) => text.replace("prefix: MUS", "prefix: 7"),
      /mos\.yaml:\d+:\d+: domains\.music\.prefix: must be text, not 7/,
      /text/,
    ],
    [
      "a prefix twice",
      (text: string) => text.replace("domains:\n", "domains:\n  jobs:\n    prefix: MUS\n    home: { path: ../repos/jobs }\n"),
      /mos\.yaml.*MUS/,
      /./,
    ],
  ])("%s: every command names file, line and remedy, and changes nothing; mended, all is there", async (_, breakText, names, remedy) => {
    const at = copyWorkspace();
    const good = readFileSync(at.config, "utf8");
    const before = await at.look();
    writeFileSync(at.config, breakText(good));
    const broken = at.files();
    for (const args of [["run"], ["start", "--yes"], ["domain", "add", "jobs", "--new", "--yes"]]) {
      await expectRefusal((json) => at.mos(withJson(args, json)), { exit: 1, code: "config-invalid", names, remedy });
    }
    expect(at.files()).toEqual(broken);
    writeFileSync(at.config, good);
    expect(await at.look()).toEqual(before);
    expect((await at.mos(["status"])).exitCode).toBe(0);
  });
});

describe("what does not exist, or is there twice", () => {
  let at: Copy;
  beforeAll(() => {
    at = copyWorkspace();
    mkdirSync(join(at.copy, "plain"));
    mkdirSync(join(at.copy, "unborn"));
    runGitIn(join(at.copy, "unborn"), "init", "-q", "-b", "main");
  });

  test.each([
    [["domain", "add", "plain", "--path", "../plain", "--yes"], 1, /plain is not a git repository/, /git init/],
    [["domain", "add", "gone", "--path", "../gone", "--yes"], 1, /gone is not a folder/, /--new/],
    [["domain", "add", "unborn", "--path", "../unborn", "--yes"], 1, /unborn has no commit/, /git commit/],
    [["domain", "add", "music", "--new", "--yes"], 1, /'music'/, /another name/],
    [["domain", "add", "music2", "--path", "../repos/music", "--yes"], 1, /repository of 'music'/, /of its own/],
    [["domain", "add", "other", "--new", "--prefix", "MUS", "--yes"], 1, /'MUS' is the prefix of 'music'/, /another/],
    [["domain", "add", "Bad Name", "--new", "--yes"], 2, /'Bad Name'/, /bad-name/],
    [["froz"], 2, /'froz'/, /--help/],
    [["status", "--froz"], 2, /'--froz'/, /--help/],
    [["ticket", "show", "MUS-99"], 3, /MUS-99/, /mos ticket list/],
    [["ticket", "ready", "MUS-99"], 3, /MUS-99/, /mos ticket list/],
    [["run", "--ticket", "MUS-99"], 3, /MUS-99/, /mos ticket list/],
    [["run", "--max-parallel", "0"], 2, /--max-parallel must be at least 1/, /--help/],
    [["ticket", "block", "MUS-1", "--reason", ""], 2, /--reason must not be empty/, /--help/],
    [["run", "--max-parallel", "many"], 2, /--max-parallel must be a whole number/, /--help/],
    [["brief", "--domain", "nope"], 3, /nope/, /music/],
    [["gate", "receipt", "MUS-99"], 3, /MUS-99/, /./],
    [["ticket", "adopt", "nope", "--domain", "music"], 3, /no branch nope/, /git .*branch/],
    [["ticket", "adopt", "main", "--domain", "nope"], 3, /nope/, /mos domain list/],
    [["start", "--answers", "none.yaml"], 3, /none\.yaml/, /--answers-template/],
    [["--workspace", "/nonexistent", "status"], 3, /\/nonexistent/, /mos init/],
  ])("%s", async (args, exit, names, remedy) => {
    await expectUntouched(at, args, { exit, names, remedy });
  });

  test("none of these left anything in the store", async () => {
    expect(await callMos(at.root, ["ticket", "list"])).toEqual([]);
    expect(await callMos(at.root, ["log", "verify"])).toMatchObject({ ok: true });
    expect(await callMos(at.root, ["doctor"])).toMatchObject({ grade: "A" });
  });

  test("outside any workspace", async () => {
    await expectRefusal((json) => runMos(withJson(["status"], json), { cwd: folder.path }), {
      exit: 3,
      code: "no-workspace",
      names: /no mos\.yaml in/,
      remedy: /mos init/,
    });
  });
});

describe("a ticket's file", () => {
  let at: Copy;
  beforeAll(() => {
    at = copyWorkspace();
  });

  test.each([
    ["an unknown key", "{title: t, domain: music, tuoches: [x]}", 2, /ticket\.yaml:1:\d+: unknown key 'tuoches'/, /'touches'/],
    [
      "a path that leaves the repository",
      "{title: t, domain: music, touches: [../x]}",
      2,
      /touches\[0\]: a path may not contain/,
      /touches\[0\]/,
    ],
    ["an absolute path", "{title: t, domain: music, touches: [/etc/x]}", 2, /touches\[0\]: .* is relative/, /touches\[0\]/],
    ["a path into .git", "{title: t, domain: music, touches: [.git/config]}", 2, /touches\[0\]: .*\.git/, /touches\[0\]/],
    ["a path into .GIT", "{title: t, domain: music, touches: [a/.GIT/hooks/x]}", 2, /touches\[0\]: .*\.git/, /touches\[0\]/],
    ["a thread outside", "{title: t, domain: music, thread: ../x}", 2, /thread: a path may not contain/, /thread/],
    ["an unknown domain", "{title: t, domain: nope}", 3, /no domain nope/, /music/],
    ["an unknown repository", "{title: t, domain: music, repo: nope}", 3, /no repository nope/, /home/],
    ["an unknown dependency", "{title: t, domain: music, dependsOn: [MUS-9]}", 1, /MUS-9, which does not exist/, /dependsOn/],
    ["no YAML", "[", 2, /ticket\.yaml:\d+:\d+/, /YAML/],
    ["nothing", "", 2, /title: is missing/, /Add title/],
  ])("T9: %s is refused by line and field", async (_, text, exit, names, remedy) => {
    writeFileSync(join(at.root, "ticket.yaml"), text);
    await expectUntouched(at, ["ticket", "new", "--file", "ticket.yaml"], { exit, names, remedy });
  });

  test("none of these left a ticket", async () => {
    expect(await callMos(at.root, ["ticket", "list"])).toEqual([]);
  });

  test("T3: a cycle of dependencies is refused when it is made, and names its way round", async () => {
    const file = (name: string, dependsOn: string[]) => {
      writeFileSync(
        join(at.root, "ticket.yaml"),
        JSON.stringify({ title: name, domain: "music", dependsOn, run: ["true"], accept: ["true"] }),
      );
      return "ticket.yaml";
    };
    const first = (await callMos(at.root, ["ticket", "new", "--file", file("one", [])])) as { id: string };
    const second = (await callMos(at.root, ["ticket", "new", "--file", file("two", [first.id])])) as { id: string };
    file("one", [second.id]);
    const round = new RegExp(`${first.id} → ${second.id} → ${first.id}`);
    await expectUntouched(at, ["ticket", "edit", first.id, "--file", "ticket.yaml"], { exit: 1, names: round, remedy: /dependsOn/ });
    expect((await at.mos(["ticket", "ready", first.id])).exitCode).toBe(0);
  });
});

describe("files of the operator's", () => {
  test("a playbook with a wrong key names file, key and remedy; mended, the same command works", async () => {
    const at = copyWorkspace();
    const file = join(at.root, "playbooks", "mine.yaml");
    writeFiles(at.root, { "playbooks/mine.yaml": "id: mine\ntitel: Mine\n" });
    const broken = at.files();
    await expectRefusal((json) => at.mos(withJson(["start", "--yes"], json)), {
      exit: 1,
      names: /playbooks\/mine\.yaml:2:1.*'titel'/,
      remedy: /'title'/,
    });
    expect(at.files()).toEqual(broken);
    rmSync(file);
    expect((await at.mos(["playbook", "list"])).exitCode).toBe(0);
    expect(await callMos(at.root, ["ticket", "list"])).toEqual([]);
  });

  test.each([
    ["a wrong key", "answres: []\n", 2, /answers\.yaml:1: .*unknown key 'answres'/, /answers-template/],
    ["no YAML", "answers: [\n", 2, /answers\.yaml:\d/, /answers-template/],
    ["an unknown domain", "answers: [{domain: nope, decision: x, option: y}]\n", 2, /"nope"/, /music/],
    ["an unknown decision", "answers: [{domain: music, decision: nope, option: y}]\n", 2, /"nope" of music/, /./],
  ])(
    "an answers file with %s",
    async (_, text, exit, names, remedy) => {
      const at = copyWorkspace();
      writeFileSync(join(at.root, "answers.yaml"), text);
      const before = at.files();
      await expectRefusal((json) => at.mos(withJson(["start", "--answers", "answers.yaml"], json)), { exit, names, remedy });
      expect(at.files()).toEqual(before);
      expect(await callMos(at.root, ["ticket", "list"])).toEqual([]);
      expect((await at.mos(["start", "--yes"])).exitCode).toBe(0);
    },
    60_000,
  );
});

describe.skipIf(!boxAvailable)("git in an unexpected state (needs a sandbox)", () => {
  const appendTo = (at: Copy, path = "a.txt") =>
    fileTicket(at.root, { domain: "music", title: `Write ${path}`, touches: [path], run: [`echo landed >> '${path}'`] });
  const run = async (at: Copy, env: Record<string, string> = {}) => {
    const done = await at.mos(["run", "--json"], env);
    return { exitCode: done.exitCode, data: readEnvelope(done).data as Record<string, unknown> };
  };

  test("no git identity: the run says how to set it, nothing lands; then the same run lands it", async () => {
    const at = copyWorkspace();
    const id = await appendTo(at);
    for (const key of ["user.name", "user.email"]) runGitIn(at.repo, "config", "--unset", key);
    rmSync(join(at.root, ".gitconfig"));
    const before = at.files();
    const first = await at.mos(["run"]);
    expect(first.exitCode).toBe(5);
    expect(first.stdout + first.stderr).toMatch(/git config --global user\.name/);
    expect(at.files()).toEqual(before);
    writeFileSync(join(at.root, ".gitconfig"), "[user]\n\tname = Op\n\temail = op@example.invalid\n");
    const waits = (await callMos(at.root, ["ticket", "show", id])) as { state: string };
    if (waits.state === "blocked") await callMos(at.root, ["ticket", "unblock", id]);
    expect(await run(at)).toMatchObject({ exitCode: 0, data: { merged: [id] } });
  });

  test("a detached main: the run ends in 5 and names it with its remedy, nothing lands; switched back, it lands", async () => {
    const at = copyWorkspace();
    const id = await appendTo(at);
    runGitIn(at.repo, "checkout", "-q", "--detach");
    const before = at.files();
    const first = await at.mos(["run"]);
    expect(first.exitCode).toBe(5);
    expect(first.stdout).toMatch(/music is held by the doctor/);
    expect(first.stdout).toMatch(/detached/);
    expect(first.stdout).toMatch(/→ .*switch main/);
    expect(at.files()).toEqual(before);
    runGitIn(at.repo, "switch", "-q", "main");
    expect(await run(at)).toMatchObject({ exitCode: 0, data: { merged: [id] } });
  });

  test("a main that is gone: the run ends in 5 and names it; restored, the run goes on", async () => {
    const at = copyWorkspace();
    const id = await appendTo(at);
    const tip = runGitIn(at.repo, "rev-parse", "main");
    runGitIn(at.repo, "checkout", "-q", "--detach");
    runGitIn(at.repo, "branch", "-q", "-D", "main");
    const before = at.files();
    const first = await at.mos(["run"]);
    expect(first.exitCode).toBe(5);
    expect(first.stdout).toMatch(/music/);
    expect(first.stdout).toMatch(/main/);
    expect(first.stdout + first.stderr).not.toMatch(/Something in Master OS itself/);
    expect(at.files()).toEqual(before);
    runGitIn(at.repo, "switch", "-q", "-c", "main", tip);
    const waits = (await callMos(at.root, ["ticket", "show", id])) as { state: string };
    if (waits.state === "blocked") await callMos(at.root, ["ticket", "unblock", id]);
    expect(await run(at)).toMatchObject({ exitCode: 0, data: { merged: [id] } });
  });

  test("spaces and Unicode in every path, and a home that is reached through a link: a ticket lands all the same", async () => {
    const at = copyWorkspace("ein Ordner mit Ümläuten 工作 'q'");
    const id = await appendTo(at, "ein Lied.txt");
    const odd = join(at.copy, "repos", "zweites Repo ö");
    makeRepository(odd, { Makefile: "test:\n\ttrue\nlint:\n\ttrue\n", "main.c": "int main(void) { return 0; }\n" });
    symlinkSync("zweites Repo ö", join(at.copy, "repos", "link to it"));
    await callMos(at.root, ["domain", "add", "jobs", "--path", join(at.copy, "repos", "link to it"), "--yes"]);
    const second = await fileTicket(at.root, {
      domain: "jobs",
      title: "Ünïcödé",
      touches: ["ä ö/"],
      run: ["mkdir -p 'ä ö' && echo x > 'ä ö/ü \"q\".txt'"],
    });
    const done = await run(at);
    expect(done).toMatchObject({ exitCode: 0, data: { blocked: [] } });
    expect((done.data.merged as string[]).sort()).toEqual([id, second].sort());
    expect(readFileSync(join(odd, "ä ö", 'ü "q".txt'), "utf8")).toBe("x\n");
    expect((await at.mos(["start", "--yes"])).exitCode).toBe(0);
    expect(await callMos(at.root, ["doctor"])).toMatchObject({ grade: "A" });
  });
});
