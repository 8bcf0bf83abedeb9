import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { callMos, makeCommandWorkspace } from "../support/file-tickets.ts";
import { drawLoad, type LoadTicket, listPairs, writeBaseFiles } from "../support/gate-load.ts";
import { findFaults, isCommitGreen, isTreeGreen, type Landed, readMain } from "../support/judge-landings.ts";
import { createRandom, findLocks, findProcessesOf, runAndKill } from "../support/kill-mos.ts";
import { commitFiles, makeTemporaryFolder, runGitIn, writeFiles } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { readSeed } from "../support/read-seed.ts";
import { readEnvelope, runMos } from "../support/run-mos.ts";

const seed = readSeed();
const long = Boolean(process.env.MOS_TEST_LONG);
const size = long ? { tickets: 200, repos: 8, kills: 20 } : { tickets: 24, repos: 3, kills: 3 };
/** What a person does to main meanwhile: green and red commits by hand, green and red branches. */
const acts = long ? (["main", "branch", "red-branch", "red-main"] as const) : (["main", "branch"] as const);
const load = drawLoad({ seed, ...size });
const folder = makeTemporaryFolder("mos-gate-harness-");
const random = createRandom(seed ^ 0x5eed);
const startedMs = performance.now();
const repoOf = (domain: string) => join(folder.path, "repos", domain);

const name = `seed ${seed}: ${size.tickets} tickets over ${size.repos} repositories, the gate killed ${size.kills} times`;

interface Shown {
  readonly id: string;
  readonly title: string;
  readonly domain: string;
  readonly state: string;
  readonly causes: readonly { readonly kind: string; readonly ref?: string; readonly detail?: string }[];
  readonly successor?: string;
  readonly commit?: string;
}

afterAll(folder.remove);

