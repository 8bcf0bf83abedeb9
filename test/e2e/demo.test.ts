import { mkdtemp, readdir, readFile, realpath, rm } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createGit } from "../../src/adapter/git/git.ts";
import type { ListedDomain } from "../../src/app/list-domains.ts";
import type { Diagnosis } from "../../src/contract/doctor.ts";
import { Receipt } from "../../src/contract/run.ts";
import type { Cause } from "../../src/contract/ticket.ts";
import { boxAvailable } from "../support/open-box.ts";

const run = join(import.meta.dirname, "../../run");
const git = createGit(process.env);

interface Listed {
  readonly id: string;
  readonly domain: string;
  readonly state: string;
  readonly causes: readonly Cause[];
  readonly dependsOn: readonly string[];
  readonly commit?: string;
}

/** The demo as a stranger plays it, on a machine where git knows nobody. */
describe.skipIf(!boxAvailable)("./run demo (needs a sandbox)", () => {
  let folder: string;
  let root: string;
  let demo: {
    exitCode: number | undefined;
    data: {
      tickets: number;
      merged: number;
      blocked: { id: string }[];
      domains: { name: string; landed: number; landings: number }[];
      distilled?: { artifacts: number; claims: number };
    };
  };
  let domains: ListedDomain[];

  const env = () => ({ HOME: join(folder, "home"), CI: "true", TMPDIR: folder });
  const start = (...args: string[]) => execa(run, args, { cwd: folder, env: env(), reject: false });
  async function mos<Data>(...args: string[]): Promise<{ exitCode: number | undefined; data: Data }> {
    const { exitCode, stdout, stderr } = await start("mos", ...args, "--workspace", root, "--json");
    const { data } = JSON.parse(stdout === "" ? `{"data":${JSON.stringify(stderr)}}` : stdout) as { data: Data };
    return { exitCode, data };
  }

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "mos-demo-e2e-")));
    root = join(folder, "mos-demo-e2e");
    const { exitCode, stdout, stderr } = await start("demo", "--dir", root, "--json");
    expect(stdout, stderr).not.toBe("");
    demo = { exitCode, data: JSON.parse(stdout).data };
    domains = (await mos<ListedDomain[]>("domain", "list")).data;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("it ends with at least 14 tickets, all merged whose dependencies allow it, one blocked on what was deferred", async () => {
    expect(demo.exitCode).toBe(5);
    const tickets = (await mos<Listed[]>("ticket", "list")).data;
    expect(tickets.length).toBeGreaterThanOrEqual(14);
    expect(tickets).toHaveLength(demo.data.tickets);
    const blocked = tickets.filter((ticket) => ticket.state === "blocked");
    expect(blocked.map(({ domain, causes }) => [domain, causes.map(({ kind }) => kind)])).toEqual([["jobs", ["dependency"]]]);
    const deferred = tickets.filter(({ id }) => blocked[0]?.dependsOn.includes(id));
    expect(deferred.map(({ state }) => state)).toEqual(["draft"]);
    const rest = tickets.filter((ticket) => ticket !== blocked[0] && !deferred.includes(ticket));
    expect(rest.filter(({ state }) => state !== "merged")).toEqual([]);
    expect(demo.data).toMatchObject({ merged: rest.length, blocked: [{ id: blocked[0]?.id }] });
    for (const { name, landed, landings } of demo.data.domains) {
      expect([name, landed]).toEqual([name, rest.filter(({ domain }) => domain === name).length]);
      expect(landings).toBeLessThanOrEqual(landed);
    }
    expect(demo.data.domains.reduce((sum, { landed }) => sum + landed, 0)).toBe(demo.data.merged);
    for (const { name } of domains)
      expect(
        rest.some(({ domain }) => domain === name),
        name,
      ).toBe(true);
  });

  test("trading is sealed, and no other", () => {
    expect(domains).toHaveLength(7);
    expect(domains.filter(({ sealed }) => sealed).map(({ name }) => name)).toEqual(["trading"]);
  });

  test("a second mos start scouts nothing, files nothing and takes under 3 s", async () => {
    const before = (await mos<Listed[]>("ticket", "list")).data;
    const times: number[] = [];
    for (let at = 0; at < 3; at += 1) {
      const startedMs = performance.now();
      const { data } = await mos<{ scouted: string[]; skipped: string[]; tickets: unknown[]; modelCalls: number }>("start", "--yes");
      times.push(performance.now() - startedMs);
      expect(data).toMatchObject({ scouted: [], tickets: [], modelCalls: 0 });
      expect(new Set(data.skipped)).toEqual(new Set([...domains.map(({ name }) => name), "operator"]));
    }
    expect((await mos<Listed[]>("ticket", "list")).data).toEqual(before);
    // The best of three, on a machine that other tests use too: as many times longer as there is more to do than processors.
    const crowd = Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
    expect(Math.min(...times) / crowd).toBeLessThan(3000);
  });

  test("G3: every commit on main since the baseline has a receipt for its base and tree, and its checks are green when checked out", async () => {
    const merged = (await mos<Listed[]>("ticket", "list")).data.filter(({ state }) => state === "merged");
    const seen: string[] = [];
    for (const domain of domains) {
      const repo = git.at(domain.home);
      const landings = await repo.log(`${domain.baseline}..main`, { firstParent: true });
      expect(landings.length, domain.name).toBeGreaterThan(0);
      for (const commit of landings) {
        const receipt = Receipt.parse(JSON.parse((await repo.run(["cat-file", "blob", `refs/mos/receipts/${commit.id}`])).stdout));
        expect(receipt).toMatchObject({ commit: commit.id, tree: commit.tree, base: commit.parents[0] });
        expect(receipt.checks.map(({ exitCode }) => exitCode)).toEqual(receipt.checks.map(() => 0));
        seen.push(...receipt.tickets);
      }
      await runChecks({ domain, commits: landings.map(({ id }) => id), folder });
    }
    expect(seen.toSorted()).toEqual(merged.map(({ id }) => id).toSorted());
  });

  test("the log verifies and the doctor says A", async () => {
    expect((await mos<{ ok: boolean }>("log", "verify")).data.ok).toBe(true);
    const { data } = await mos<Diagnosis>("doctor");
    expect(data.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(data.grade).toBe("A");
  });

  test("a checkout of the operator's is as main is, with nothing left over", async () => {
    for (const { home, name } of domains) {
      expect(await git.at(home).localEdits(), name).toEqual({ staged: [], unstaged: [], untracked: [] });
      expect((await git.at(home).run(["worktree", "list", "--porcelain"])).stdout.match(/^worktree /gm), name).toHaveLength(1);
    }
  });

  test("K2: what the session did is distilled, and lands in the wikis through the same gate", async () => {
    expect(demo.data.distilled?.artifacts).toBeGreaterThan(0);
    expect(demo.data.distilled?.claims).toBeGreaterThan(0);
    for (const { home, name } of domains) {
      expect(await readFile(join(home, "wiki/history.md"), "utf8"), name).toMatch(/^\[\^[^\]]+\]: (ticket|artifact) /m);
    }
    // An index that nobody was asked about yet may be behind; no claim may be.
    const problems = (await mos<{ kind: string }[]>("wiki", "check")).data;
    expect(problems.filter(({ kind }) => kind !== "index")).toEqual([]);
  });

  test("T3: when the deferred ticket is released, it lands and the one that waited lands after it", async () => {
    const waiting = (await mos<Listed[]>("ticket", "list")).data.find(({ state }) => state === "blocked");
    const deferred = waiting?.dependsOn[0] as string;
    expect((await mos("ticket", "ready", deferred)).exitCode).toBe(0);
    const { data } = await mos<{ merged: string[]; blocked: string[] }>("run");
    expect(data).toMatchObject({ merged: [deferred, waiting?.id], blocked: [] });
    const jobs = domains.find(({ name }) => name === "jobs") as ListedDomain;
    expect(await readFile(join(jobs.home, "reports/pipeline.md"), "utf8")).toContain("- closed: 3");
  });

  test("demo clean leaves nothing of it and everything else", async () => {
    const kept = (await readdir(folder)).filter((name) => name !== "mos-demo-e2e");
    const { exitCode } = await start("mos", "demo", "clean", "--dir", root);
    expect(exitCode).toBe(0);
    expect(await readdir(folder)).toEqual(kept);
  });
});

/** Each commit in a clone of its own, the domain's commands run as in its tool box: Debian's Python, not another. */
async function runChecks(args: { domain: ListedDomain; commits: readonly string[]; folder: string }): Promise<void> {
  const { domain } = args;
  const clone = join(args.folder, `checkout-${domain.name}`);
  await execa("git", ["clone", "-q", "--no-checkout", domain.home, clone]);
  const env = { PATH: `/usr/local/bin:/usr/bin:/bin:${dirname(process.execPath)}:${process.env.PATH}`, HOME: args.folder };
  for (const [at, commit] of args.commits.entries()) {
    await execa("git", ["checkout", "-q", "--detach", commit], { cwd: clone });
    if (domain.setup !== undefined && at === 0) await execa("sh", ["-c", domain.setup], { cwd: clone, env });
    for (const check of domain.checks) {
      const { exitCode, all } = await execa("sh", ["-c", check.run], { cwd: clone, env, reject: false, all: true });
      expect(exitCode, `${domain.name} ${commit} ${check.name}: ${all}`).toBe(0);
    }
    await execa("git", ["clean", "-fdxq", "-e", "node_modules"], { cwd: clone });
  }
  await rm(clone, { recursive: true, force: true });
}
