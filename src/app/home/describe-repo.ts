import { realpath } from "node:fs/promises";
import { relative } from "node:path";
import type { HomePlan } from "./plan-home.ts";
import { isInside } from "./refuse-shared.ts";

/** A repository as mos.yaml says it: relative where it lies in the workspace; what is as by default is left out. */
export async function describeRepo(root: string, plan: HomePlan): Promise<object> {
  const realRoot = await realpath(root);
  return {
    path: isInside(plan.path, realRoot) ? relative(realRoot, plan.path) : plan.path,
    ...(plan.branch === "main" ? {} : { branch: plan.branch }),
    ...(plan.tip === undefined ? {} : { baseline: plan.tip }),
    ...(plan.knowledgeOnly ? { knowledgeOnly: true } : {}),
    ...(plan.setup === undefined ? {} : { setup: plan.setup }),
    ...(plan.checks.length === 0 ? {} : { checks: plan.checks }),
  };
}