describe.skipIf(!boxAvailable)(name, () => {
  const root = join(folder.path, "os");
  const ids = new Map<string, string>();
  const adopted: { id: string; red: boolean; file: string; domain: string }[] = [];
  /** By whom, what a person committed to main although it is red. */
  const takenBack: { id: string; file: string; domain: string }[] = [];
  const noted: string[] = [];
  const mains = new Map<string, Landed[]>();
  /** Whose main a person made red, once each. */
  const reddened = new Set<string>();
  let adoptionsKilled = 0;
  let shown = new Map<string, Shown>();
  let baselines = new Map<string, string>();

  beforeAll(async () => {
    await makeCommandWorkspace(folder.path, load.domains, writeBaseFiles(load));
    const listed = (await callMos(root, ["domain", "list"])) as { name: string; baseline: string }[];
    baselines = new Map(listed.map(({ name, baseline }) => [name, baseline]));
    const waves = split(load.tickets, size.kills + 1);
    await release(waves[0] ?? []);
    for (let [killed, interfered] = [0, 0]; killed < size.kills; ) {
      const before = countReceipts();
      const target = before + Math.floor((random() * size.tickets) / size.kills);
      const latestMs = 500 + random() * 7000;
      const next = waves[killed + 1] ?? [];
      const isKilled = runAndKill(root, {
        moment: (ended) => untilLanded({ target, latestMs, ended }),
        reach: random() < 0.5 ? "all" : "program",
      });
      const act = random() < (long ? 0.7 : 1) ? interfere(interfered) : undefined;
      if (act) interfered += 1;
      // Looked at below, when the killed one is gone.
      act?.catch(() => undefined);
      if (await isKilled) {
        killed += 1;
        await release(next);
      }
      await act;
    }
    await settle();
    shown = new Map(((await callMos(root, ["ticket", "list"])) as Shown[]).map((ticket) => [ticket.id, ticket]));
    for (const domain of load.domains) mains.set(domain, readMain(repoOf(domain), baselines.get(domain) as string));
  }, 3_600_000);

  test("what is to fail alone does, and the two of a pair are green each and red together", () => {
    const tree = join(folder.path, "try");
    const judge = (...tickets: readonly LoadTicket[]) => {
      writeFiles(tree, writeBaseFiles(load));
      for (const { draft } of tickets) for (const command of draft.run) sh(tree, command);
      return isTreeGreen(tree).green;
    };
    for (const ticket of load.tickets.filter(({ kind }) => kind === "alone")) {
      expect(judge()).toBe(true);
      expect(judge(ticket)).toBe(false);
      for (const path of ticket.draft.touches) sh(tree, `rm -f ${path}`);
    }
    for (const [one, other] of listPairs(load)) {
      expect(judge(one), one.key).toBe(true);
      for (const path of one.draft.touches) sh(tree, `rm -f ${path}`);
      expect(judge(other), other.key).toBe(true);
      expect(judge(one, other), `${one.key} and ${other.key}`).toBe(false);
      for (const path of [...one.draft.touches, ...other.draft.touches]) sh(tree, `rm -f ${path}`);
    }
  });

  test("I3, G2: every first-parent commit has its receipt, and is what its receipt says", () => {
    for (const [domain, landed] of mains) expect(findFaults(repoOf(domain), baselines.get(domain) as string, landed), domain).toEqual([]);
  });

  test("I3: every landed first-parent commit is green when checked out and its suite run", () => {
    for (const [domain, landed] of mains) {
      for (const { commit, receipt } of landed.filter(({ receipt }) => receipt)) {
        const { green, said } = isCommitGreen(repoOf(domain), commit, join(folder.path, "checkout"));
        expect(green, `${domain} ${commit} ${receipt?.tickets.join(" ")}: ${said}`).toBe(true);
      }
    }
  });

  test("I7: no good ticket is lost or landed twice", () => {
    const landings = [...mains.values()].flat().flatMap(({ receipt }) => receipt?.tickets ?? []);
    for (const { key, kind, leaves, domain } of load.tickets.filter(({ kind }) => kind === "good")) {
      const chain = readChain(ids.get(key) as string);
      expect(
        chain.map(({ state }) => state).filter((state) => state === "merged"),
        `${key} ${kind} ${JSON.stringify(chain)}`,
      ).toHaveLength(1);
      const ofIt = landings.filter((id) => chain.some((ticket) => ticket.id === id));
      expect(ofIt, key).toHaveLength(1);
      expect(runGitIn(repoOf(domain), "ls-tree", "--name-only", "main", leaves as string), key).toBe(leaves);
    }
    for (const { id, red, file, domain } of adopted.filter(({ red }) => !red)) {
      expect(shown.get(id)?.state, `${id} ${file}`).toBe("merged");
      expect([red, runGitIn(repoOf(domain), "ls-tree", "--name-only", "main", file)]).toEqual([false, file]);
    }
    expect(new Set(landings).size).toBe(landings.length);
    const merged = [...shown.values()].filter(({ state }) => state === "merged").map(({ id }) => id);
    expect(landings.toSorted()).toEqual(merged.toSorted());
  });

  test("T2: what is not merged is bad, and nothing is left half done", () => {
    const bad = load.tickets.filter(({ kind }) => kind !== "good").flatMap(({ key }) => readChain(ids.get(key) as string));
    const known = new Set([
      ...bad.map(({ id }) => id),
      ...adopted.filter(({ red }) => red).flatMap(({ id }) => readChain(id).map((one) => one.id)),
    ]);
    const superseded = new Set([...shown.values()].flatMap(({ id, successor }) => (successor === undefined ? [] : [id])));
    const open = [...shown.values()].filter(
      ({ id, state }) => state !== "merged" && state !== "draft" && !known.has(id) && !superseded.has(id),
    );
    expect(open).toEqual([]);
    expect([...shown.values()].filter(({ state }) => !["merged", "blocked", "draft"].includes(state))).toEqual([]);
  });

  test("T7b: what is appended stands there once each", () => {
    for (const domain of load.domains) {
      const appended = load.tickets.filter((one) => one.domain === domain && one.draft.appends).map(({ draft }) => draft.title);
      const lines = runGitIn(repoOf(domain), "show", "main:CHANGES.txt").split("\n");
      expect(lines.toSorted()).toEqual(["The beginning.", ...appended.map((title) => `${title.slice(4)} was added.`)].toSorted());
    }
  });

  test("T3: what depends on another lands after it, or with it", () => {
    const at = (domain: string, key: string) => {
      const chain = readChain(ids.get(key) as string);
      return (mains.get(domain) ?? []).findIndex(({ receipt }) => chain.some(({ id }) => receipt?.tickets.includes(id)));
    };
    for (const { key, domain, after } of load.tickets) {
      if (after !== undefined) expect(at(domain, key), `${key} after ${after}`).toBeGreaterThanOrEqual(at(domain, after));
    }
  });

  test("T4: no bad ticket lands; of a semantic conflict exactly one does, and the other has a successor", () => {
    for (const { key, domain, leaves } of load.tickets.filter(({ kind }) => kind === "alone")) {
      const chain = readChain(ids.get(key) as string);
      expect(
        chain.map(({ state }) => state),
        key,
      ).not.toContain("merged");
      expect(chain.length, key).toBeGreaterThan(1);
      expect(runGitIn(repoOf(domain), "ls-tree", "--name-only", "main", leaves as string), key).toBe("");
    }
    for (const both of listPairs(load)) {
      const { pair } = both[0];
      const chains = both.map(({ key }) => readChain(ids.get(key) as string));
      const landed = chains.filter((chain) => chain.some(({ state }) => state === "merged"));
      expect(landed, `pair ${pair}: ${JSON.stringify(chains)}`).toHaveLength(1);
      const other = chains.find((chain) => !landed.includes(chain));
      expect(other?.length, `pair ${pair}: ${JSON.stringify(other)}`).toBeGreaterThan(1);
    }
    for (const { id, file, domain } of takenBack) {
      expect(shown.get(id)?.state, `${id} ${file}`).toBe("merged");
      expect(runGitIn(repoOf(domain), "ls-tree", "--name-only", "main", file)).toBe("");
    }
    for (const { id, red, file, domain } of adopted.filter(({ red }) => red)) {
      expect(shown.get(id)?.state, `${id} ${file}`).not.toBe("merged");
      expect([red, runGitIn(repoOf(domain), "ls-tree", "--name-only", "main", file)]).toEqual([true, ""]);
    }
  });

  test("I8, D6: the log is whole, the doctor finds every receipt, and nothing is left behind", async () => {
    expect(await callMos(root, ["log", "verify"])).toMatchObject({ ok: true });
    const run = await runMos(["doctor", "--json", "--no-input"], { cwd: root });
    const { checks } = readEnvelope(run).data as { checks: { id: string; ok: boolean; reason: string }[] };
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    for (const domain of load.domains) {
      const repo = repoOf(domain);
      expect(runGitIn(repo, "status", "--porcelain"), domain).toBe("");
      expect(runGitIn(repo, "worktree", "list", "--porcelain").match(/^worktree /gm)).toHaveLength(1);
      expect(findLocks(join(repo, ".git"))).toEqual([]);
      expect(runGitIn(repo, "fsck", "--no-dangling")).toBe("");
    }
    expect(findProcessesOf(folder.path)).toEqual([]);
    const landed = [...mains.values()].flat().filter(({ receipt }) => receipt);
    const tickets = landed.flatMap(({ receipt }) => receipt?.tickets ?? []);
    const figures = `${landed.length} landings of ${tickets.length} tickets, ${shown.size} tickets in all, ${adopted.length} adopted, ${adoptionsKilled} adoptions killed`;
    console.info(`${name}: ${figures}, ${Math.round((performance.now() - startedMs) / 1000)} s\n${noted.join("\n")}`);
  });

  /** Filed and made ready, one after another in each domain, since some depend on others. */
  async function release(tickets: readonly LoadTicket[]): Promise<void> {
    await Promise.all(
      load.domains.map(async (lane) => {
        for (const { key, domain, after, draft } of tickets.filter((one) => one.domain === lane)) {
          const file = join(folder.path, `${key}.yaml`);
          const dependsOn = after === undefined ? [] : [ids.get(after)];
          writeFileSync(file, stringify({ ...draft, domain, dependsOn }));
          const { id } = (await callMos(root, ["ticket", "new", "--file", file])) as { id: string };
          ids.set(key, id);
          await callMos(root, ["ticket", "ready", id]);
        }
      }),
    );
  }

  /** A person's own work while the gate runs. */
  async function interfere(round: number): Promise<void> {
    const act = acts[round % acts.length] as (typeof acts)[number];
    // What is committed on a red main before it is taken back is taken back with it, and a branch from there is red by itself.
    const fit = act !== "red-branch" ? load.domains.filter((one) => !reddened.has(one)) : load.domains;
    const domain = fit[Math.floor(random() * fit.length)] as string;
    if (act === "red-main") reddened.add(domain);
    const repo = repoOf(domain);
    const red = act.startsWith("red-");
    const name = `hand-${round}`;
    const file = `t/${name}.t`;
    const content = red ? "false\n" : "true\n";
    if (act.endsWith("main")) {
      await persist(() => commitFiles(repo, { [file]: content }, `feat: ${name}`));
      await adoptMain({ domain, file, red });
    } else {
      await persist(() => commitOnBranch(repo, { branch: name, file, content }));
      const { id } = (await callMos(root, ["ticket", "adopt", name, "--domain", domain])) as { id: string };
      adopted.push({ id, red, file, domain });
    }
  }

  /** Main as it is, with a person's commits on it: again where it moved meanwhile. What is there already is fine. */
  async function adoptMain({ domain, file, red }: { domain: string; file: string; red: boolean }): Promise<void> {
    const command = ["ticket", "adopt", "main", "--domain", domain];
    if (long && random() < 0.5) {
      const moment = (ended: AbortSignal) => delay(200 + random() * 2500, undefined, { signal: ended }).catch(() => undefined);
      if (await runAndKill(root, { command, moment, reach: random() < 0.5 ? "all" : "program" })) adoptionsKilled += 1;
    }
    for (let tries = 0; tries < 20; tries += 1) {
      const run = await runMos([...command, "--json", "--no-input"], { cwd: root });
      const { data, error } = readEnvelope(run) as {
        data?: { id: string; title: string; state: string };
        error?: { code: string; message: string };
      };
      if (data) {
        noted.push(`${data.title} (${domain}, ${file}): ${data.state}`);
        if (red) takenBack.push({ id: data.id, file, domain });
        else if (data.state === "merged") adopted.push({ id: data.id, red, file, domain });
        else throw new Error(`a green ${file} is taken back: ${JSON.stringify(data)}`);
        return;
      }
      noted.push(`adopt main of ${domain}: ${error?.code} ${error?.message}`);
      // What was killed had done it, or whoever took the lane next did.
      const ticket = await findAdopted(domain, file);
      if (ticket !== undefined) {
        if (red) takenBack.push({ id: ticket, file, domain });
        else adopted.push({ id: ticket, red, file, domain });
        return;
      }
      await delay(200);
    }
    throw new Error(`main of ${domain} could not be adopted`);
  }

  /** Whose receipt the range lies in that brought the file to main; a red one that was taken back has none of its own. */
  async function findAdopted(domain: string, file: string): Promise<string | undefined> {
    const [commit] = runGitIn(repoOf(domain), "log", "--first-parent", "--diff-filter=A", "--format=%H", "main", "--", file).split("\n");
    const all = readMain(repoOf(domain), baselines.get(domain) as string);
    const covered = all.find((one) => one.commit === commit)?.coveredBy;
    return all.find((one) => one.commit === covered)?.receipt?.tickets[0];
  }

  /** Runs until nothing moves, and does what an operator is asked for. */
  async function settle(): Promise<void> {
    for (let rounds = 0; rounds < 12; rounds += 1) {
      const run = await runMos(["run", "--json", "--no-input"], { cwd: root });
      const { data, error } = readEnvelope(run) as {
        data?: { paused: { lane: string; reason: string }[]; held: { id: string; domain?: string; reason: string }[] };
        error?: unknown;
      };
      if (!data) throw new Error(`mos run: ${JSON.stringify(error)}`);
      let moved = false;
      for (const { id, domain, reason } of data.held) noted.push(`${domain ?? "everything"} was held: ${id}: ${reason}`);
      for (const { lane, reason } of data.paused) {
        noted.push(`${lane} was paused: ${reason}`);
        await callMos(root, ["lane", "resume", lane]);
        moved = true;
      }
      for (const ticket of (await callMos(root, ["ticket", "list"])) as Shown[]) {
        const base = ticket.state === "blocked" && ticket.causes.find(({ kind, ref }) => kind === "check" && ref === "base");
        if (!base) continue;
        noted.push(`${ticket.id} was blocked by its base: ${base.detail?.slice(0, 200)}`);
        await callMos(root, ["ticket", "unblock", ticket.id]);
        moved = true;
      }
      if (!moved) return;
    }
    throw new Error(`it never came to rest: ${noted.join("; ")}`);
  }

  /** A ticket and its successors, in order. */
  function readChain(first: string): Shown[] {
    const chain: Shown[] = [];
    for (let id: string | undefined = first; id !== undefined; id = chain.at(-1)?.successor) chain.push(shown.get(id) as Shown);
    return chain;
  }

  function countReceipts(): number {
    return load.domains
      .map((domain) => join(repoOf(domain), ".git/refs/mos/receipts"))
      .reduce((sum, path) => sum + (existsSync(path) ? readdirSync(path).length : 0), 0);
  }

  /** At a landing, or soon after one, or when the time is over. */
  async function untilLanded(args: { target: number; latestMs: number; ended: AbortSignal }): Promise<void> {
    const untilMs = performance.now() + args.latestMs;
    while (performance.now() < untilMs && !args.ended.aborted && countReceipts() < args.target) await delay(5);
    if (random() < 0.5) await delay(random() * 300);
  }
});

