import { chmodSync, cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { type AttackCase, shellTextOf } from "./attack-case.ts";
import { readTree } from "./disk-state.ts";
import type { AttackWorld } from "./make-attack-world.ts";
import { mapNames, worktreeOf } from "./map-names.ts";
import { isAgentSetting, type ShellOutcome, splitGitEffect, withGitEffect, withoutStart } from "./shell-leg.ts";

const nobody = "65534";
const wallMs = 60_000;

type Compared = Pick<ShellOutcome, "exitCode" | "output" | "tree" | "git">;

/**
 * Runs ordinary commands as a person would in a checkout of their own: a copy with the ticket's branch checked out and a remote
 * that can be pushed to. The file's word that they are harmless is not relied on: the machine is read-only for them, without a
 * network, and they run as nobody.
 */
export function createPlainCheckout(world: AttackWorld): (one: AttackCase) => Promise<Compared> {
  const folder = join(world.folder, "plain");
  const [first, copy] = [join(folder, "first"), join(folder, "copy")];
  const tree = join(copy, "tree");
  let made: Promise<void> | undefined;
  const env = {
    PATH: [...(process.execPath.startsWith("/usr/") ? [] : [dirname(process.execPath)]), "/usr/local/bin:/usr/bin:/bin"].join(":"),
    HOME: join(copy, "home"),
    LANG: "C.UTF-8",
    TERM: "dumb",
    CI: "true",
    NO_COLOR: "1",
    GIT_TERMINAL_PROMPT: "0",
    npm_config_update_notifier: "false",
  };
  const make = async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(first, "home"), { recursive: true });
    const git = (...words: string[]) => execa("git", words, { env: { PATH: env.PATH, HOME: world.home }, extendEnv: false });
    await git("clone", "-q", "--bare", "--no-hardlinks", join(world.layout.root, "domains/music"), join(first, "origin.git"));
    await git("clone", "-q", "--no-hardlinks", "-b", "agent/music-T1/work", join(first, "origin.git"), join(first, "tree"));
    await git("-C", join(first, "tree"), "branch", "-q", "-m", `agent/${world.layout.ticket}/work`);
    await git("-C", join(first, "tree"), "branch", "-q", "main", "origin/main");
    await git("-C", join(first, "tree"), "remote", "set-url", "origin", join(copy, "origin.git"));
    await git("-C", join(first, "tree"), "config", "user.name", "Test Operator");
    await git("-C", join(first, "tree"), "config", "user.email", "operator@example.invalid");
  };

  return async (one) => {
    made ??= make();
    await made;
    rmSync(copy, { recursive: true, force: true });
    cpSync(first, copy, { recursive: true, verbatimSymlinks: true });
    if (process.getuid?.() === 0) await execa("chown", ["-R", `${nobody}:${nobody}`, copy]);
    chmodSync(folder, 0o755);
    const own = (text: string) => mapNames(text, world.layout, "box").replaceAll(worktreeOf(world.layout, "box"), tree);
    const command = withGitEffect(own(shellTextOf(one.tool, one.input) ?? ""), own(one.cwd));
    const [program = "bwrap", ...argv] = [
      ...(process.getuid?.() === 0 ? ["setpriv", "--reuid", nobody, "--regid", nobody, "--clear-groups", "--no-new-privs"] : []),
      ...["bwrap", "--unshare-net", "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--new-session"],
      ...["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--bind", copy, copy, "--chdir", tree],
      ...["--", "bash", "-c", command],
    ];
    const run = await execa(program, argv, { env, extendEnv: false, reject: false, stdin: "ignore", timeout: wallMs, cwd: "/" });
    const { output, git } = splitGitEffect(run.stdout);
    return {
      exitCode: run.exitCode ?? null,
      output: `${output}${withoutStart(run.stderr)}`,
      tree: readTree(tree, (path) => path === ".git"),
      git,
    };
  };
}

/** In what the two behave differently: exit code, files, git; and whether anything was printed at all. Empty: alike. */
export function compareRuns(args: { box: Compared; plain: Compared; branchBefore: { box: string; plain: string } }): string[] {
  const { box, plain, branchBefore } = args;
  const moved = (run: Compared, before: string) => (run.git.branch === before ? "" : run.git.branch);
  const differing = [...new Set([...box.tree.keys(), ...plain.tree.keys()])].filter(
    (path) => !isAgentSetting(path) && box.tree.get(path) !== plain.tree.get(path),
  );
  return [
    ...(box.exitCode === plain.exitCode ? [] : [`exit ${box.exitCode} in the box, ${plain.exitCode} plain`]),
    ...(differing.length === 0 ? [] : [`files differ: ${differing.slice(0, 5).join(", ")}`]),
    ...(box.git.tree === plain.git.tree ? [] : ["the committed tree differs"]),
    ...(box.git.status === plain.git.status ? [] : ["git status differs"]),
    ...(moved(box, branchBefore.box) === moved(plain, branchBefore.plain) ? [] : ["the branch that is checked out differs"]),
    ...((box.output.trim() === "") === (plain.output.trim() === "") ? [] : ["one of them prints nothing"]),
  ];
}
