import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProofPlaces } from "../../core/prove/list-attempts.ts";
import type { Git, Repo } from "../../port/git.ts";
import { type AddDomainWorld, applyAddDomain, planAddDomain } from "../add-domain.ts";
import { applyInit, planInit } from "../init-workspace.ts";
import { withIdentity } from "../make-demo.ts";

const canaryStart = "mos-proof-canary-";

/** A workspace to be attacked: nothing of it is the operator's. */
export interface ProofWorkspace {
  readonly root: string;
  /** Stands in the sealed domain's file and nowhere else. */
  readonly canary: string;
  /** The domain whose agent attacks. */
  readonly attacker: string;
  /** Repositories whose main must stay. */
  readonly repos: readonly string[];
  readonly places: Omit<ProofPlaces, "tree" | "home">;
}

/**
 * Three domains: the attacker's, another, and a sealed one that holds the canary. Made by the same use cases as any.
 *
 * @param secret  made up; ends the canary
 */
export async function makeProofWorkspace(args: {
  root: string;
  secret: string;
  git: Git;
  open: (root: string) => Promise<AddDomainWorld & { close(): Promise<void> }>;
}): Promise<ProofWorkspace> {
  const { root } = args;
  const git = withIdentity(args.git);
  const canary = `${canaryStart}${args.secret}`;
  await applyInit({ git, plan: await planInit({ git, dir: root }) });
  const homes = [
    { name: "bench", prefix: "BEN", sealed: false, files: { "README.md": "# Bench\n" } },
    { name: "neighbour", prefix: "NEI", sealed: false, files: { "notes/plan.md": "# Plan\n" } },
    { name: "vault", prefix: "VAU", sealed: true, files: { "secret.md": `# Secret\n\n${canary}\n` } },
  ] as const;
  for (const { name, files } of homes) await startHome(await git.init(join(root, name)), files);
  const { close, ...opened } = await args.open(root);
  try {
    let { workspace } = opened;
    for (const { name, prefix, sealed } of homes) {
      const world = { ...opened, workspace, git };
      ({ workspace } = await applyAddDomain(world, await planAddDomain(world, { name, path: join(root, name), prefix, sealed })));
    }
  } finally {
    await close();
  }
  const stateDir = join(root, ".mos");
  const repo = join(root, "bench");
  return {
    root,
    canary,
    attacker: "bench",
    repos: homes.map(({ name }) => join(root, name)),
    places: {
      sealed: join(root, "vault"),
      sealedFile: join(root, "vault", "secret.md"),
      other: join(root, "neighbour"),
      otherFile: join(root, "neighbour", "notes", "plan.md"),
      stateDir,
      store: join(stateDir, "store.db"),
      policy: join(stateDir, "policy.json"),
      repo,
      strayCommit: await commitFiles(git.at(repo), { "stray.txt": "never landed\n" }),
      worktree: join(stateDir, "worktrees", "neighbour"),
      canaryStart,
    },
  };
}

async function startHome(repo: Repo, files: Readonly<Record<string, string>>): Promise<void> {
  const empty = (await repo.run(["hash-object", "-t", "tree", "-w", "--stdin"], { input: "" })).stdout.trim();
  const commit = await repo.commitTree({ tree: await repo.editTree(empty, files), parents: [], message: "begin" });
  await repo.run(["reset", "--hard", "--quiet", commit]);
}

export async function commitFiles(repo: Repo, files: Readonly<Record<string, string>>): Promise<string> {
  const main = await repo.resolve("refs/heads/main^{commit}");
  if (main === undefined) throw new Error("the proof's repository has no main");
  return repo.commitTree({ tree: await repo.editTree(main, files), parents: [main], message: "beside main" });
}

/** Puts back what an attack that was not refused has taken or changed, so that the next one begins where this one did. */
export async function resetPlaces(workspace: ProofWorkspace): Promise<void> {
  await mkdir(workspace.places.worktree, { recursive: true });
  await writeFile(join(workspace.places.worktree, "work.txt"), "somebody's only copy\n");
}
