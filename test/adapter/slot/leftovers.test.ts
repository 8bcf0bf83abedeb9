import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RepoHandle } from "../../../src/contract/config.ts";
import type { Slot } from "../../../src/port/slot.ts";
import { commitFiles, runGitIn } from "../../support/make-repository.ts";
import { boxAvailable } from "../../support/open-box.ts";
import { type OpenedWorld, openWorld } from "../../support/open-world.ts";

const isLong = process.env.MOS_TEST_LONG === "1";
const files = {
  ".gitignore": "*.tmp\nout/\n",
  "a.txt": "aaaa\n",
  "same.txt": "aaaa\n",
  "run.sh": "echo run\n",
  "src/b.txt": "bbbb\n",
  "src/deep/er/c.txt": "cccc\n",
  "src/deep/d.txt": "dddd\n",
  "docs/e.md": "# E\n",
};

/** Names, kinds, modes, links and contents of all that is there: nothing may tell what was there before. */
const look =
  "find . -mindepth 1 ! -path ./.git -printf '%P|%y|%m|%l|' \\( -type f -printf '%n|' -exec sha256sum {} + -o -printf '\\n' \\) | sed 's# .*##' | sort; " +
  "find . -mindepth 1 -printf '%P|%y|%m|%l\\n' | sort; find . -type f ! -path ./.git -links +1; find . -type f ! -path './.git' | sort | xargs sha256sum; git status --porcelain --ignored";

/** What a ticket's commands may do to a tree so that something of it outlives them. */
const attacks: Readonly<Record<string, string>> = {
  "nothing at all": "true",
  "a file beside, ignored or not":
    "echo x > left.txt; mkdir -p out src/deep/out; echo x > out/o; echo x > src/deep/out/o; echo x > src/l.tmp",
  "an empty folder": "mkdir -p e/m/p/t/y src/deep/empty",
  "a closed folder with a file": "mkdir -p src/closed/in; echo x > src/closed/in/f; chmod 000 src/closed/in src/closed",
  "a closed folder of the commit": "chmod 000 src/deep/er; chmod 311 src/deep; chmod 000 docs",
  "closed and opened files": "chmod 000 a.txt; chmod 777 src/b.txt; chmod 4755 run.sh",
  "a nested repository": "git init -q nested; echo x > nested/x; git -C nested add x",
  "a git folder in a folder of the commit": "git init -q src; git init -q src/deep/er; echo x > src/.git/config",
  "a git file in a folder of the commit": "echo 'gitdir: /work/tree/out' > docs/.git; ln -s ../out src/deep/.git",
  "a file of the commit changed within the same second, with its time and size":
    "touch -r a.txt /tmp/r; printf 'bbbb\\n' > a.txt; touch -r /tmp/r a.txt",
  "a file replaced by one of the same size and time": "touch -r src/b.txt /tmp/r; printf 'xxxx\\n' > n; touch -r /tmp/r n; mv n src/b.txt",
  "a map of a file written":
    "python3 -c \"import mmap;f=open('a.txt','r+b');m=mmap.mmap(f.fileno(),0);m[0:2]=b'zz';m.flush()\" || printf zz | dd of=a.txt conv=notrunc 2>/dev/null",
  "hard links between files of the commit": "ln -f a.txt same.txt; ln -f src/b.txt src/deep/er/b2.txt; ln -f src/b.txt docs/e.md",
  "a hard link that is then edited": "ln -f a.txt left.tmp; echo more >> left.tmp",
  "a folder behind a link": "mv src /work/tree/moved; ln -s moved src",
  "a folder behind a link to outside": "rm -r docs; ln -s /etc docs; rm -r src/deep; ln -s /work/git src/deep",
  "two folders swapped": "mv src/deep t; mv docs src/deep; mv t docs",
  "a folder moved away and made anew":
    "mv src old; mkdir -p src/deep/er; cp old/b.txt src/; cp old/deep/d.txt src/deep/; cp old/deep/er/c.txt src/deep/er/; rm -r old; echo x > src/deep/er/left",
  "kinds exchanged":
    "rm a.txt; mkdir a.txt; echo x > a.txt/in; rm -r docs; echo x > docs; rm run.sh; mkfifo run.sh; rm src/b.txt; ln -s ../same.txt src/b.txt",
  "folders deeper than a path may be long":
    "n=$(printf %0200d 7); for at in $(seq 30); do mkdir $n && cd $n || exit 1; done; echo x > in; cd /work/tree/src; for at in $(seq 30); do mkdir $n && cd $n; done; echo x > x.tmp",
  "files and folders that are gone": "rm -rf src docs a.txt",
  "names that are no text, or hold line ends":
    "touch \"$(printf 'bad\\377name')\" \"$(printf 'a\\nb')\" \"$(printf 'src/deep/\\n')\" -- '-rf' ' '",
  "attributes that say how files look":
    "printf '* text eol=crlf\\n*.txt ident\\n' > .gitattributes; cp .gitattributes src/; rm a.txt src/b.txt",
  "flags in an index":
    "git update-index --assume-unchanged a.txt; git update-index --skip-worktree src/b.txt; echo x > a.txt; echo x > src/b.txt",
  "an ignore file that ignores all": "echo '*' > src/.gitignore; echo x > src/hidden; echo '*' > .gitignore",
  "a file with attributes of its own": "python3 -c \"import os;os.setxattr('a.txt','user.left',b'x')\" || touch a.txt",
  "many files": "mkdir many; for n in $(seq 1 3500); do echo > many/$n; done; for n in $(seq 1 200); do echo $n > src/m$n; done",
};

