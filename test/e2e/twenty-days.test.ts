import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore } from "../../src/adapter/store-libsql/open-store.ts";
import { checkWiki } from "../../src/app/check-wiki.ts";
import { distill } from "../../src/app/distill.ts";
import { fixWiki } from "../../src/app/fix-wiki.ts";
import { listReview } from "../../src/app/list-review.ts";
import { makeDemo } from "../../src/app/make-demo.ts";
import { runTickets } from "../../src/app/run-tickets.ts";
import { startSession } from "../../src/app/start-session.ts";
import { readWikiStats, type WikiStats } from "../../src/app/wiki-stats.ts";
import { AnswersFile } from "../../src/contract/decision.ts";
import type { Artifact } from "../../src/contract/knowledge.ts";
import { parsePage } from "../../src/core/knowledge/parse-page.ts";
import { reviewInTurn } from "../../src/entry/cli/review-terminal.ts";
import { makePaint } from "../../src/entry/cli/show/paint.ts";
import { drawWikiDays } from "../../src/entry/cli/show/wiki-chart.ts";
import { composeTools, composeWorld, type OpenWorld } from "../../src/entry/compose.ts";
import type { Store } from "../../src/port/store.ts";
import type { World } from "../../src/port/world.ts";
import { createFileInterviewer } from "../../src/stage/interview/interviewer.ts";
import { type BuiltProgram, buildProgram } from "../support/build-program.ts";
import { createFixedClock } from "../support/fixed-clock.ts";
import { createRandom } from "../support/kill-mos.ts";
import { makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { createOperator, deedKinds } from "../support/play-operator.ts";
import { readSeed } from "../support/read-seed.ts";
import { cloneWikiWorld, type Outcome, replayArtifacts } from "../support/replay-artifacts.ts";
import { type DayModel, startDayModel } from "../support/script-day-model.ts";
import { seedFacts } from "../support/seed-facts.ts";

const seed = readSeed();
const dayCount = process.env.MOS_TEST_LONG ? 20 : 2;
const domains = process.env.MOS_TEST_LONG
  ? ["music", "agency", "trading", "tooling", "incubator", "artist", "jobs"]
  : ["music", "trading", "artist"];
const modelDomains = ["music", "artist", "agency"] as const;
const dayMs = 86_400_000;
const firstDay = Date.parse("2026-11-02T08:00:00.000Z");
const folder = makeTemporaryFolder("mos-days-");
const root = join(folder.path, "os");
const own = join(import.meta.dirname, "../..");
const figures = ["pages", "claims", "superseded", "citations", "ok", "moved", "stale", "missing", "marked"] as const;
const wornKinds = ["citation-missing", "citation-stale", "citation-moved", "citation-marked", "citation-sidecar", "claim-uncited"];

interface Day {
  readonly day: string;
  readonly tookMs: number;
  readonly stats: readonly WikiStats[];
  /** Candidates and artifacts of the day's distillation, asked once more. */
  readonly again: readonly number[];
}

describe.skipIf(!boxAvailable)(`seed ${seed}: ${dayCount} working days over the demo workspace`, () => {
  const clock = createFixedClock(new Date(firstDay).toISOString());
  const random = createRandom(seed);
  const days: Day[] = [];
  const answered = { approved: 0, released: 0, rejected: 0, left: 0 };
  const baselines = new Map<string, string>();
  let killed = 0;
  let opened: OpenWorld;
  let world: World;
  let store: Store;
  let operator: ReturnType<typeof createOperator>;
  let model: DayModel;
  let dying: BuiltProgram;

  const repoOf = (domain: string) => join(root, domain);
  const diagnose: OpenWorld["diagnose"] = (one, args) => opened.diagnose(one, args);

  /** Some domains' roles are played by the model on some days, by the playbooks on all others. */
  function worldOf(day: number): World {
    const domain = modelDomains[Math.floor(day / 2) % modelDomains.length];
    if (day % 2 === 1 || domain === undefined) return world;
    const readmeLine = runGitIn(repoOf(domain), "show", "main:README.md").split("\n")[0] ?? "";
    return model.speakIn(world, { domain, day, readmeLine });
  }

  /** The operator goes through some of what waits, with each key in turn. */
  async function review(day: number): Promise<void> {
    const keys = ["a", "r", "s", "g"];
    const waiting = (await listReview(world)).slice(0, 6);
    let asked = 0;
    const key = async ({ keys: offered }: { keys: readonly { key: string }[] }) => {
      const candidate = waiting[asked];
      const wanted = candidate?.reason.startsWith("it reads as an instruction") ? "r" : (keys[(day + asked) % keys.length] ?? "s");
      asked += 1;
      return offered.some((one) => one.key === wanted) ? wanted : "s";
    };
    const done = await reviewInTurn({ ask: { key } as never, say: () => undefined }, world, waiting);
    for (const kind of ["approved", "released", "rejected"] as const) answered[kind] += done[kind].length;
    answered.left += done.left;
  }

  /** Dies by signal 9 in the first transactions of a distillation, one after the other, until one distillation comes to its end. */
  async function distillAndDie(): Promise<void> {
    for (let dieAt = 1; dieAt <= 4; dieAt += 1) {
      const child = spawn(process.execPath, [dying.file, root, clock.now(), `${dieAt}`], { stdio: ["ignore", "ignore", "inherit"] });
      const [, signal] = await once(child, "exit");
      if (signal === "SIGKILL") killed += 1;
      else return;
    }
  }

  /** Whether a run would have anything to do. */
  async function isWorkLeft(): Promise<boolean> {
    const states = ["ready", "in_progress", "verifying"] as const;
    const left = await store.read((tx) => Promise.all(states.map((state) => tx.tickets.list({ state }))));
    return left.flat().length > 0;
  }

  async function playDay(day: number): Promise<Day> {
    const begun = performance.now();
    const phases: string[] = [];
    let mark = begun;
    const lap = (name: string) => {
      phases.push(`${name} ${Math.round((performance.now() - mark) / 1000)}`);
      mark = performance.now();
    };
    // Five days of work, two without.
    const at = firstDay + (day - 1 + 2 * Math.floor((day - 1) / 5)) * dayMs;
    clock.set(new Date(at).toISOString());
    const today = worldOf(day);
    await operator.dropNotes(world, day);
    for (const turn of [0, 1]) await operator.doDeed(world, deedKinds[(2 * (day - 1) + turn) % deedKinds.length] ?? "grow", day);
    lap("by hand");
    const dies = day % 4 === 1;
    const interviewer = createFileInterviewer(AnswersFile.parse({ default: "recommended" }));
    await startSession(today, { interviewer, diagnose, distill: !dies });
    lap("session");
    if (dies) await distillAndDie();
    await review(day);
    // What landed meanwhile is distilled the same day, and what has moved or gone since is marked.
    for (let turn = 0; turn < 4; turn += 1) {
      await distill(today);
      await fixWiki(world);
      if (!(await isWorkLeft())) break;
      await runTickets(today, { diagnose });
    }
    lap("evening");
    await distill(today);
    const again = await distill(today);
    const stats = await readWikiStats(world, { days: 0 });
    lap("again");
    const tookMs = performance.now() - begun;
    const sum = (of: (typeof figures)[number]) => stats.reduce((all, one) => all + one[of], 0);
    const line = figures.map((name) => `${sum(name)} ${name}`).join(", ");
    process.stdout.write(`${new Date(at).toISOString().slice(0, 10)}  ${line}  (${Math.round(tookMs / 1000)} s: ${phases.join(", ")})\n`);
    return { day: new Date(at).toISOString().slice(0, 10), tookMs, stats, again: [again.candidates.length, again.artifacts] };
  }

  beforeAll(async () => {
    const request = { start: root, exact: true, report: () => undefined, signal: new AbortController().signal };
    const { git } = composeTools();
    await makeDemo({
      ...{ dir: root, contentDir: seedFacts({ from: join(own, "demo"), to: join(folder.path, "demo"), domains }), git, clock },
      open: async (start) => {
        const made = await composeWorld({ ...request, start });
        const { workspace, store: itsStore } = made.world;
        return { workspace, store: itsStore, git: made.world.git, configFile: made.configFile, close: made.close };
      },
    });
    opened = await composeWorld(request);
    // What it writes down is of those days too: a log whose events are of another is rightly held against it.
    store = await openStore({ file: join(root, ".mos", "store.db"), clock, create: false });
    world = { ...opened.world, clock, store };
    operator = createOperator({ root, folder: folder.path, random, domains, diagnose });
    model = await startDayModel(join(own, "role"));
    dying = await buildProgram("test/support/distill-and-die.ts");
    for (const domain of domains) baselines.set(domain, runGitIn(repoOf(domain), "rev-parse", "main"));
    for (let day = 1; day <= dayCount; day += 1) days.push(await playDay(day));
  }, 7_200_000);

  afterAll(async () => {
    await model?.close();
    await dying?.remove();
    await store?.close();
    await opened?.close();
    folder.remove();
  });

  test("the wiki grows by claims, every key of the review was used, and each kind of deed was done", async () => {
    const claims = days.map(({ stats }) => stats.reduce((all, one) => all + one.claims, 0));
    expect(claims.at(-1)).toBeGreaterThan(claims[0] ?? 0);
    const merged = await store.read((tx) => tx.tickets.list({ state: "merged" }));
    const landed = operator.deeds.filter(({ ticket }) => merged.some(({ id }) => id === ticket)).map(({ kind }) => kind);
    const wanted = dayCount < 5 ? ["trailers", "drop-note", "delete"] : deedKinds.filter((kind) => kind !== "red");
    expect(
      wanted.filter((kind) => !landed.includes(kind as never)),
      JSON.stringify(operator.deeds),
    ).toEqual([]);
    expect(landed).not.toContain("red");
    if (dayCount >= 5)
      for (const kind of ["approved", "released", "rejected", "left"] as const) expect(answered[kind], kind).toBeGreaterThan(0);
  });

  test("K2: a day's distillation asked again gives no candidate, on every day; killed in its midst or not, each artifact was distilled once", async () => {
    expect(days.map(({ again }) => again)).toEqual(days.map(() => [0, 0]));
    expect(killed).toBeGreaterThan(0);
    const { artifacts, events } = await store.read(async (tx) => ({
      artifacts: await tx.artifacts.list(),
      events: await tx.events({ kind: "artifact.distilled" }),
    }));
    const distilled = events.flatMap(({ data }) => data.artifacts as string[]);
    expect(distilled.toSorted()).toEqual([...new Set(distilled)].toSorted());
    const due = artifacts.filter(({ kind }) => kind !== "release").map(({ id }) => id);
    expect(due.filter((id) => !distilled.includes(id))).toEqual([]);
  });

  test("K3: the model was asked in each of its roles; what it doubts is in review, and what nobody said is nowhere", async () => {
    for (const role of ["scout", "executor", "distiller"] as const) expect(model.asked[role], role).toBeGreaterThan(0);
    const candidates = await store.read((tx) => tx.candidates.list());
    expect(candidates.filter(({ reason }) => reason.startsWith("a model reads it so")).length).toBeGreaterThan(0);
    expect(candidates.filter(({ claim }) => claim === "Nobody ever said this")).toEqual([]);
    const events = await store.read((tx) => tx.events({ kind: "artifact.distilled" }));
    expect(events.some(({ data }) => (data.model as { dropped?: number } | undefined)?.dropped === 1)).toBe(true);
  });

  test("K4: each citation is ok by git and the store alone, or is marked on its page; nothing is left to mend", async () => {
    const problems = (await checkWiki(world)).filter(({ kind }) => wornKinds.includes(kind));
    let seen = 0;
    for (const domain of domains) {
      for (const page of runGitIn(repoOf(domain), "ls-tree", "-r", "--name-only", "main", "wiki/").split("\n").filter(isPage)) {
        const text = runGitIn(repoOf(domain), "show", `main:${page}`);
        const parsed = parsePage(text);
        for (const footnote of parsed.footnotes) {
          const claims = parsed.claims.filter(({ footnotes }) => footnotes.includes(footnote.id));
          if (claims.every(({ superseded }) => superseded)) continue;
          seen += 1;
          const cited = text.split("\n")[footnote.line - 1] ?? "";
          const [, plainly = cited, mark] = /^(.*?)( \(gone since \S+\))?$/.exec(cited) ?? [];
          expect(await standsAtSource(domain, plainly), `${domain} ${page} ${cited}`).toBe(mark === undefined);
        }
      }
    }
    // A citation whose words stand in several places is a person's to mend: it is named, and that is all that may be left.
    expect(problems.filter(({ problem }) => !problem.includes("one of several places"))).toEqual([]);
    expect(seen).toBeGreaterThan(dayCount * 5);
  });

  test("K3: what reads as an instruction is on no page", () => {
    for (const domain of domains) {
      const all = runGitIn(repoOf(domain), "grep", "-h", "-e", ".", "main", "--", "wiki/").split("\n");
      for (const bad of operator.poisoned) {
        const lines = all.filter((line) => line.startsWith("- ") && line.includes(bad.slice(0, 40)));
        expect(lines, bad).toEqual([]);
      }
    }
  });

  test("every first-parent commit is vouched for, and the doctor gives an A", async () => {
    expect(await opened.diagnose(world, {})).toMatchObject({ grade: "A" });
  });

  test("K9: the table of the days says what each of them saw", async () => {
    const all = await readWikiStats(world, { days: 366 });
    const first = new Date(firstDay).toISOString().slice(0, 10);
    const shown = all.map((one) => ({ ...one, days: one.days.filter(({ day }) => day >= first && day <= (days.at(-1)?.day ?? first)) }));
    process.stdout.write(`${drawWikiDays(shown, makePaint(false))}\n`);
    const slowest = Math.max(...days.map(({ tookMs }) => tookMs));
    process.stdout.write(
      `${days.length} days, the slowest ${Math.round(slowest / 1000)} s; review: ${JSON.stringify(answered)}; killed ${killed}\n`,
    );
    for (const { domain, days: told } of shown) {
      for (const [index, { day, stats }] of days.entries()) {
        const seen = stats.find((one) => one.domain === domain);
        const row = told.find((one) => one.day === day) ?? told.findLast((one) => one.day < day);
        if (!seen || !row) continue;
        const counts = (one: Record<(typeof figures)[number], number>) => [
          one.pages,
          one.claims,
          one.superseded,
          one.citations,
          one.marked,
        ];
        expect(counts(row), `${domain} on day ${index + 1}`).toEqual(counts(seen));
      }
    }
  });

  test("K5: the days' own artifacts, distilled in two orders, give the same claims with the same sources, and hold the same", async () => {
    const all = await store.read((tx) => tx.artifacts.list());
    for (const domain of dayCount < 5 ? ["music"] : ["music", "agency"]) {
      const tip = new Set(
        runGitIn(repoOf(domain), "ls-tree", "-r", "main", "notes/")
          .split("\n")
          .map((row) => row.replace(/^\d+ blob (\S+)\t(.*)$/, "$2@$1")),
      );
      const mine = all.filter((one) => one.domain === domain && one.kind !== "release" && (one.kind !== "note" || isAtTip(one, tip)));
      const batches = groupByDay(mine);
      const random = createRandom(seed + 1);
      const shuffled = batches.map((batch) => ({ batch, key: random() })).toSorted((a, b) => a.key - b.key);
      const orders = [batches, batches.toReversed(), [mine.toReversed()], shuffled.map(({ batch }) => batch.toReversed())];
      const outcomes: Outcome[] = [];
      for (const order of dayCount < 5 ? orders.slice(0, 3) : orders) {
        const prefix = world.workspace.domains.find(({ name }) => name === domain)?.prefix ?? "XXX";
        const wiki = await cloneWikiWorld({ domain, prefix, repo: repoOf(domain), wikiAt: baselines.get(domain) ?? "main" });
        outcomes.push(await replayArtifacts(wiki, domain, order));
        await wiki.remove();
      }
      expect(outcomes[0]?.claims.length).toBeGreaterThan(dayCount);
      for (const outcome of outcomes.slice(1)) expect(outcome).toEqual(outcomes[0]);
    }
  });

  test("K4: a record that is lost marks its claims, and one that is back loses its mark", async () => {
    const artifacts = await store.read((tx) => tx.artifacts.list());
    const cited = (id: string, domain: string) =>
      runGitIn(repoOf(domain), "grep", "-h", "-e", "^\\[^", "main", "--", "wiki/")
        .split("\n")
        .some((line) => line.includes(`]: ${id} `));
    const lost = [
      artifacts.find(({ kind, id, domain }) => kind === "session" && domains.includes(domain) && cited(`artifact ${id}`, domain)),
      artifacts.find(({ kind, source, domain }) => kind === "ticket" && domains.includes(domain) && cited(`ticket ${source}`, domain)),
    ].filter((one) => one !== undefined);
    expect(lost.map(({ kind }) => kind)).toEqual(["session", "ticket"]);
    const before = (await checkWiki(world)).length;
    await store.write(async (tx) => {
      for (const { id } of lost) await tx.artifacts.remove(id);
    });
    const worn = await checkWiki(world);
    expect(worn.filter(({ kind }) => kind === "citation-missing")).toEqual([]);
    expect(worn.filter(({ kind }) => kind === "citation-stale").length).toBeGreaterThan(0);
    expect(worn.length).toBeGreaterThan(before);
    await fixWiki(world);
    await runTickets(world, { diagnose });
    expect((await checkWiki(world)).filter(({ kind }) => kind === "citation-stale")).toEqual([]);
    await store.write(async (tx) => {
      for (const artifact of lost) await tx.artifacts.put(artifact);
    });
    await fixWiki(world);
    await runTickets(world, { diagnose });
    expect((await checkWiki(world)).filter(({ kind }) => kind === "citation-marked" || kind === "citation-stale")).toEqual([]);
    expect(await opened.diagnose(world, {})).toMatchObject({ grade: "A" });
  });

  /** By git and the store alone, without the code that checks citations. */
  async function standsAtSource(domain: string, line: string): Promise<boolean> {
    const text = line.slice(line.indexOf(":") + 1).trim();
    const quote = plain(/"((?:[^"\\]|\\.)*)"$/.exec(text)?.[1]?.replace(/\\(["\\])/g, "$1") ?? "");
    const [kind, source = "", rest = ""] = text.split(" ");
    if (kind === "operator") return /^\d{4}-\d{2}-\d{2}$/.test(source);
    if (kind === "commit") {
      const [path, span = ""] = rest.split("#L");
      const [from = 1, to = from] = span.replaceAll("L", "").split("-").map(Number);
      if (runGitIn(repoOf(domain), "ls-tree", "--name-only", "main", path ?? "") === "") return false;
      const now = runGitIn(repoOf(domain), "show", `main:${path}`)
        .split("\n")
        .slice(from - 1, to);
      return plain(now.join(" ")).includes(quote);
    }
    if (kind === "ticket") {
      const ticket = await store.read((tx) => tx.tickets.get(source));
      const artifact = await store.read((tx) => tx.artifacts.get(`ticket:${source}`));
      return ticket?.status.state === "merged" && ticket.domain === domain && plain(artifact?.text ?? "").includes(quote);
    }
    const artifact = await store.read((tx) => tx.artifacts.get(source));
    return artifact?.domain === domain && plain(artifact.text).includes(quote);
  }
});

/** One that went or got another name since was distilled where it lay then; here the tree is as it ended. */
function isAtTip({ id, domain }: Artifact, notes: ReadonlySet<string>): boolean {
  return notes.has(id.slice(`note:${domain}:`.length));
}

function groupByDay(artifacts: readonly Artifact[]): Artifact[][] {
  const byDay = new Map<string, Artifact[]>();
  for (const artifact of artifacts) byDay.set(artifact.at.slice(0, 10), [...(byDay.get(artifact.at.slice(0, 10)) ?? []), artifact]);
  return [...byDay].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, batch]) => batch);
}

function isPage(path: string): boolean {
  return path.endsWith(".md") && path !== "wiki/index.md";
}

function plain(text: string): string {
  return text
    .replaceAll(/[\u2018\u2019]/g, "'")
    .replaceAll(/[\u201c\u201d]/g, '"')
    .replaceAll(/[\u2013\u2014]/g, "-")
    .replace(/\s+/g, " ")
    .trim();
}
