import { existsSync, linkSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { RepoHandle } from "../../../src/contract/config.ts";
import type { Slot } from "../../../src/port/slot.ts";
import { runGitIn } from "../../support/make-repository.ts";
import { boxAvailable } from "../../support/open-box.ts";
import { type OpenedWorld, openWorld } from "../../support/open-world.ts";

let opened: OpenedWorld | undefined;
afterEach(async () => {
  await opened?.remove();
  opened = undefined;
});

async function open(files: Record<string, string> = {}): Promise<{ at: OpenedWorld; home: string; handle: RepoHandle; tip: string }> {
  opened = await openWorld({ music: { prefix: "MUS", files: { "a.txt": "a\n", "b.txt": "b\n", "check.sh": "true\n", ...files } } });
  const home = join(opened.root, "music");
  return { at: opened, home, handle: opened.world.workspace.domains[0]?.home as RepoHandle, tip: runGitIn(home, "rev-parse", "main") };
}

function use<T>(at: OpenedWorld, repo: RepoHandle, body: (slot: Slot) => Promise<T>): Promise<T> {
  return at.world.slots.withSlot({ repo, purpose: "test", ticket: "MUS-1" }, body);
}

/** Stops at the first command that fails. */
async function run(slot: Slot, command: string, writable = true): Promise<string> {
  const result = await slot.run({ command: `set -e\n${command}`, writable, wallMs: 20_000 });
  return result.stdout + (result.exitCode === 0 ? "" : `${result.stderr}exit ${result.exitCode ?? result.endedBy}\n`);
}

describe.skipIf(!boxAvailable)("P6j: a git folder of one attempt (needs a sandbox)", () => {
  test("commit, branch, restore, stash, merge and log work in it, from one command to the next", async () => {
    const { at, handle, tip } = await open();
    await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      expect(await run(slot, "git branch --show-current; git status --porcelain; git rev-parse main; git config user.name")).toBe(
        `agent/MUS-1/work\n${tip}\nagent\n`,
      );
      expect(await run(slot, "echo c > c.txt; git add c.txt; git commit -qm 'feat: c'; git log --format=%s main..HEAD")).toBe("feat: c\n");
      expect(await run(slot, "git diff main...HEAD --stat | head -1; echo x > a.txt; git restore a.txt; cat a.txt")).toBe(
        " c.txt | 1 +\na\n",
      );
      expect(await run(slot, "echo y > a.txt; git stash -q; cat a.txt; git stash pop -q; cat a.txt; git checkout -q a.txt")).toBe("a\ny\n");
      expect(
        await run(
          slot,
          "git checkout -q -b agent/MUS-1/exp; git merge -q main; git checkout -q --detach main; ls *.txt; git merge agent/MUS-1/exp | tail -1; git worktree list | wc -l",
        ),
      ).toBe("a.txt\nb.txt\n create mode 100644 c.txt\n1\n");
      expect(await run(slot, "git reset -q --hard agent/MUS-1/work; git rm -q b.txt; git commit -qm 'no b'; git status --porcelain")).toBe(
        "",
      );
    });
  });

  test("G5: killed while it was made, half of it stands in nobody's way", async () => {
    const { at, handle, tip } = await open();
    const slotDir = await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      return join(at.world.workspace.stateDir, "slot", slot.id);
    });
    // As a kill leaves it: the host's own files, where nothing was given to the commands' user yet.
    mkdirSync(join(slotDir, "scratch-half-made/refs/heads"), { recursive: true, mode: 0o700 });
    writeFileSync(join(slotDir, "scratch-half-made/HEAD"), "half");
    await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      expect(await run(slot, "git status --porcelain; git branch --show-current")).toBe("agent/MUS-1/work\n");
    });
    expect(existsSync(join(slotDir, "scratch-half-made"))).toBe(false);
  });

  test("the tree is what counts: commits of its own reach neither the repository, nor the next ticket", async () => {
    const { at, home, handle, tip } = await open();
    const secret = await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      const made = await run(
        slot,
        "echo planted > p.txt; git add -A; git commit -qm planted; git tag planted; git rev-parse HEAD; git rm -qf p.txt; git commit -qm gone; echo d > d.txt",
      );
      const got = await slot.collect({ message: "d", ref: "refs/mos/work/MUS-1/1" });
      expect(got.kind).toBe("commit");
      expect(runGitIn(home, "log", "--format=%s", `${tip}..refs/mos/work/MUS-1/1`)).toBe("d");
      expect(runGitIn(home, "diff", "--name-only", tip, "refs/mos/work/MUS-1/1")).toBe("d.txt");
      return made.trim();
    });
    expect(() => runGitIn(home, "cat-file", "-e", secret)).toThrow();
    expect(runGitIn(home, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags")).toBe("refs/heads/main");
    await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      expect(
        await run(slot, `git cat-file -e ${secret} 2>/dev/null && echo there; git log --oneline | wc -l; git tag; git stash list`),
      ).toBe("1\n");
    });
  });

  test("what is planted in it changes nothing of what is collected: replace refs, grafts, shallow, index flags, alternates", async () => {
    const { at, home, handle, tip } = await open();
    await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      const said = await run(
        slot,
        `blob=$(git rev-parse HEAD:a.txt); evil=$(echo evil | git hash-object -w --stdin); git replace $blob $evil
git replace --graft HEAD $(git commit-tree -m fake HEAD^{tree})
git rev-parse HEAD > /work/git/shallow
git update-index --assume-unchanged b.txt; git update-index --skip-worktree check.sh
echo changed > b.txt; echo 'exit 1' > check.sh
(echo x > /work/git/info/grafts) 2>/dev/null || echo no grafts
(echo /work/tree > /work/git/objects/info/alternates) 2>/dev/null || echo no alternates
(git config core.fsmonitor 'touch /work/tree/ran') 2>/dev/null || echo no config
(echo x > /work/git/hooks/pre-commit) 2>/dev/null || echo no hook
git update-ref refs/heads/main $evil 2>/dev/null || echo no main
git status --porcelain`,
      );
      expect(said).toBe("no grafts\nno alternates\nno config\nno hook\nno main\n");
      await slot.collect({ message: "work", ref: "refs/mos/work/MUS-1/1" });
      expect(runGitIn(home, "diff", "--name-only", tip, "refs/mos/work/MUS-1/1")).toBe("b.txt\ncheck.sh");
      expect(runGitIn(home, "rev-parse", "refs/mos/work/MUS-1/1^")).toBe(tip);
    });
    expect(runGitIn(home, "for-each-ref", "refs/replace")).toBe("");
    expect(existsSync(join(home, ".git/shallow"))).toBe(false);
  });

  test("moving what is pinned out of the way gives no more than a new git folder at the next command", async () => {
    const { at, home, handle, tip } = await open();
    await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      await run(
        slot,
        "cd /work/git; mv objects o; ln -s /etc objects; mv refs r; mkdir -p refs/heads; chmod 000 r; rm -f HEAD; mkdir HEAD; echo kept > /work/tree/kept.txt",
      );
      expect(await run(slot, "git rev-parse HEAD; git status --porcelain; cat objects 2>/dev/null; cat kept.txt")).toContain(
        `${tip}\n?? kept.txt\n`,
      );
      await slot.collect({ message: "kept", ref: "refs/mos/work/MUS-1/1" });
      expect(runGitIn(home, "diff", "--name-only", tip, "refs/mos/work/MUS-1/1")).toBe("kept.txt");
    });
  });

  test("filters, attributes, nested folders and links that a ticket leaves run nothing when its work is collected", async () => {
    const { at, home, handle, tip } = await open();
    await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      await run(
        slot,
        `printf '*.txt filter=evil diff=evil\\n' > .gitattributes
git init -q -b main sub; printf '[core]\\nfsmonitor = touch /work/tree/ran\\n[filter "evil"]\\nclean = touch /work/tree/ran; cat\\n' >> sub/.git/config
rm -rf sub; ln -s /etc/passwd link.txt; mkdir e; echo x > e/HEAD; echo y > a.txt
(rm -f .git) 2>/dev/null || echo pinned`,
      );
      await slot.collect({ message: "left", ref: "refs/mos/work/MUS-1/1" });
      expect(runGitIn(home, "diff", "--name-only", tip, "refs/mos/work/MUS-1/1")).toBe(".gitattributes\na.txt\ne/HEAD\nlink.txt");
    });
  });

  test("a run that may not write sees the slot's own git folder, read-only", async () => {
    const { at, handle, tip } = await open();
    await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      await run(slot, "echo x > a.txt; git commit -qam mine");
      expect(await run(slot, "git rev-parse HEAD; git log --oneline | wc -l; git commit -qam x 2>/dev/null || echo refused", false)).toBe(
        `${tip}\n1\nrefused\n`,
      );
    });
  });
});