const names = Object.keys(attacks);

describe.skipIf(!boxAvailable)("G5a: nothing passes from one ticket to the next in a warm slot", () => {
  let at: OpenedWorld;
  let handle: RepoHandle;
  let [tip, next, cleanTip, cleanNext] = ["", "", "", ""];
  const use = <T>(body: (slot: Slot) => Promise<T>) => at.world.slots.withSlot({ repo: handle, purpose: "test" }, body);
  const run = (slot: Slot, command: string, writable = true) => slot.run({ command, wallMs: 60_000, writable });
  const lookIn = async (slot: Slot) => {
    const { stdout, stderr } = await run(slot, look, false);
    return `${stdout}${stderr}`;
  };
  const lookAt = (commit: string) =>
    use(async (slot) => {
      await slot.prepare(commit);
      return lookIn(slot);
    });

  beforeAll(async () => {
    at = await openWorld({ music: { prefix: "MUS", files } });
    handle = at.world.workspace.domains[0]?.home as RepoHandle;
    const home = join(at.root, "music");
    tip = runGitIn(home, "rev-parse", "main");
    next = commitFiles(home, { "src/b.txt": "next\n", "new/f.txt": "f\n", "src/deep/er/n.txt": "n\n" }, "next");
    // As a slot is that nobody has used.
    [cleanTip, cleanNext] = [await lookAt(tip), await lookAt(next)];
    expect(cleanTip).toContain("src/deep/er/c.txt");
  });
  afterAll(() => at.remove());

  /** What follows the attack, in the same slot. */
  const ways: Readonly<Record<string, (attack: string) => Promise<void>>> = {
    "the next ticket's commit": async (attack) => {
      await use(async (slot) => {
        await slot.prepare(tip);
        await run(slot, attack);
      });
      expect(await lookAt(next)).toBe(cleanNext);
    },
    "the same commit again": async (attack) => {
      await use(async (slot) => {
        await slot.prepare(tip);
        await run(slot, attack);
      });
      expect(await lookAt(tip)).toBe(cleanTip);
    },
    "work that is handed in": async (attack) => {
      const ref = `refs/mos/work/MUS-1/${Math.random()}`;
      await use(async (slot) => {
        await slot.prepare(tip);
        await run(slot, attack);
        await slot.collect({ message: "x", ref }).catch(() => undefined);
      });
      expect(await lookAt(tip)).toBe(cleanTip);
    },
    "a check that is followed by another": async (attack) => {
      await use(async (slot) => {
        await slot.prepare(tip);
        await run(slot, attack);
        await slot.restore();
        expect(await lookIn(slot)).toBe(cleanTip);
      });
    },
  };
  const wayNames = Object.keys(ways);
  const cases = names.flatMap((name, index) =>
    wayNames.filter((_, way) => isLong || way === index % 2 || way === 2 + (index % 2)).map((way) => [name, way] as const),
  );

  test.each(cases)("%s, then %s", async (name, way) => {
    await ways[way]?.(attacks[name] as string);
  });
});
