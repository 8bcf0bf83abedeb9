import { resolve } from "node:path";
import { z } from "zod";
import { type AddDomainPlan, applyAddDomain, planAddDomain } from "../../../app/add-domain.ts";
import { type ListedDomain, listDomain } from "../../../app/list-domains.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { type CommandResult, defineCommand } from "../command-row.ts";
import { describeGate } from "../show/describe-gate.ts";
import { formatFiles } from "../show/format-files.ts";
import { stripControl } from "../show/strip-control.ts";

/** Not added: `--dry-run`. */
type Outcome = { added: false; plan: AddDomainPlan } | ({ added: true } & ListedDomain);

const Input = z.strictObject({
  name: z.string().min(1),
  path: z.string().min(1).optional(),
  new: z.boolean().default(false),
  prefix: z.string().optional(),
  branch: z.string().min(1).optional(),
  sealed: z.boolean().default(false),
  knowledgeOnly: z.boolean().default(false),
  yes: z.boolean().default(false),
  dryRun: z.boolean().default(false),
});

export const command = defineCommand({
  kind: "domain",
  input: Input,
  async run(context, input): Promise<CommandResult<Outcome>> {
    const { world, configFile } = await context.openWorkspace();
    const { workspace, git, store, slots } = world;
    const here = { workspace, git, store, configFile, slots };
    const plan = await planAddDomain(here, toArgs(input, context.cwd));
    const closes = plan.sealed && slots.ownerOf({ name: plan.name, sealed: false }) !== undefined;
    context.say(describePlan(plan, closes));
    if (input.dryRun) return { data: { added: false, plan } };
    if (!input.yes && !(await context.ask.confirm({ question: `Add ${plan.name}?`, instead: "--yes" }))) throw declined();
    const { domain } = await applyAddDomain(here, plan);
    return { data: { added: true, ...listDomain(domain) } };
  },
  render(data, paint) {
    if (!data.added) return "Nothing was written.";
    const checks = data.checks.map(({ name }) => name).join(", ");
    return `${paint.green("✔")} ${data.name} (${data.prefix}) at ${data.home}; checks: ${checks === "" ? "the wiki's own" : checks}`;
  },
});

function toArgs(input: z.infer<typeof Input>, cwd: string) {
  return {
    name: input.name,
    ...(input.path === undefined ? {} : { path: resolve(cwd, input.path) }),
    create: input.new,
    ...(input.prefix === undefined ? {} : { prefix: input.prefix }),
    ...(input.branch === undefined ? {} : { branch: input.branch }),
    sealed: input.sealed,
    ...(input.knowledgeOnly ? { knowledgeOnly: true } : {}),
  };
}

function describePlan(plan: AddDomainPlan, closes: boolean): string {
  const parts = [
    `${plan.name} (${plan.prefix}${plan.sealed ? ", sealed" : ""}): ${plan.kind === "new" ? "a new repository" : "the repository"} at ${plan.path}, branch ${plan.branch}`,
    ...describeGate(plan),
    "A hook of git's (reference-transaction) would note who moves the branch outside a landing; one of your own stays.",
    ...(closes ? ["Its files would be closed to other users: a group of its own reads them, and core.sharedRepository becomes 0640."] : []),
    plan.files.length === 0 ? "No file is missing." : `Files that would be added, in one commit:\n\n${formatFiles(plan.files)}\n`,
  ];
  return stripControl(parts.join("\n"));
}

function declined(): MosError {
  return new MosError({
    code: "declined",
    message: "Nothing was written.",
    hint: "Run it again when you want the domain.",
    exit: exitCode.failure,
  });
}
