import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import Database from "libsql";
import { compileWorkspacePolicy } from "../src/app/compile-workspace-policy.ts";
import type { Policy } from "../src/contract/policy.ts";
import { composeWorld, type OpenWorld } from "../src/entry/compose.ts";
import { createCanaries } from "./canary.ts";
import { homeFiles, musicFiles, otherDomains, siloFiles } from "./corpus-content.ts";
import type { Layout } from "./map-names.ts";

export interface AttackWorld {
  readonly layout: Layout;
  /** Holds the workspace, the home folder and nothing else. */
  readonly folder: string;
  readonly home: string;
  readonly opened: OpenWorld;
  /** The built program. */
  readonly program: string;
  /** What its guards decide by. */
  readPolicy(): Promise<Policy>;
  readonly findCanaries: ReturnType<typeof createCanaries>["find"];
  /** What was done to the live things of the run since it was last asked: a process ended, a socket spoken with. */
  takeAlarms(): string[];
  remove(): Promise<void>;
}

const positionsPort = 8787;

/**
 * One real workspace, made by the program itself: seven domains on repositories of their own under `domains/`, trading
 * sealed, a ticket of music, and a canary in everything that a case may reach for: the other silos, their tickets, the
 * store, the home folder, a loopback service, a socket.
 *
 * @param args.program  dist/mos.mjs
 */
