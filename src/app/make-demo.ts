import { copyFile, mkdir, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parse } from "yaml";
import type { z } from "zod";
import type { Workspace } from "../contract/config.ts";
import { MosError } from "../contract/error.ts";
import { DemoHistory, type DemoMark, DemoPlan } from "../core/demo/demo-data.ts";
import { demoOperator, replayHistory } from "../core/demo/replay-history.ts";
import type { Clock } from "../port/clock.ts";
import type { Git, Repo } from "../port/git.ts";
import { type AddDomainWorld, applyAddDomain, planAddDomain } from "./add-domain.ts";
import { applyInit, planInit } from "./init-workspace.ts";

export interface MakeDemoArgs {
  /** Of a folder that is absent or empty. */
  readonly dir: string;
  /** The package's `demo/`: demo.yaml, a folder for each domain, playbooks/. */
  readonly contentDir: string;
  readonly git: Git;
  readonly clock: Clock;
  /** Opens the workspace that is being made, so that domains are added by the same use case as any. */
  readonly open: (root: string) => Promise<AddDomainWorld & { close(): Promise<void> }>;
}

/** Where a demo workspace says that it is one, and nothing of the operator's. */
export const demoMarkFile = join(".mos", "demo.json");

/**
 * Makes the demo workspace: `mos init`, the operator's playbooks, seven repositories with their history, and
 * `mos domain add` for each. What fails leaves the folder as far as it came, marked as a demo.
 *
 * @throws MosError `demo-folder-taken`, `demo-data-invalid`, and those of init and domain add
 */
export async function makeDemo(args: MakeDemoArgs): Promise<Workspace> {
  const root = resolve(args.dir);
  await refuseTaken(root);
  const git = withDates(withIdentity(args.git), args.clock);
  const plan = await readDemoPlan(args.contentDir);
  await applyInit({ git, plan: await planInit({ git, dir: root }) });
  await markDemo(root, args.clock.now());
  await copyPlaybooks(join(args.contentDir, "playbooks"), join(root, "playbooks"));
  const today = args.clock.now().slice(0, 10);
  const historyFile = (name: string): string => join(args.contentDir, name, "history.yaml");
  await Promise.all(
    plan.domains.map(({ name }) => makeDemoRepository({ git, dir: join(root, name), historyFile: historyFile(name), today })),
  );
  const { close, ...opened } = await args.open(root);
  try {
    let { workspace } = opened;
    for (const { name, prefix, sealed } of plan.domains) {
      const world = { ...opened, workspace, git };
      const added = await planAddDomain(world, { name, path: join(root, name), prefix, sealed });
      ({ workspace } = await applyAddDomain(world, added));
    }
    return workspace;
  } finally {
    await close();
  }
}

/** The domains of the demo, as `demo.yaml` in `contentDir` names them. */
export function readDemoPlan(contentDir: string): Promise<DemoPlan> {
  return readData(DemoPlan, join(contentDir, "demo.yaml"));
}

/**
 * Makes one domain's repository in `dir` from its history, with a clean checkout and an identity of its own.
 * The same history and day give the same commit ids.
 */
export async function makeDemoRepository(args: { git: Git; dir: string; historyFile: string; today: string }): Promise<void> {
  const history = await readData(DemoHistory, args.historyFile);
  const repo = await withIdentity(args.git).init(args.dir);
  const marksFile = join(await repo.gitDir(), "demo-marks");
  const commitIds = new Map<string, string>();
  for (const part of replayHistory({ history, today: args.today, commitIds })) {
    const marks = [`--import-marks-if-exists=${marksFile}`, `--export-marks=${marksFile}`];
    await repo.run(["fast-import", "--quiet", "--date-format=raw", ...marks], { input: part.stream });
    const ids = readMarks(await readFile(marksFile, "utf8"));
    for (const { mark, id } of part.named) commitIds.set(id, ids.get(mark) as string);
  }
  await rm(marksFile);
  await repo.run(["reset", "--hard", "--quiet", "refs/heads/main"]);
}

/** Git as it is, but what it makes has the demo's identity: a machine where git knows nobody can play the demo. */
export function withIdentity(git: Git): Git {
  const identified = (repo: Repo): Repo => ({ ...repo, identity: async () => (await repo.identity()) ?? demoOperator });
  return {
    ...git,
    at: (path) => identified(git.at(path)),
    init: async (path) => {
      const repo = await git.init(path);
      await repo.run(["config", "user.name", demoOperator.name]);
      await repo.run(["config", "user.email", demoOperator.email]);
      return repo;
    },
  };
}

/** Git as it is, but what is committed bears the clock's time: a demo that is made for another day has no commit of this one. */
function withDates(git: Git, clock: Clock): Git {
  const dated = (repo: Repo): Repo => ({ ...repo, commitTree: (commit) => repo.commitTree({ date: clock.now(), ...commit }) });
  return { ...git, at: (path) => dated(git.at(path)), init: async (path) => dated(await git.init(path)) };
}

async function refuseTaken(root: string): Promise<void> {
  const there = await readdir(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (there.length === 0) return;
  throw new MosError({
    code: "demo-folder-taken",
    message: `${root} is not empty`,
    hint: "Give --dir a new or empty folder, or none for a temporary one.",
  });
}

async function markDemo(root: string, madeAt: string): Promise<void> {
  const mark: DemoMark = { kind: "master-os-demo", root: await realpath(root), madeAt };
  await writeFile(join(root, demoMarkFile), `${JSON.stringify(mark, null, 2)}\n`);
}

async function copyPlaybooks(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const file of (await readdir(from)).filter((name) => name.endsWith(".yaml")))
    await copyFile(join(from, file), join(to, basename(file)));
}

/** Lines of `:12 <id>`. */
function readMarks(text: string): Map<number, string> {
  return new Map([...text.matchAll(/^:(\d+) ([0-9a-f]+)$/gm)].map(([, mark, id]) => [Number(mark), id as string]));
}

async function readData<Schema extends z.ZodType>(schema: Schema, file: string): Promise<z.output<Schema>> {
  const result = schema.safeParse(parse(await readFile(file, "utf8")));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new MosError({
    code: "demo-data-invalid",
    message: `${file}: ${issue?.path.join(".")}: ${issue?.message}`,
    hint: "Mend that file of the demo; a fresh checkout has it whole.",
  });
}