function split<T>(all: readonly T[], count: number): T[][] {
  return Array.from({ length: count }, (_, at) =>
    all.slice(Math.floor((at * all.length) / count), Math.floor(((at + 1) * all.length) / count)),
  );
}

function sh(cwd: string, command: string): void {
  // As a ticket's own commands are run.
  execFileSync("sh", ["-c", command], { cwd });
}

/** As a person who reads "another git process seems to be running" does. */
async function persist<T>(act: () => T): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return act();
    } catch (error) {
      if (tries > 600) throw error;
      await delay(100);
    }
  }
}

/** Without a checkout: what a person commits elsewhere. */
function commitOnBranch(repo: string, args: { branch: string; file: string; content: string }): void {
  const index = join(folder.path, `${args.branch}.index`);
  const git = (input: string | undefined, ...rest: string[]) =>
    execFileSync("git", rest, {
      cwd: repo,
      encoding: "utf8",
      env: { ...process.env, GIT_INDEX_FILE: index },
      ...(input === undefined ? {} : { input }),
    }).trim();
  const blob = git(args.content, "hash-object", "-w", "--stdin");
  git(undefined, "read-tree", "main");
  git(undefined, "update-index", "--add", "--cacheinfo", `100644,${blob},${args.file}`);
  const commit = git(undefined, "commit-tree", git(undefined, "write-tree"), "-p", "main", "-m", `feat: ${args.branch}`);
  git(undefined, "update-ref", `refs/heads/${args.branch}`, commit);
}
