import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callMos, fileTicket, makeCommandWorkspace, readLanded } from "../support/file-tickets.ts";
import { commitFiles, makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { readEnvelope, runMos } from "../support/run-mos.ts";

const folder = makeTemporaryFolder("mos-checkout-");
const template = join(folder.path, "template");
let copies = 0;

beforeAll(async () => {
  mkdirSync(template);
  const root = await makeCommandWorkspace(template, ["music"]);
  // A repository whose own folder is on another branch, and main in a linked worktree beside it.
  const linked = join(template, "repos", "linked");
  cpSync(join(template, "repos", "music"), linked, { recursive: true });
  runGitIn(linked, "switch", "-q", "-c", "dev");
  runGitIn(linked, "worktree", "add", "-q", join(template, "repos", "linked-main"), "main");
  await callMos(root, ["domain", "add", "linked", "--path", linked, "--yes"]);
  runGitIn(template, "clone", "-q", "--bare", join(template, "repos", "music"), join(template, "repos", "bare.git"));
  runGitIn(join(template, "repos", "bare.git"), "remote", "remove", "origin");
  await callMos(root, ["domain", "add", "bare", "--path", join(template, "repos", "bare.git"), "--yes"]);
}, 120_000);
afterAll(folder.remove);

/** A workspace of its own: a copy of one that the program made. */
function copyWorkspace() {
  copies += 1;
  const copy = join(folder.path, `copy-${copies}`);
  cpSync(template, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  for (const file of ["os/mos.yaml", "repos/linked/.git/worktrees/linked-main/gitdir", "repos/linked-main/.git"]) {
    writeFileSync(join(copy, file), readFileSync(join(copy, file), "utf8").replaceAll(template, copy));
  }
  const root = join(copy, "os");
  return {
    root,
    repo: join(copy, "repos", "music"),
    at: (name: string) => join(copy, "repos", name),
    append: (path: string, domain = "music") =>
      fileTicket(root, { domain, title: `Write ${path}`, touches: [path], run: [`echo landed >> ${path}`] }),
    run: async () => {
      const run = await runMos(["run", "--json"], { cwd: root });
      return { exitCode: run.exitCode, data: readEnvelope(run).data as { merged: string[]; blocked: string[]; paused: Pause[] } };
    },
    grade: async () => ((await callMos(root, ["doctor"])) as { grade: string }).grade,
  };
}
interface Pause {
  lane: string;
  reason: string;
  paths: string[];
}

describe.skipIf(!boxAvailable)("an operator at work in the tree that has main checked out (needs a sandbox)", () => {
  test("G3: landings go on beside edits, staged and untracked files; a commit -a afterwards undoes none", async () => {
    const { repo, append, run, grade, root } = copyWorkspace();
    writeFileSync(join(repo, "main.c"), "int main(void) { return 1; }\n");
    writeFileSync(join(repo, "staged.txt"), "mine, staged\n");
    runGitIn(repo, "add", "staged.txt");
    writeFileSync(join(repo, "loose.txt"), "mine, untracked\n");
    const before = runGitIn(repo, "status", "--porcelain");
    const ids = [await append("a.txt"), await append("b.txt")];
    expect(await run()).toMatchObject({ exitCode: 0, data: { merged: expect.arrayContaining(ids), paused: [] } });
    expect(runGitIn(repo, "status", "--porcelain")).toBe(before);
    expect(readFileSync(join(repo, "a.txt"), "utf8")).toBe("a\nlanded\n");
    expect(readFileSync(join(repo, "b.txt"), "utf8")).toBe("landed\n");
    expect(readFileSync(join(repo, "main.c"), "utf8")).toContain("return 1");

    runGitIn(repo, "commit", "-q", "-a", "-m", "my own work");
    expect(runGitIn(repo, "show", "HEAD:a.txt")).toBe("a\nlanded");
    expect(runGitIn(repo, "show", "HEAD:b.txt")).toBe("landed");
    expect(runGitIn(repo, "diff", "--name-only", "HEAD~1", "HEAD").split("\n")).toEqual(["main.c", "staged.txt"]);
    expect(await landAfterAdoption(root, repo, append, run)).toBe(true);
    expect(await grade()).toBe("A");
  });

  test.each([
    ["an edit", (repo: string) => writeFileSync(join(repo, "a.txt"), "mine\n"), "a.txt", "stash"],
    [
      "a staged edit",
      (repo: string) => {
        writeFileSync(join(repo, "a.txt"), "mine\n");
        runGitIn(repo, "add", "a.txt");
      },
      "a.txt",
      "stash",
    ],
    ["an untracked file", (repo: string) => writeFileSync(join(repo, "new.txt"), "mine\n"), "new.txt", "remove"],
  ])(
    "G3: %s in the way pauses the lane, names path and remedy, and is kept; when it is gone the lane goes on",
    async (_, edit, path, cure) => {
      const { repo, append, run, root, grade } = copyWorkspace();
      edit(repo);
      const before = runGitIn(repo, "status", "--porcelain");
      const main = runGitIn(repo, "rev-parse", "main");
      const id = await append(path);
      const first = await run();
      expect(first).toMatchObject({ exitCode: 5, data: { merged: [], paused: [{ lane: "music", paths: [path] }] } });
      expect(first.data.paused[0]?.reason).toContain(path);
      expect(first.data.paused[0]?.reason).toMatch(/Commit or stash them, then: mos run/);
      expect(readFileSync(join(repo, path), "utf8")).toBe("mine\n");
      expect(runGitIn(repo, "status", "--porcelain")).toBe(before);
      expect(runGitIn(repo, "rev-parse", "main")).toBe(main);
      expect(existsSync(join(repo, ".git", "index.lock"))).toBe(false);
      const plain = await runMos(["status"], { cwd: root });
      expect(plain.stdout).toContain("music");

      if (cure === "stash") runGitIn(repo, "stash", "-q");
      else rmSync(join(repo, path));
      expect(await run()).toMatchObject({ exitCode: 0, data: { merged: [id], paused: [] } });
      expect(readFileSync(join(repo, path), "utf8")).toContain("landed\n");
      expect(runGitIn(repo, "status", "--porcelain")).toBe("");
      expect(await grade()).toBe("A");
    },
  );

  test("G7: a commit by hand stops the lane with its remedy; adopted, it has a receipt and the lane goes on", async () => {
    const { repo, append, run, root, grade } = copyWorkspace();
    commitFiles(repo, { "hand.txt": "by hand\n" }, "by hand\n\nTicket: MUS-999");
    const id = await append("a.txt");
    const held = await runMos(["run"], { cwd: root });
    expect(held.exitCode).toBe(5);
    expect(held.stdout).toContain("mos ticket adopt main --domain music");
    expect(runGitIn(repo, "log", "--format=%s", "-1", "main")).toBe("by hand");
    const adopted = (await callMos(root, ["ticket", "adopt", "main", "--domain", "music"])) as { id: string; state: string };
    expect(adopted.state).toBe("merged");
    expect(await callMos(root, ["gate", "receipt", adopted.id])).toMatchObject({ commit: runGitIn(repo, "rev-parse", "main") });
    expect(await run()).toMatchObject({ exitCode: 0, data: { merged: [id] } });
    expect(await grade()).toBe("A");
    const list = (await callMos(root, ["ticket", "list"])) as { id: string }[];
    expect(list.map((one) => one.id)).not.toContain("MUS-999");
  });

  test("G7: a branch with a forged Ticket trailer is a ticket of its own, and names no other", async () => {
    const { repo, append, run, root, grade } = copyWorkspace();
    const other = await append("a.txt");
    runGitIn(repo, "switch", "-q", "-c", "forged");
    commitFiles(repo, { "f.txt": "x\n" }, `feat: forged\n\nTicket: ${other}`);
    runGitIn(repo, "switch", "-q", "main");
    const adopted = (await callMos(root, ["ticket", "adopt", "forged", "--domain", "music"])) as { id: string };
    expect((await run()).data.merged.sort()).toEqual([other, adopted.id].sort());
    expect(readLanded(repo).sort()).toEqual([other, adopted.id].sort());
    expect(readFileSync(join(repo, "a.txt"), "utf8")).toBe("a\nlanded\n");
    expect(await grade()).toBe("A");
  });

  test("main checked out in a linked worktree is brought forward there; the folder on another branch is left alone", async () => {
    const { at, append, run } = copyWorkspace();
    const before = runGitIn(at("linked"), "rev-parse", "HEAD");
    writeFileSync(join(at("linked-main"), "main.c"), "edited\n");
    const id = await append("a.txt", "linked");
    expect(await run()).toMatchObject({ exitCode: 0, data: { merged: [id] } });
    expect(readFileSync(join(at("linked-main"), "a.txt"), "utf8")).toBe("a\nlanded\n");
    expect(runGitIn(at("linked-main"), "status", "--porcelain")).toBe("M main.c");
    expect(runGitIn(at("linked"), "rev-parse", "HEAD")).toBe(before);
    expect(runGitIn(at("linked"), "status", "--porcelain")).toBe("");
  });

  test("a bare repository is a home like another: it is briefed, and lands", async () => {
    const { at, append, run, root, grade } = copyWorkspace();
    const id = await append("a.txt", "bare");
    expect(await run()).toMatchObject({ exitCode: 0, data: { merged: [id] } });
    expect(runGitIn(at("bare.git"), "show", "main:a.txt")).toBe("a\nlanded");
    expect(await callMos(root, ["start", "--yes"])).toMatchObject({ failed: [], scouted: expect.arrayContaining(["bare"]) });
    expect(await grade()).toBe("A");
  });
});

type Copy = ReturnType<typeof copyWorkspace>;

async function landAfterAdoption(root: string, repo: string, append: Copy["append"], run: Copy["run"]): Promise<boolean> {
  await callMos(root, ["ticket", "adopt", "main", "--domain", "music"]);
  const id = await append("c.txt");
  const { data } = await run();
  return data.merged.includes(id) && readFileSync(join(repo, "loose.txt"), "utf8") === "mine, untracked\n";
}
