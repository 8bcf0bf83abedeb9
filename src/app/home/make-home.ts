import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { MosError } from "../../contract/error.ts";
import type { Git } from "../../port/git.ts";
import { landHomeFiles, refuseOverlap, takeBack } from "./land-home-files.ts";
import type { HomePlan } from "./plan-home.ts";
import { makeStagingFolder } from "./stage-folder.ts";
import { startRepository } from "./start-repository.ts";

type MakePlan = HomePlan & { readonly name: string };

/** A home that was made or completed, and how to take that back. */
export interface Made {
  readonly baseline: string;
  undo(): Promise<unknown>;
}

/** Commits what an existing repository lacks. */
export async function addMissing(git: Git, plan: MakePlan): Promise<Made> {
  const tip = plan.tip as string;
  const place = { git, repo: git.at(plan.path), branch: plan.branch, tip };
  if ((await place.repo.resolve(`refs/heads/${plan.branch}`)) !== tip)
    throw new MosError({
      code: "repository-moved",
      message: `${plan.branch} of ${plan.path} moved since the plan was shown`,
      hint: "Run mos domain add again to see the plan for what is there now.",
    });
  if (plan.files.length === 0) return { baseline: tip, undo: async () => undefined };
  await refuseOverlap(place, plan.files);
  const message = `chore: add the files of a Master OS domain\n\n${plan.files.map(({ path }) => `- ${path}`).join("\n")}\n`;
  const baseline = await landHomeFiles(place, { files: plan.files, message });
  return { baseline, undo: () => takeBack(place, baseline) };
}

/** Makes a new repository, in a folder beside its place, and renames it there. */
export async function makeNew(git: Git, plan: MakePlan): Promise<Made> {
  const parent = dirname(plan.path);
  const made = await mkdir(parent, { recursive: true });
  const staging = await makeStagingFolder(parent);
  const removeParents = async () => made !== undefined && (await rm(made, { recursive: true, force: true }));
  try {
    const baseline = await startRepository(git, { path: staging, files: plan.files, message: `chore: begin the domain ${plan.name}\n` });
    // Onto an empty folder or none; anything else makes rename fail.
    await rename(staging, plan.path);
    return {
      baseline,
      undo: async () => {
        await rm(plan.path, { recursive: true, force: true });
        await removeParents();
      },
    };
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    await removeParents();
    throw error;
  }
}
