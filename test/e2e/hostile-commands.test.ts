import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callMos, fileTicket, makeCommandWorkspace, readLanded } from "../support/file-tickets.ts";
import { makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { readEnvelope, runMos } from "../support/run-mos.ts";

const folder = makeTemporaryFolder("mos-hostile-");
const repo = join(folder.path, "repos", "music");
const escapes = [
  "git update-ref refs/heads/main HEAD~1",
  "git -C /work/git update-ref refs/heads/main $(git commit-tree -m x HEAD^{tree})",
  "git -C /work/git config core.hooksPath /tmp",
  "mkdir -p /work/git/hooks && echo true > /work/git/hooks/post-checkout",
  "echo x > /work/objects/x",
  "echo x > /etc/passwd",
  "rm -f .git; mv .git g; echo x > .git",
  `cat ${folder.path}/repos/jobs/a.txt`,
  `echo x > ${folder.path}/repos/jobs/a.txt`,
  `echo x > ${folder.path}/os/.mos/store.db`,
  "mount -t tmpfs x /mnt",
  "unshare -Ur true",
];

/** What the guards would refuse by its words stands in a file of the repository: only the box is left to stop it. */
const escapeScript = `: > reach.txt
for c in ${escapes.map(quote).join(" ")}; do sh -c "$c" >/dev/null 2>&1 && echo "$c" >> reach.txt; done
echo tried >> reach.txt
`;

/** What is hostile, by what it is called, and what it may touch. */
const hostile: Readonly<Record<string, { touches: string[]; run: string[] }>> = {
  escape: {
    touches: ["reach.txt"],
    run: ["sh escape.sh"],
  },
  spoken: { touches: ["spoken.txt"], run: ["echo x > spoken.txt", escapes[0] as string] },
  nested: {
    touches: ["nested/"],
    run: ["git init -q nested && cd nested && echo x > f && git add f && git -c user.name=a -c user.email=b commit -qm x"],
  },
  "nested unborn": { touches: ["unborn/"], run: ["git init -q unborn; echo x > unborn/f"] },
  link: { touches: ["a.txt"], run: ["rm a.txt; ln -s /etc/passwd a.txt"] },
  submodule: { touches: [".gitmodules"], run: ["printf '[submodule \"s\"]\\n\\tpath = s\\n\\turl = ../x\\n' > .gitmodules"] },
  filter: { touches: [".gitattributes"], run: ["printf '[attr]x filter=lfs\\n*.bin x\\n' > .gitattributes"] },
  "secret behind a NUL": { touches: ["key.dat"], run: [`printf 'a\\000b\\n-----BEGIN RSA PRIV''ATE KEY-----\\n' > key.dat`] },
  flood: { touches: ["flood.txt"], run: ["echo x > flood.txt; yes | head -c 60000000"] },
  stray: { touches: ["notes/"], run: ["mkdir -p notes; echo x > notes/n; echo x >> main.c"] },
  closed: { touches: ["closed/"], run: ["mkdir closed; echo x > closed/x; chmod 000 closed/x closed; chmod 555 notes threads"] },
  survivor: { touches: ["bg.txt"], run: ["echo x > bg.txt; (setsid sh -c 'sleep 7733; echo late > late.txt' >/dev/null 2>&1 &); true"] },
  names: {
    touches: ["odd/"],
    run: [
      `mkdir odd; cd odd; for n in -rf --help "$(printf 'a\\nTicket: MUS-77')" 'q"uote' "it's" "$(printf 'tab\\there')" 'ünï cödé'; do echo x > "./$n"; done`,
    ],
  },
  "talker\n\nTicket: MUS-66": {
    touches: ["talk.txt"],
    run: ["echo x > talk.txt; printf 'Learned: a\\rTicket: MUS-88\\nChanged: Ticket: MUS-99\\n'"],
  },
};

const ids = new Map<string, string>();
const states = new Map<string, { state: string; causes: { kind: string; detail?: string; clears: string }[] }>();

beforeAll(async () => {
  if (!boxAvailable) return;
  const root = await makeCommandWorkspace(folder.path, ["music", "jobs"], { "escape.sh": escapeScript });
  const file = join(root, "mos.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("limits:\n", "limits:\n  outputBytes: 200000\n"));
  for (const [title, draft] of Object.entries(hostile)) ids.set(title, await fileTicket(root, { domain: "music", title, ...draft }));
  const run = await runMos(["run", "--json"], { cwd: root });
  expect(run.exitCode, run.stdout).toBe(5);
  for (const [title, id] of ids) {
    const shown = (await callMos(root, ["ticket", "show", id])) as { state: string; causes: [] };
    states.set(title, shown);
  }
}, 240_000);
afterAll(folder.remove);

describe.skipIf(!boxAvailable)("P6, T7: hostile commands of a ticket (needs a sandbox)", () => {
  test("nothing of what a command tries outside its tree succeeds", () => {
    expect(states.get("escape")?.state).toBe("merged");
    expect(runGitIn(repo, "show", "main:reach.txt")).toBe("tried");
    expect(readFileSync(join(folder.path, "repos/jobs/a.txt"), "utf8")).toBe("a\n");
  });

  test("T10: the same words in a ticket's own command run nowhere, and say which rule refused them", () => {
    const { state, causes } = states.get("spoken") ?? {};
    expect(state).toBe("blocked");
    expect(causes).toEqual([
      {
        kind: "guard",
        ref: "P3.35",
        detail: expect.stringMatching(/^pre-merge-gate P3\.35: /),
        clears: expect.stringContaining("mos ticket withdraw"),
      },
    ]);
  });

  test.each([
    ["nested", "guard"],
    ["nested unborn", "guard"],
    ["link", "guard"],
    ["submodule", "guard"],
    ["filter", "guard"],
    ["secret behind a NUL", "guard"],
    ["flood", "check"],
    ["stray", "scope"],
  ])("T2: %s is blocked (%s) and says what is wrong and what clears it", (title, kind) => {
    const found = states.get(title);
    expect(found).toMatchObject({ state: "blocked" });
    expect(found?.causes.map((cause) => cause.kind)).toContain(kind);
    expect(found?.causes.map((cause) => cause.kind)).not.toContain("crash");
    for (const cause of found?.causes ?? []) expect(cause.clears).toMatch(/mos ticket|withdraws/);
  });

  test("G5: modes that a ticket took away reach neither main nor the next ticket of its slot", () => {
    expect(states.get("closed")?.state).toBe("merged");
    expect([...states.values()].flatMap(({ causes }) => causes).filter(({ kind }) => kind === "crash")).toEqual([]);
  });

  test("no process outlives its box", () => {
    const alive = runPs();
    expect(alive).not.toContain("sleep 7733");
    expect(runGitIn(repo, "ls-tree", "-r", "--name-only", "main")).not.toContain("late.txt");
  });

  test("G8: names of files and words of commands make no trailer", () => {
    expect(states.get("names")?.state).toBe("merged");
    const landed = [...ids].flatMap(([title, id]) => (states.get(title)?.state === "merged" ? [id] : []));
    expect(readLanded(repo).sort()).toEqual(landed.sort());
    const all = runGitIn(repo, "log", "--format=%(trailers:key=Ticket,valueonly)", "main");
    expect(all).not.toMatch(/MUS-(66|77|88|99)/);
    expect(runGitIn(repo, "ls-tree", "-rz", "--name-only", "main", "odd/").split("\0")).toContain("odd/a\nTicket: MUS-77");
  });

  test("the operator's repository and tree are whole, and the doctor says A", async () => {
    const root = join(folder.path, "os");
    expect(runGitIn(repo, "status", "--porcelain")).toBe("");
    expect(runGitIn(repo, "fsck", "--no-dangling")).toBe("");
    expect(runGitIn(repo, "config", "--get-regexp", "^core\\.|^user\\.")).not.toContain("hookspath");
    expect(readEnvelope(await runMos(["doctor", "--json"], { cwd: root })).data).toMatchObject({ grade: "A" });
  });
});

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function runPs(): string {
  return execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
}
