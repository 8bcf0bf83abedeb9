import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMachineHost } from "../../../src/adapter/host/machine-host.ts";
import { diagnose, repair } from "../../../src/app/diagnose.ts";
import { receipts } from "../../../src/app/doctor/receipts.ts";
import { runTickets } from "../../../src/app/run-tickets.ts";
import type { World } from "../../../src/port/world.ts";
import { editDomains, expectOnly, expectSound, withBaselines } from "../../support/expect-health.ts";
import { commitFiles, runGitIn } from "../../support/make-repository.ts";
import { boxAvailable } from "../../support/open-box.ts";
import { healthy, type OpenedWorld, openWorld } from "../../support/open-world.ts";
import { sampleReceipt, samples } from "../../support/sample-records.ts";

const host = createMachineHost();
const matter = "---\ntitle: Sound\nkind: strategy\nowner: me\nauthority: operator\nupdated: 2026-11-01\n---\n\n";
const page = `${matter}# Sound\n\n- We play loud.[^c1] See [the other](other.md).\n\n[^c1]: operator 2026-11-01\n`;
const files = {
  "check.sh": "true\n",
  "a.txt": "a\n",
  "wiki/index.md": "- [Sound](sound.md)\n- [Other](other.md)\n",
  "wiki/sound.md": page,
  "wiki/other.md": `${matter}# Other\n`,
};
let opened: OpenedWorld;
let world: World;
let music: string;
let jobs: string;

beforeEach(async () => {
  opened = await openWorld({ music: { prefix: "MUS", files }, jobs: { prefix: "JOB", files, sealed: true } });
  world = opened.world;
  music = join(opened.root, "music");
  jobs = join(opened.root, "jobs");
});
afterEach(() => opened.remove());

/** What a person commits, taken as the ground from which receipts are owed. */
function commitGround(repo: string, changed: Record<string, string>): World {
  commitFiles(repo, changed, "ground");
  return withBaselines(world);
}

async function land(): Promise<string> {
  const id = await opened.fileReady({ domain: "music", title: "Change a", touches: ["a.txt"], run: ["date +%N > a.txt"] });
  expect((await runTickets(world, { diagnose: async () => healthy })).merged).toEqual([id]);
  return runGitIn(music, "rev-parse", "main");
}

