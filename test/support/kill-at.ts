import { execFileSync, spawn } from "node:child_process";
import fs, { mkdirSync, readdirSync, readFileSync } from "node:fs";
import fsPromises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { basename, dirname, join } from "node:path";
import { createGit } from "../../src/adapter/git/git.ts";
import { createRepo } from "../../src/adapter/git/repo.ts";
import { createRunGit, type GitCall, type RunGit, startGit } from "../../src/adapter/git/run-git.ts";
import { isProcessAlive } from "../../src/adapter/process/identify-process.ts";
import { createSlots } from "../../src/adapter/slot/create-slots.ts";
import { adoptBranch } from "../../src/app/adopt-branch.ts";
import { approveCandidate } from "../../src/app/approve-candidate.ts";
import { distill } from "../../src/app/distill.ts";
import { listReview } from "../../src/app/list-review.ts";
import { releaseCandidate } from "../../src/app/release-candidate.ts";
import { runTickets } from "../../src/app/run-tickets.ts";
import type { Candidate } from "../../src/contract/knowledge.ts";
import { composeWorld } from "../../src/entry/compose.ts";
import type { Box, BoxCommand } from "../../src/port/box.ts";
import type { Repo } from "../../src/port/git.ts";
import type { Store, StoreWriter } from "../../src/port/store.ts";
import type { World } from "../../src/port/world.ts";

/**
 * A process to be killed by its own hand (signal 9) at one named step of a real run: the workspace given is opened as the
 * program opens it, and its ports are decorated. It prints every step that it takes, and ends with 3 where it was not killed.
 */
export interface KillPoint {
  readonly act: "run" | "adopt" | "distill" | "approve" | "release";
  /**
   * `before`: of a store's transaction, with all of it written and not committed. `amid`: within one, right after that one write of it.
   * The last three: see each step's own way.
   */
  readonly when: "before" | "after" | "amid" | "in" | "prepared" | "between";
  /** What its step says holds this. */
  readonly step: string;
  /** Which of those that do; the first is 1. */
  readonly nth?: number;
  /** Stands still there instead (signal 19), until it is told to go on or killed. */
  readonly halts?: true;
  /** Of the commands that `make test` is, in their order, those that end with 1 whatever they found: chance, or a red base. */
  readonly red?: readonly number[];
  /** Cores that are free, for test runs at once. */
  readonly cores?: number;
  /** Seconds that each `make test` takes longer, so that others begin beside it. */
  readonly slow?: number;
  /** What the operator does by a shell in `cwd`, once, before the first step that holds `before`. */
  readonly meanwhile?: { readonly before: string; readonly run: string; readonly cwd: string };
}

const [root = "", text = "{}"] = process.argv.slice(2);
const point = JSON.parse(text) as KillPoint;
let seen = 0;
let meddled = false;
let tests = 0;

