import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createMachineHost } from "../../src/adapter/host/machine-host.ts";
import { openConfigFile } from "../../src/adapter/workspace/edit-config.ts";
import { adoptBranch } from "../../src/app/adopt-branch.ts";
import { createDiagnose } from "../../src/app/diagnose.ts";
import { recoverWorkspace, runTickets } from "../../src/app/run-tickets.ts";
import { makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { healthy, openWorld } from "../support/open-world.ts";

const folder = makeTemporaryFolder("mos-host-git-");
afterAll(folder.remove);

/** A git that writes down where and how it is called, then is git. */
function makeWitness(): { path: string; calls: () => { cwd: string; args: string }[] } {
  const bin = join(folder.path, "bin");
  const log = join(folder.path, "calls");
  mkdirSync(bin);
  const real = process.env.PATH?.split(":")
    .map((dir) => join(dir, "git"))
    .find(existsSync);
  writeFileSync(
    join(bin, "git"),
    `#!/bin/sh\nprintf '%s\\t%s\\n' "$PWD" "$*" | tr '\\n' ' ' >>'${log}'; echo >>'${log}'\nexec '${real}' "$@"\n`,
  );
  chmodSync(join(bin, "git"), 0o755);
  const calls = () =>
    readFileSync(log, "utf8")
      .split("\n")
      .filter((row) => row.includes("\t"))
      .map((row) => ({ cwd: row.split("\t")[0] as string, args: row.split("\t")[1] as string }));
  return { path: `${bin}:${process.env.PATH}`, calls };
}

/** Everything by which a tree makes git start a program, as an agent may leave it. Each would touch `sign`. */
function plant(sign: string): string[] {
  const run = `touch ${sign}`;
  return [
    `mkdir -p nested hooks && (cd nested && git init -q . && git config core.fsmonitor '${run};:' && git config core.pager '${run};:')`,
    `git config core.fsmonitor '${run};:' || true; git config core.hooksPath hooks || true; git config filter.x.clean '${run};cat' || true`,
    `printf '#!/bin/sh\\n${run}\\n' > hooks/post-checkout; cp hooks/post-checkout hooks/reference-transaction; chmod +x hooks/*`,
    `printf '[core]\\n\\tfsmonitor = "${run};:"\\n[filter "x"]\\n\\tclean = "${run};cat"\\n[diff "x"]\\n\\ttextconv = "${run};cat"\\n' > .gitconfig`,
    "mkdir -p evil/objects evil/refs && echo 'ref: refs/heads/x' > evil/HEAD && cp .gitconfig evil/config",
    "rm -rf nested; echo hello > out.txt",
  ];
}

test.skipIf(!boxAvailable)("I3: no git of the host's ever runs in or on a tree that a ticket's commands could write", async () => {
  const witness = makeWitness();
  const before = process.env.PATH;
  process.env.PATH = witness.path;
  const signs = join(folder.path, "signs");
  mkdirSync(signs, { mode: 0o777 });
  chmodSync(signs, 0o777);
  // By a script, so that no guard can see what it will do.
  const files = { "check.sh": "true\n", "a.txt": "a\n", "plant.sh": plant(join(signs, "it-ran")).join("\n") };
  const { world, root, fileReady, remove } = await openWorld({ music: { prefix: "MUS", files } });
  try {
    const good = await fileReady({
      title: "plants and lands",
      domain: "music",
      touches: ["out.txt", "hooks/", "evil/", ".gitconfig"],
      run: ["sh plant.sh"],
    });
    const stray = await fileReady({
      title: "strays",
      domain: "music",
      touches: ["b.txt"],
      run: [...plant(join(signs, "b")), "echo x > a.txt"],
    });
    const run = await runTickets(world, { diagnose: async () => healthy });
    expect(run).toMatchObject({ merged: [good], blocked: [stray] });
    runGitIn(join(root, "music"), "branch", "by-hand", "main");
    await recoverWorkspace(world, () => true);
    await adoptBranch(world, { domain: "music", branch: "by-hand", diagnose: async () => healthy }).catch(() => undefined);
    expect((await createDiagnose(createMachineHost(), openConfigFile(root))(world, {})).total).toBe(19);
    const calls = witness.calls();
    expect(calls.length).toBeGreaterThan(20);
    const slots = join(root, ".mos");
    expect(calls.filter(({ cwd, args }) => cwd.startsWith(slots) || args.includes(slots))).toEqual([]);
    expect(existsSync(join(signs, "it-ran"))).toBe(false);
  } finally {
    process.env.PATH = before;
    await remove();
  }
});
