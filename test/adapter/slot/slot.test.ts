import { existsSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { startRegistryProxy } from "../../../src/adapter/box/registry-proxy.ts";
import type { RepoHandle } from "../../../src/contract/config.ts";
import type { Slot } from "../../../src/port/slot.ts";
import { commitFiles, makeTemporaryFolder, runGitIn } from "../../support/make-repository.ts";
import { boxAvailable } from "../../support/open-box.ts";
import { type OpenedWorld, openWorld } from "../../support/open-world.ts";

let opened: OpenedWorld | undefined;
afterEach(async () => {
  await opened?.remove();
  opened = undefined;
});
const files = { "a.txt": "a\n", ".gitignore": "deps/\n*.tmp\n", "package-lock.json": "{}\n", "check.sh": "true\n" };
const setup = "mkdir -p deps && cp package-lock.json deps/from && head -c 8 /dev/urandom | od -An -tx1 > deps/stamp && touch stray.tmp";

async function open(repo: Record<string, unknown> = {}): Promise<{ at: OpenedWorld; home: string; handle: RepoHandle }> {
  opened = await openWorld({ music: { prefix: "MUS", files, repo } });
  return { at: opened, home: join(opened.root, "music"), handle: opened.world.workspace.domains[0]?.home as RepoHandle };
}

function use<T>(at: OpenedWorld, repo: RepoHandle, body: (slot: Slot) => Promise<T>): Promise<T> {
  return at.world.slots.withSlot({ repo, purpose: "test" }, body);
}

const run = (slot: Slot, command: string, writable = true) => slot.run({ command, writable, wallMs: 20_000 });

describe.skipIf(!boxAvailable)("G5: warm slots", () => {
  test("what one ticket leaves, ignored files, hooks and nested repositories too, the next does not see", async () => {
    const { at, home, handle } = await open();
    const tip = runGitIn(home, "rev-parse", "main");
    const first = await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      await run(
        slot,
        "mkdir -p deps .git/hooks; echo x > deps/left; echo x > left.txt; echo x > n.tmp; echo y > a.txt; git init -q nested; mkdir -p nested/.git/hooks",
      );
      return slot.id;
    });
    const second = await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      expect((await run(slot, "ls -A; cat a.txt; git status --porcelain --ignored", false)).stdout).toBe(
        ".git\n.gitignore\na.txt\ncheck.sh\npackage-lock.json\na\n",
      );
      return slot.id;
    });
    expect(second).toBe(first);
    expect(runGitIn(home, "worktree", "list").split("\n")).toHaveLength(1);
  });

  test("G1c: a tree is brought back to its commit, and says what of it was changed: no file that was only touched or made beside", async () => {
    const { at, home, handle } = await open({ setup });
    commitFiles(home, { "b.txt": "b\n", "sub/c.txt": "c\n", "d.txt": "d\n", "ü e\n.txt": "e\n" }, "more");
    const tip = runGitIn(home, "rev-parse", "main");
    await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      await run(slot, "touch a.txt; echo x > made.txt; mkdir -p out; echo x > n.tmp; git add -A; git commit -qm mine; chmod 000 b.txt");
      expect(await slot.restore()).toEqual([]);
      await run(slot, "echo x > a.txt; git update-index --assume-unchanged a.txt; rm -r sub; chmod +x d.txt; echo y > 'ü e\n.txt'");
      expect((await slot.restore()).toSorted()).toEqual(["a.txt", "d.txt", "sub/c.txt", "ü e\n.txt"]);
      await run(slot, "rm -rf .git a.txt; ln -s /etc/passwd a.txt; git init -q .");
      expect(await slot.restore()).toEqual(["a.txt"]);
      expect((await run(slot, "git status --porcelain; cat a.txt; ls -d out made.txt n.tmp; cat deps/from", false)).stdout).toBe("a\n{}\n");
    });
  });

  test("a slot that had no settings of agents is brought to a commit that has some", async () => {
    const { at, home, handle } = await open();
    const tip = runGitIn(home, "rev-parse", "main");
    const later = commitFiles(home, { ".claude/skills/one/SKILL.md": "one\n", ".mcp.json": "[]\n" }, "settings");
    const inTicket = (commit: string, command: string) =>
      at.world.slots.withSlot({ repo: handle, purpose: "test", ticket: "MUS-1" }, async (slot) => {
        await slot.prepare(commit);
        return (await run(slot, command)).stdout;
      });
    expect(await inTicket(tip, "ls -A .claude | wc -l")).toBe("0\n");
    expect(await inTicket(later, "cat .claude/skills/one/SKILL.md .mcp.json")).toBe("one\n[]\n");
    expect(await inTicket(tip, "ls -A .claude | wc -l")).toBe("0\n");
  });

  test("two at once are two slots, and each is given back", async () => {
    const { at, handle } = await open();
    const ids = await use(at, handle, (one) => use(at, handle, async (two) => [one.id, two.id]));
    expect(ids).toEqual(["music/home/1", "music/home/2"]);
    expect(await at.world.store.read((tx) => tx.leases.list())).toEqual([]);
    expect(await at.world.slots.stray()).toEqual([]);
  });

  test("the repository's .git is out of reach: history is read, nothing of it is written", async () => {
    const { at, home, handle } = await open();
    const tip = runGitIn(home, "rev-parse", "main");
    await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      const result = await run(
        slot,
        "git log --oneline | wc -l; git update-ref refs/heads/main $(git commit-tree -m x HEAD^{tree}) || echo refused; echo x > /work/objects/x || echo refused; git config core.hooksPath /tmp || echo refused",
      );
      expect(result.stdout).toBe("1\nrefused\nrefused\nrefused\n");
    });
    expect(runGitIn(home, "rev-parse", "main")).toBe(tip);
  });

  test("work comes in by pack, on its base, under its own ref; nothing changed is empty", async () => {
    const { at, home, handle } = await open();
    const tip = runGitIn(home, "rev-parse", "main");
    await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      expect(await slot.collect({ message: "none", ref: "refs/mos/work/MUS-1/1" })).toEqual({ kind: "empty" });
      await run(slot, "echo b > b.txt; rm a.txt");
      const got = await slot.collect({ message: "feat: b", ref: "refs/mos/work/MUS-1/1" });
      expect(got.kind).toBe("commit");
      expect(runGitIn(home, "rev-parse", "refs/mos/work/MUS-1/1^")).toBe(tip);
      expect(runGitIn(home, "diff", "--name-status", tip, "refs/mos/work/MUS-1/1")).toBe("D\ta.txt\nA\tb.txt");
    });
    expect(runGitIn(home, "status", "--porcelain")).toBe("");
  });

  test("what setup made is kept by its inputs, read-only, and is no part of the work", async () => {
    const { at, home, handle } = await open({ setup });
    const stampAt = (commit: string) =>
      use(at, handle, async (slot) => {
        await slot.prepare(commit);
        const result = await run(slot, "cat deps/stamp; echo x > deps/new || echo read-only; ls *.tmp; echo c > c.txt");
        expect(result.stdout).toContain("read-only");
        const work = await slot.collect({ message: "c", ref: `refs/mos/work/MUS-1/${commit.slice(0, 7)}${Math.random()}` });
        if (work.kind === "commit") expect(runGitIn(home, "diff", "--name-only", commit, work.commit)).toBe("c.txt");
        return result.stdout.split("\n")[0];
      });
    const tip = runGitIn(home, "rev-parse", "main");
    const first = await stampAt(tip);
    const later = commitFiles(home, { "a.txt": "b\n" }, "feat: other");
    expect(await stampAt(later)).toBe(first);
    const relocked = commitFiles(home, { "package-lock.json": '{"lockfileVersion":3}\n' }, "build: lock");
    expect(await stampAt(relocked)).not.toBe(first);
  });

  test("a setup that fails says its last words, and leaves nothing that counts as made", async () => {
    const { at, home, handle } = await open({ setup: "echo out of reach >&2; exit 3" });
    const tip = runGitIn(home, "rev-parse", "main");
    await expect(use(at, handle, (slot) => slot.prepare(tip))).rejects.toMatchObject({
      code: "setup-failed",
      message: expect.stringContaining("out of reach"),
    });
    expect(existsSync(join(at.root, ".mos/setup/music/home"))).toBe(true);
    expect(await at.world.store.read((tx) => tx.leases.list())).toEqual([]);
  });
});

test("P6c: the way out of a setup knows the registries' hosts and port, and nothing else", async () => {
  const folder = makeTemporaryFolder();
  const socket = join(folder.path, "registry.sock");
  const proxy = await startRegistryProxy({ socket, hosts: ["registry.example.invalid"] });
  const connectTo = (path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const call = request({ socketPath: socket, method: "CONNECT", path });
      call.on("connect", (response, tunnel) => {
        tunnel.destroy();
        resolve(response.statusCode);
      });
      call.on("error", reject);
      call.end();
    });
  const get = new Promise<number | undefined>((resolve) =>
    request({ socketPath: socket, path: "http://127.0.0.1/" }, (response) => resolve(response.resume().statusCode)).end(),
  );
  expect(await connectTo("127.0.0.1:443")).toBe(403);
  expect(await connectTo("registry.example.invalid:80")).toBe(403);
  expect(await get).toBe(403);
  await proxy.close();
  folder.remove();
  expect(existsSync(socket)).toBe(false);
});