function die(): void {
  process.kill(process.pid, point.halts ? "SIGSTOP" : "SIGKILL");
  if (point.halts) return;
  // Nothing of this process goes on, whatever thread it is.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** Whether this is the step, `when` aside: asked once for each step that is taken. */
function isIt(step: string): boolean {
  process.stdout.write(`${step}\n`);
  if (!meddled && point.meanwhile !== undefined && step.includes(point.meanwhile.before)) {
    meddled = true;
    execFileSync("sh", ["-c", point.meanwhile.run], { cwd: point.meanwhile.cwd, stdio: "inherit" });
  }
  if (!step.includes(point.step)) return false;
  seen += 1;
  return seen === (point.nth ?? 1);
}

async function take<T>(step: string, body: () => Promise<T>, within?: () => Promise<T>): Promise<T> {
  if (!isIt(step)) return body();
  if (point.when === "before") die();
  const value = await (point.when !== "after" && within ? within() : body());
  if (point.when === "after") die();
  return value;
}

function decorateStore(store: Store): Store {
  return {
    ...store,
    read: (body) => store.read(body),
    write: async (body) => {
      let last = false;
      const value = await store.write(async (tx) => {
        const did: string[] = [];
        const result = await body(noteWrites(tx, did));
        last = point.when !== "amid" && isIt(`store ${did.join(" ")}`);
        if (last && point.when === "before") die();
        return result;
      });
      if (last && point.when === "after") die();
      return value;
    },
  };
}

/** `tickets.update(MUS-1 verifying)`, `append(gate.landed)`, … in the order in which they were written. */
function noteWrites(tx: StoreWriter, did: string[]): StoreWriter {
  const wrote = async (step: string, written: unknown) => {
    did.push(step);
    const value = await written;
    if (point.when === "amid" && isIt(`write ${step}`)) die();
    return value;
  };
  const describe = (row: unknown) => {
    const { id, key, kind, status, paused } = row as {
      id?: string;
      key?: string;
      kind?: string;
      status?: { state: string };
      paused?: object;
    };
    return [id ?? key ?? kind ?? String(row), status?.state, paused && "paused"].filter((word) => word !== undefined).join(" ");
  };
  const watch = (name: string, rows: object) =>
    new Proxy(rows, {
      get(target, verb, self) {
        const found: unknown = Reflect.get(target, verb, self);
        if (typeof found !== "function" || !["put", "remove", "insert", "update"].includes(String(verb))) return found;
        return (...args: unknown[]) => {
          const step = `${name}.${String(verb)}(${typeof args[0] === "string" ? args[0] : describe(args[0])})`;
          return wrote(step, Reflect.apply(found, target, args));
        };
      },
    });
  return new Proxy(tx, {
    get(target, name, self) {
      const found: unknown = Reflect.get(target, name, self);
      if (name === "append") {
        return (event: { kind: string }) => {
          return wrote(`append(${event.kind})`, target.append(event as never));
        };
      }
      return typeof found === "object" && found !== null ? watch(String(name), found) : found;
    },
  });
}

/**
 * In `update-ref`: killed together with git. `prepared`: both refs are locked and nothing has moved. `between`: main has moved
 * and the receipt's ref has not, where git stands before the receipt's log, which is a pipe that nobody reads. In `read-tree`:
 * what goes (`gone.txt`) and what changes (`a.txt`) is gone from the tree and nothing has come yet, where git stands before its attributes.
 */
function decorateGit(env: NodeJS.ProcessEnv): { git: World["git"] } {
  const runGit = createRunGit(env);
  const decorated: RunGit = (call) => {
    const refs = call.args[0] === "update-ref" ? ` ${String(call.input ?? "").replaceAll("\n", "; ")}` : "";
    const index = call.env?.GIT_INDEX_FILE ? ` in ${basename(call.env.GIT_INDEX_FILE)}` : "";
    return take(
      `git ${call.args.join(" ")}${refs}${index}`,
      () => runGit(call),
      () => breakOff(call, runGit),
    );
  };
  const git = createGit(env);
  const repos = new Map<string, Repo>();
  const at = (path: string) => {
    const repo = repos.get(path) ?? createRepo(path, decorated, () => startGit(env, { cwd: path, args: ["cat-file", "--batch-command"] }));
    repos.set(path, repo);
    return repo;
  };
  return { git: { ...git, at } };
}

async function breakOff(call: GitCall, runGit: RunGit): Promise<never> {
  const gitDir = join(call.cwd, ".git");
  if (call.args[0] === "read-tree") {
    const pipe = join(gitDir, "info/attributes");
    mkdirSync(dirname(pipe), { recursive: true });
    execFileSync("mkfifo", [pipe]);
    void runGit(call);
    await until(() => ["gone.txt", "a.txt"].every((path) => !fs.existsSync(join(call.cwd, path))));
    killChild("read-tree");
    fs.rmSync(pipe);
    return endHere();
  }
  const rows = String(call.input).split("\n");
  if (!rows.includes("commit")) throw new Error(`no transaction: ${call.input}`);
  const [main = "", receipt = ""] = rows.filter((row) => row.includes(" refs/")).map((row) => row.split(" ")[1] ?? "");
  if (point.when === "prepared") {
    const child = spawn("git", ["-c", "core.hooksPath=/dev/null", "update-ref", "--stdin"], {
      cwd: call.cwd,
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdin.write(`${rows.slice(0, rows.indexOf("commit")).join("\n")}\n`);
    await new Promise<void>((resolve) => child.stdout.on("data", (data) => String(data).includes("prepare: ok") && resolve()));
    child.kill("SIGKILL");
    return endHere();
  }
  const pipe = join(gitDir, "logs", receipt);
  mkdirSync(dirname(pipe), { recursive: true });
  execFileSync("mkfifo", [pipe]);
  const before = readFileSync(join(gitDir, main), "utf8");
  void runGit(call);
  await until(() => readFileSync(join(gitDir, main), "utf8") !== before);
  killChild("update-ref");
  fs.rmSync(pipe);
  return endHere();
}

function endHere(): never {
  die();
  throw new Error("git is gone, and this is not");
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries > 5000) throw new Error("it did not come so far");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A git of this very process's own, by what it runs. */
function findChild(verb: string): number | undefined {
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      if (Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) !== process.pid) continue;
      if (!readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0").includes(verb)) continue;
      return Number(name);
    } catch {
      // It has ended meanwhile.
    }
  }
  return undefined;
}

function killChild(verb: string): void {
  const child = findChild(verb);
  if (child === undefined) throw new Error(`there is no git ${verb}`);
  process.kill(child, "SIGKILL");
}

/** In a command: once it has printed something. */
function decorateBox(box: Box): Box {
  return {
    // Looked at by others: each of these processes lives for a second.
    probe: async () => ({ ok: true, kind: "bubblewrap" }),
    run: async (given) => {
      const step = `box ${nameCommand(given)}`;
      const isTest = step === "box make test";
      if (isTest) tests += 1;
      const isRed = isTest && point.red?.includes(tests) === true;
      const slower = `${given.argv.at(-1)} && sleep ${point.slow}`;
      const command = isTest && point.slow !== undefined ? { ...given, argv: [...given.argv.slice(0, -1), slower] } : given;
      const result = await take(
        step,
        () => box.run(command),
        () => box.run({ ...command, onOutput: () => die() }),
      );
      return isRed ? { ...result, exitCode: 1 } : result;
    },
  };
}

function nameCommand({ argv }: BoxCommand): string {
  const words = argv.at(-1) ?? "";
  if (words.includes("git checkout -q --detach")) return "prepare";
  if (words.includes("git pack-objects")) return "collect";
  if (words.includes("git ls-files -o -i")) return "list-ignored";
  return words.replaceAll("\n", " ").slice(0, 80);
}

/** What is done to files directly: git's index and its lock, what `setup` made. */
function decorateFiles(): void {
  const about = (path: unknown) => join(basename(dirname(String(path))), basename(String(path)));
  const isOurs = (path: unknown) => /index(\.mos|\.lock)?$|\/setup\//.test(String(path));
  for (const verb of ["rename", "writeFile", "rm", "copyFile"] as const) {
    const plain = fsPromises[verb] as (...args: unknown[]) => Promise<unknown>;
    const [target] = [{ rename: 1, writeFile: 0, rm: 0, copyFile: 1 }[verb]];
    Object.assign(fsPromises, {
      [verb]: (...args: unknown[]) =>
        isOurs(args[target]) ? take(`file ${verb} ${about(args[target])}`, () => plain(...args)) : plain(...args),
    });
  }
  for (const verb of ["renameSync", "writeFileSync"] as const) {
    const plain = fs[verb] as (...args: unknown[]) => unknown;
    const target = verb === "renameSync" ? 1 : 0;
    Object.assign(fs, {
      [verb]: (...args: unknown[]) => {
        const last = isOurs(args[target]) && isIt(`file ${verb} ${about(args[target])}`);
        if (last && point.when === "before") die();
        const value = plain(...args);
        if (last && point.when === "after") die();
        return value;
      },
    });
  }
  syncBuiltinESMExports();
}

async function firstInReview(): Promise<Candidate> {
  const [first] = await listReview(world);
  if (first === undefined) throw new Error("nothing waits for review");
  return first;
}

const signal = new AbortController().signal;
const opened = await composeWorld({
  start: root,
  exact: true,
  report: (said) => void process.stdout.write(`said ${JSON.stringify(said)}\n`),
  signal,
});
const { workspace, clock, worker } = opened.world;
const { git } = decorateGit(process.env);
const store = decorateStore(opened.world.store);
const box = decorateBox(opened.world.box);
const slots = createSlots({ workspace, store, git, box, clock, worker, isProcessAlive, uid: process.getuid?.() ?? -1 });
const machine = { cores: point.cores ?? 1, coreTimes: () => ({ busyMs: 0, allMs: performance.now() }), freeMemoryBytes: () => 2 ** 36 };
const world: World = { ...opened.world, git, store, box, slots, ...(point.cores === undefined ? {} : { machine }) };
decorateFiles();
const acts: Readonly<Record<KillPoint["act"], () => Promise<unknown>>> = {
  run: () => runTickets(world, { diagnose: opened.diagnose }),
  adopt: () => adoptBranch(world, { domain: "music", branch: "main", diagnose: opened.diagnose }),
  distill: () => distill(world),
  approve: async () => approveCandidate(world, await firstInReview()),
  release: async () => releaseCandidate(world, await firstInReview()),
};
await acts[point.act]();
process.exitCode = 3;
await opened.close();