describe.skipIf(!boxAvailable)("P6k: settings of agents in a writable tree (needs a sandbox)", () => {
  const tries = `for name in .claude .codex .gemini .opencode .cursor; do (mkdir -p $name && echo x > $name/settings.json) 2>/dev/null || echo "$name kept"; done
for name in .mcp.json opencode.json opencode.jsonc; do (rm -f $name || echo x > $name) 2>/dev/null || true; done
for name in .mcp.json opencode.json opencode.jsonc; do (echo x > $name) 2>/dev/null || echo "$name kept"; done
git status --porcelain`;
  const kept = [".claude", ".codex", ".gemini", ".opencode", ".cursor", ".mcp.json", "opencode.json", "opencode.jsonc"];

  test("where they are missing they cannot be made, and what stands in their place is no part of the work", async () => {
    const { at, home, handle, tip } = await open({ ".gitignore": "!.mcp.json\n" });
    await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      const said = await run(slot, tries.replace("git status --porcelain", "true"));
      expect(said).toBe(kept.map((name) => `${name} kept\n`).join(""));
      expect(await slot.collect({ message: "none", ref: "refs/mos/work/MUS-1/1" })).toEqual({ kind: "empty" });
      await run(slot, "echo x > x.txt");
      await slot.collect({ message: "x", ref: "refs/mos/work/MUS-1/2" });
      expect(runGitIn(home, "diff", "--name-only", tip, "refs/mos/work/MUS-1/2")).toBe("x.txt");
    });
  });

  test("they do not show in git status", async () => {
    const { at, handle, tip } = await open();
    await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      expect(await run(slot, "git status --porcelain")).toBe("");
    });
  });

  test("a repository that tracks its own keeps them, read-only", async () => {
    const { at, handle, tip } = await open({ ".claude/settings.json": "{}\n", ".mcp.json": '{"mcpServers":{}}\n' });
    await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      const said = await run(slot, `${tries}; cat .claude/settings.json .mcp.json; (mv .claude c) 2>/dev/null || echo stays`);
      expect(said).toBe(`${kept.map((name) => `${name} kept\n`).join("")}{}\n{"mcpServers":{}}\nstays\n`);
    });
  });
});

describe.skipIf(!boxAvailable)("P6l: hard links (needs a sandbox)", () => {
  test("a second name of a foreign file that lies in a tree before the start is gone when it starts", async () => {
    const { at, handle, tip } = await open();
    const secret = join(at.root, "secret.txt");
    writeFileSync(secret, "foreign\n");
    const tree = join(at.root, ".mos/slot/music/home/1/tree");
    await use(at, handle, (slot) => slot.prepare(tip));
    linkSync(secret, join(tree, "planted.txt"));
    await use(at, handle, async (slot) => {
      await slot.prepare(tip);
      expect(await run(slot, "ls *.txt; find . -type f -links +1")).toBe("a.txt\nb.txt\n");
    });
    expect(readFileSync(secret, "utf8")).toBe("foreign\n");
  });
});