describe.skipIf(!boxAvailable)("the doctor in the repositories", () => {
  test("D5: a repository that is gone fails there alone, and no other check stumbles over it", async () => {
    renameSync(jobs, `${jobs}-away`);
    await expectOnly(world, {
      id: "repositories",
      domain: "jobs",
      reason: /jobs is not a git repository/,
      fix: /Restore it|correct its path/,
    });
    mkdirSync(jobs);
    await expectOnly(world, {
      id: "repositories",
      domain: "jobs",
      reason: /jobs is not a git repository/,
      fix: /Restore it|correct its path/,
    });
    rmSync(jobs, { recursive: true });
    renameSync(`${jobs}-away`, jobs);
    await expectSound(world);
  });

  test("D5: a branch that was deleted, and a HEAD that is detached", async () => {
    const tip = runGitIn(music, "rev-parse", "HEAD");
    runGitIn(music, "switch", "-q", "-c", "other");
    runGitIn(music, "branch", "-D", "main");
    await expectOnly(world, { id: "repositories", domain: "music", reason: /music has no branch main/, fix: /branch main <commit>/ });
    runGitIn(music, "branch", "main", tip);
    await expectSound(world);
    runGitIn(music, "switch", "-q", "--detach");
    await expectOnly(world, { id: "repositories", domain: "music", reason: /HEAD is detached at/, fix: /music' switch main/ });
    runGitIn(music, "switch", "-q", "main");
    await expectSound(world);
  });

  test("D5: nobody to commit as", async () => {
    runGitIn(music, "config", "--unset", "user.email");
    await expectOnly(world, { id: "repositories", domain: "music", reason: /does not know who commits in .*music/, fix: /user\.email/ });
    runGitIn(music, "config", "user.email", "me@example.invalid");
    await expectSound(world);
  });

  test("D5: an object that is missing", async () => {
    const id = runGitIn(music, "rev-parse", "HEAD:a.txt");
    const object = join(music, ".git/objects", id.slice(0, 2), id.slice(2));
    renameSync(object, join(opened.root, "kept"));
    await expectOnly(world, { id: "repositories", domain: "music", reason: /objects of main are missing/, fix: /fsck/ });
    renameSync(join(opened.root, "kept"), object);
    await expectSound(world);
  });

  test("D6: a commit by hand, until it is taken back", async () => {
    runGitIn(music, "commit", "-q", "--allow-empty", "-m", "by hand");
    const fix = /^mos ticket adopt main --domain music$/;
    await expectOnly(world, { id: "receipts", domain: "music", reason: /main of music is at \w+, which no receipt covers/, fix });
    runGitIn(music, "reset", "-q", "--hard", "HEAD~1");
    await expectSound(world);
  });

  test("D6: a receipt that was removed or forged, and a landing that was moved back", async () => {
    const first = await land();
    const tip = await land();
    await expectSound(world);
    const ref = `refs/mos/receipts/${first}`;
    const receipt = runGitIn(music, "rev-parse", ref);
    runGitIn(music, "update-ref", "-d", ref);
    const lost = {
      id: "receipts",
      domain: "music",
      reason: new RegExp(`no receipt for ${first.slice(0, 12)}`),
      fix: /refs\/mos\/receipts/,
    };
    await expectOnly(world, lost);
    runGitIn(music, "update-ref", ref, runGitIn(music, "rev-parse", `refs/mos/receipts/${tip}`));
    await expectOnly(world, lost);
    runGitIn(music, "update-ref", ref, receipt);
    await expectSound(world);
    runGitIn(music, "reset", "-q", "--hard", first);
    await expectOnly(world, {
      id: "receipts",
      domain: "music",
      reason: new RegExp(`no longer has .* ${tip.slice(0, 12)}`),
      fix: /merge --ff-only/,
    });
    runGitIn(music, "merge", "-q", "--ff-only", tip);
    await expectSound(world);
  });

  test("D6: what lands while the doctor looks is not lost: the record is read before the tip", async () => {
    const grounded = withBaselines(world);
    let landed: string | undefined;
    const at: World["git"]["at"] = (path) => {
      const repo = world.git.at(path);
      const resolve: typeof repo.resolve = async (revision) => {
        const found = await repo.resolve(revision);
        if (path !== music || landed !== undefined || !revision.startsWith("refs/heads/main")) return found;
        landed = "under way";
        landed = await land();
        return found;
      };
      return { ...repo, resolve };
    };
    const looking = { ...grounded, git: { ...world.git, at } };
    expect(await diagnose(looking, { host, checks: [receipts] })).toMatchObject({ grade: "A" });
    expect(landed).toBe(runGitIn(music, "rev-parse", "main"));
  });

  test("D4: receipts of a log that is not this one", async () => {
    const commit = runGitIn(music, "commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "landed elsewhere");
    const text = JSON.stringify(sampleReceipt({ id: commit, commit, logHead: "e".repeat(64) }));
    const blob = await world.git.at(music).writeBlob(text);
    runGitIn(music, "update-ref", "refs/heads/main", commit);
    runGitIn(music, "update-ref", `refs/mos/receipts/${commit}`, blob);
    await expectOnly(world, {
      id: "log-chain",
      reason: /1 receipt names a log that is not this one: music/,
      fix: /mos log verify/,
      grade: "F",
    });
    runGitIn(music, "update-ref", "refs/heads/main", `${commit}~1`);
    await expectSound(world);
  });

  test("D7: a slot and a landing that nobody holds, which --fix clears away", async () => {
    for (const owner of ["music", "gone"]) mkdirSync(join(opened.root, ".mos/slot", owner, "home/1/tree"), { recursive: true });
    const { checks } = await diagnose(world, { host });
    const failing = checks.filter((check) => !check.ok).map((check) => [check.id, check.domain, check.reason]);
    expect(failing).toEqual([
      ["strays", undefined, "slot gone/home/1"],
      ["strays", "music", "slot music/home/1"],
    ]);
    expect(await repair(world, { host, dryRun: true })).toEqual([
      { id: "strays", done: "would clear away slot gone/home/1; slot music/home/1" },
    ]);
    expect(existsSync(join(opened.root, ".mos/slot/gone/home/1"))).toBe(true);
    await repair(world, { host, dryRun: false });
    await expectSound(world);
    await world.store.write((tx) => tx.landings.put({ ...samples.plain.landings.row, lane: "music" }));
    await expectOnly(world, { id: "strays", domain: "music", reason: /a landing of MUS-1 that was broken off/, fix: /mos doctor --fix/ });
    expect(await repair(world, { host, dryRun: false })).toEqual([
      { id: "strays", done: "cleared away a landing of MUS-1 that was broken off" },
    ]);
    await expectSound(world);
  });

  test("D7: an old lock of git's: our own goes, the operator's stays and is named; a young one is nobody's business", async () => {
    const theirs = join(music, ".git/index.lock");
    const ours = join(music, ".git/refs/mos/receipts/x.lock");
    mkdirSync(join(ours, ".."), { recursive: true });
    for (const path of [theirs, ours]) writeFileSync(path, "");
    await expectSound(world);
    for (const path of [theirs, ours]) utimesSync(path, new Date(0), new Date(0));
    await expectOnly(world, {
      id: "strays",
      domain: "music",
      reason: /x\.lock is over.*index\.lock is over a minute old/,
      fix: /rm '.*index\.lock'/,
    });
    await repair(world, { host, dryRun: false });
    expect([existsSync(theirs), existsSync(ours)]).toEqual([true, false]);
    rmSync(theirs);
    await expectSound(world);
  });

  test("D7: a worktree whose folder is gone", async () => {
    runGitIn(jobs, "worktree", "add", "-q", "--detach", join(opened.root, "tree"));
    await expectSound(world);
    rmSync(join(opened.root, "tree"), { recursive: true });
    await expectOnly(world, { id: "strays", domain: "jobs", reason: /the worktree .*tree is gone/, fix: /jobs' worktree prune/ });
    runGitIn(jobs, "worktree", "prune");
    await expectSound(world);
  });

  test("D10: alternates, until what was borrowed is copied", async () => {
    const file = join(jobs, ".git/objects/info/alternates");
    writeFileSync(file, `${music}/.git/objects\n`);
    await expectOnly(world, { id: "silos", domain: "jobs", reason: /jobs borrows objects from .*music/, fix: /repack -ad && rm/ });
    runGitIn(jobs, "repack", "-adq");
    rmSync(file);
    await expectSound(world);
  });

  test.each([
    {
      from: "music",
      into: "jobs",
      link: /song is a link into jobs/,
      rmLink: /"repairs: silos".*rm 'song'/,
      lib: /the submodule lib comes from jobs/,
    },
    // jobs is sealed: a reason travels, and so none of its paths is in it.
    {
      from: "jobs",
      into: "music",
      link: /^jobs: a path is a link into music$/,
      rmLink: /120000.*rm 'PATH'/,
      lib: /^jobs: a submodule comes/,
    },
  ])(
    "D10: a committed link and a submodule of $from in $into; one that stays inside is none",
    async ({ from, into, link, rmLink, lib }) => {
      const repo = from === "jobs" ? jobs : music;
      symlinkSync(`../${into}/a.txt`, join(repo, "song"));
      symlinkSync("a.txt", join(repo, "inside"));
      const linked = commitGround(repo, {});
      await expectOnly(linked, { id: "silos", domain: from, reason: link, fix: rmLink });
      rmSync(join(repo, "song"));
      const modules = commitGround(repo, { ".gitmodules": `[submodule "lib"]\n\tpath = lib\n\turl = ../${into}\n` });
      await expectOnly(modules, { id: "silos", domain: from, reason: lib, fix: from === "jobs" ? /160000/ : /rm 'lib'/ });
      rmSync(join(repo, ".gitmodules"));
      await expectSound(commitGround(repo, {}));
    },
  );

  test("D10: a remote into another domain, by path and by URL; one that leads elsewhere is none", async () => {
    runGitIn(jobs, "remote", "add", "hub", "https://example.invalid/jobs.git");
    await expectSound(world);
    for (const url of ["../music", `file://${music}/.git`]) {
      runGitIn(jobs, "remote", "add", "songs", url);
      await expectOnly(world, { id: "silos", domain: "jobs", reason: /the remote songs into music/, fix: /remote remove 'songs'/ });
      runGitIn(jobs, "remote", "remove", "songs");
    }
    await expectSound(world);
  });

  test.each(["loose", "packed"])("D10: %s objects that a local clone shares, which --fix copies", async (kind) => {
    if (kind === "packed") runGitIn(music, "gc", "-q");
    rmSync(jobs, { recursive: true });
    runGitIn(opened.root, "clone", "-q", "music", "jobs");
    runGitIn(jobs, "remote", "remove", "origin");
    runGitIn(jobs, "config", "user.name", "Me");
    runGitIn(jobs, "config", "user.email", "me@example.invalid");
    const cloned = withBaselines(world);
    const found = await diagnose(cloned, { host });
    expect(found.checks.filter((check) => !check.ok)).toMatchObject([
      { id: "silos", domain: "music", reason: expect.stringContaining("music and jobs share"), fix: expect.stringContaining("--fix") },
      { id: "silos", domain: "jobs" },
    ]);
    expect(await repair(cloned, { host, dryRun: true })).toMatchObject([
      { id: "silos", domain: "music" },
      { id: "silos", domain: "jobs" },
    ]);
    await repair(cloned, { host, dryRun: false });
    await expectSound(cloned);
    runGitIn(jobs, "fsck", "--full", "--strict");
    runGitIn(music, "fsck", "--full", "--strict");
  });

  test("D10: a home that is a worktree of another's repository", async () => {
    rmSync(jobs, { recursive: true });
    runGitIn(music, "worktree", "add", "-q", "-b", "jobs", jobs);
    const shared = editDomains(withBaselines(world), (domain) => {
      if (domain.name !== "jobs") return domain;
      const repo = { ...domain.home, branch: "jobs" };
      return { ...domain, home: repo, repos: [repo] };
    });
    const found = (await diagnose(shared, { host })).checks.filter((check) => !check.ok);
    expect(found).toMatchObject(["music", "jobs"].map((domain) => ({ id: "silos", domain, fix: expect.stringMatching(/git clone/) })));
    for (const { reason } of found) expect(reason).toMatch(/share the git folder .*music\/\.git/);
  });

  test("D14: a gate without a linter, and a main that was red at its last run, until it is run again", async () => {
    const bare = editDomains(world, (domain) => {
      const repo = { ...domain.home, checks: domain.home.checks.filter((check) => check.kind !== "lint") };
      return domain.name === "music" ? { ...domain, home: repo, repos: [repo] } : domain;
    });
    await expectOnly(bare, { id: "gate", domain: "music", reason: /music has no linter among its checks/, fix: /mos\.yaml/ });
    const commit = runGitIn(music, "rev-parse", "main");
    await world.store.write((tx) => tx.notes.put({ id: "base:music", value: { commit, green: false, name: "test" } }));
    await expectOnly(world, { id: "gate", domain: "music", reason: /test of music is red on main itself/, fix: /"repairs: gate"/ });
    expect(await repair(world, { host, dryRun: true })).toMatchObject([{ done: expect.stringContaining("would run the checks of music") }]);
    expect(await repair(world, { host, dryRun: false })).toEqual([{ id: "gate", domain: "music", done: "music: lint is green on main" }]);
    await expectSound(world);
  });

  test("D15, D16: front matter, links and citations; of a sealed domain no page is named", async () => {
    const open = commitGround(music, { "wiki/sound.md": page.replace("kind: strategy", "kind: mood") });
    await expectOnly(open, { id: "wiki", domain: "music", reason: /wiki\/sound\.md:3: kind/, fix: /mos wiki check --domain music/ });
    const link = commitGround(music, { "wiki/sound.md": page.replace("other.md", "nowhere.md") });
    await expectOnly(link, { id: "wiki", domain: "music", reason: /wiki\/sound\.md:11: .*nowhere\.md/, fix: /"repairs: wiki"/ });
    const cited = commitGround(music, { "wiki/sound.md": page.replace("operator 2026-11-01", "ticket MUS-99") });
    await expectOnly(cited, { id: "citations", domain: "music", reason: /wiki\/sound\.md:11: .*MUS-99/, fix: /"repairs: citations"/ });
    commitGround(music, { "wiki/sound.md": page });
    const sealed = commitGround(jobs, { "wiki/other.md": "# Without\n" });
    await expectOnly(sealed, { id: "wiki", domain: "jobs", reason: /^jobs: 1 on 1 of its pages$/, fix: /mos wiki check --domain jobs/ });
    await expectSound(commitGround(jobs, { "wiki/other.md": files["wiki/other.md"] }));
  });

  test("D15: what lies in the working tree is not what main says", async () => {
    const before = readFileSync(join(music, "wiki/sound.md"), "utf8");
    writeFileSync(join(music, "wiki/sound.md"), "broken");
    await expectSound(world);
    writeFileSync(join(music, "wiki/sound.md"), before);
  });
});