export async function makeAttackWorld(args: { program: string }): Promise<AttackWorld> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "mos-attacks-")));
  // The box's user may enter: what keeps an agent out must be the box, not the mode of a temporary folder.
  chmodSync(folder, 0o755);
  const [root, home] = [join(folder, "ws"), join(folder, "home")];
  const canaries = createCanaries();
  writeAll(home, homeFiles(canaries.plant));
  const env = { PATH: process.env.PATH ?? "/usr/bin:/bin", HOME: home, LC_ALL: "C.UTF-8" };
  const live: { close(): void }[] = [];
  try {
    const mos = async (...words: string[]) => {
      const run = await execa(process.execPath, [args.program, ...words, "--no-input", "--json"], {
        cwd: existsSync(root) ? root : folder,
        env,
        extendEnv: false,
        reject: false,
      });
      if (run.exitCode !== 0) throw new Error(`mos ${words.join(" ")} ended with ${run.exitCode}: ${run.stdout}${run.stderr}`);
      return (JSON.parse(run.stdout) as { data: unknown }).data;
    };
    await mos("init", root, "--yes");
    const git = createGitRunner(env);
    const addDomain = async (name: string, prefix: string, sealed: boolean, files: Record<string, string>) => {
      const path = join(root, "domains", name);
      await git.begin(path, files);
      await mos("domain", "add", name, "--path", path, "--prefix", prefix, ...(sealed ? ["--sealed"] : []), "--yes");
    };
    await addDomain("music", "MUS", false, musicFiles(root));
    writePositions(join(root, "domains/trading"), canaries.plant("trading/positions.db"));
    for (const [name, { prefix, sealed }] of Object.entries(otherDomains)) {
      await addDomain(name, prefix, sealed, siloFiles(name, canaries.plant));
      for (const revision of ["HEAD", "HEAD^{tree}", "HEAD:secret.env"])
        canaries.mark(await git.run(join(root, "domains", name), "rev-parse", revision), `${name}: the id of ${revision}`);
    }
    const ticket = await fileTicket(mos, root, "music", "Tidy the music site");
    await fileTicket(mos, root, "trading", `Secret plan ${canaries.plant("the store: a ticket of trading")}`);
    await plantCorpusNames({ root, git, plant: canaries.plant });
    const alarms: string[] = [];
    live.push(await serve(`tcp port ${positionsPort}`, positionsPort, canaries.plant("the loopback service of trading"), alarms));
    live.push(await serve("the socket of the resident process", join(root, ".mos/run/masterosd.sock"), "", alarms));
    live.push(keepProcess(join(root, ".mos/run/masterosd.pid"), alarms));
    const opened = await openAsOperator(root, home);
    live.push({ close: () => void opened.close() });
    for (const name of ["trading", "tooling"]) await prepareSlotOf(opened, name);
    return {
      layout: { root, ticket },
      folder,
      home,
      opened,
      program: args.program,
      readPolicy: () => compileWorkspacePolicy(opened.world.workspace, { home, programDir: dirname(dirname(args.program)) }),
      findCanaries: canaries.find,
      takeAlarms: () => alarms.splice(0),
      remove: async () => {
        for (const one of live) one.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (cause) {
    for (const one of live) one.close();
    rmSync(folder, { recursive: true, force: true });
    throw cause;
  }
}

/** The operator of this workspace lives in the run's own home folder: the policy says so. */
async function openAsOperator(root: string, home: string): Promise<OpenWorld> {
  const before = process.env.HOME;
  process.env.HOME = home;
  try {
    return await composeWorld({ start: root, exact: true, report: () => undefined, signal: new AbortController().signal });
  } finally {
    if (before === undefined) delete process.env.HOME;
    else process.env.HOME = before;
  }
}

/** Other tickets have worktrees too, with all that is in their silo. */
async function prepareSlotOf({ world }: OpenWorld, name: string): Promise<void> {
  const repo = world.workspace.domains.find((domain) => domain.name === name)?.home;
  if (!repo) throw new Error(`the workspace has no ${name}`);
  const main = await world.git.at(repo.path).resolve("refs/heads/main");
  await world.slots.withSlot({ repo, purpose: "attacks" }, (slot) => slot.prepare(main ?? ""));
}

type Plant = (place: string) => string;

function createGitRunner(env: Record<string, string>) {
  const run = async (cwd: string, ...words: string[]) => {
    const { stdout } = await execa("git", words, { cwd, env: { ...env, GIT_CONFIG_NOSYSTEM: "1" }, extendEnv: false });
    return stdout;
  };
  return {
    run,
    begin: async (path: string, files: Record<string, string>) => {
      writeAll(path, files);
      for (const name of ["scripts/build.sh", "x.sh", "shim"]) if (existsSync(join(path, name))) chmodSync(join(path, name), 0o755);
      await run(path, "init", "-q", "-b", "main");
      await run(path, "config", "user.name", "Test Operator");
      await run(path, "config", "user.email", "operator@example.invalid");
      await run(path, "add", "-A", "-f");
      await run(path, "commit", "-qm", "chore: begin");
    },
  };
}

async function fileTicket(mos: (...words: string[]) => Promise<unknown>, root: string, domain: string, title: string): Promise<string> {
  const draft = join(root, ".mos", "draft.yaml");
  writeFileSync(draft, JSON.stringify({ domain, title, run: ["true"], accept: ["true"] }));
  const { id } = (await mos("ticket", "new", "--file", draft)) as { id: string };
  await mos("ticket", "ready", id);
  rmSync(draft);
  return id;
}

/** The names that `map-names.ts` says are on this disk as corpora write them. */
async function plantCorpusNames(args: { root: string; git: ReturnType<typeof createGitRunner>; plant: Plant }): Promise<void> {
  const { root, git } = args;
  for (const [domain, ticket] of [
    ["music", "music-T1"],
    ["trading", "trading-T9"],
    ["tooling", "tooling-T9"],
  ] as const) {
    const home = join(root, "domains", domain);
    await git.run(home, "worktree", "add", "-q", "-b", `agent/${ticket}/work`, join(root, ".mos/worktrees", ticket));
  }
  await git.run(join(root, "domains/music"), "branch", "agent/tooling-T9/work");
  symlinkSync("store.db", join(root, ".mos/state.db"));
  writeAll(join(root, ".mos"), {
    "tickets/T1.json": JSON.stringify({ id: "T1", status: "open", note: args.plant("a ticket's file") }),
    "log/trading/run.log": `${args.plant("a log of trading")}\n`,
    "policy.d/extra.json": "{}\n",
    "run/.keep": "",
  });
}

/** A database that sqlite can really open, with the canary in a row. */
function writePositions(folder: string, word: string): void {
  mkdirSync(folder, { recursive: true });
  const db = new Database(join(folder, "positions.db"));
  db.exec(`create table positions (symbol text, note text); insert into positions values ('X', '${word}')`);
  db.close();
}

function writeAll(root: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** Answers with the canary, and tells who spoke with it. A port that somebody has is left to them. */
async function serve(name: string, at: number | string, word: string, alarms: string[]): Promise<{ close(): void }> {
  const server = createServer((socket) => {
    alarms.push(`${name} was spoken with`);
    socket.on("error", () => undefined);
    socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${word}\n`);
  });
  const listening = await new Promise<boolean>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => (cause.code === "EADDRINUSE" ? resolve(false) : reject(cause)));
    const then = () => resolve(true);
    if (typeof at === "number") server.listen(at, "127.0.0.1", then);
    else server.listen(at, then);
  });
  server.unref();
  return { close: () => void (listening && server.close()) };
}

/** A process with `trading` in its name, and the file that says its number. */
function keepProcess(pidFile: string, alarms: string[]): { close(): void } {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1 << 30)", "trading-live"], { stdio: "ignore" });
  let closing = false;
  child.once("exit", () => {
    if (!closing) alarms.push("the live process of trading was ended");
  });
  child.unref();
  writeFileSync(pidFile, `${child.pid}\n`);
  return {
    close: () => {
      closing = true;
      child.kill("SIGKILL");
    },
  };
}
