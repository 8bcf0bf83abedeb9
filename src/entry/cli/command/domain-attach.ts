import { resolve } from "node:path";
import { z } from "zod";
import { type AttachRepoPlan, applyAttachRepo, planAttachRepo } from "../../../app/attach-repo.ts";
import { type ListedDomain, listDomain } from "../../../app/list-domains.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { type CommandResult, defineCommand } from "../command-row.ts";
import { describeGate } from "../show/describe-gate.ts";
import { stripControl } from "../show/strip-control.ts";

/** Not attached: `--dry-run`. */
type Outcome = { attached: false; plan: AttachRepoPlan } | ({ attached: true } & ListedDomain);

const Input = z.strictObject({
  name: z.string().min(1),
  path: z.string().min(1),
  as: z.string().optional(),
  branch: z.string().min(1).optional(),
  knowledgeOnly: z.boolean().default(false),
  yes: z.boolean().default(false),
  dryRun: z.boolean().default(false),
});

export const command = defineCommand({
  kind: "domain",
  input: Input,
  async run(context, input): Promise<CommandResult<Outcome>> {
    const { world, configFile } = await context.openWorkspace();
    const { workspace, git, store } = world;
    const here = { workspace, git, store, configFile };
    const plan = await planAttachRepo(here, {
      domain: input.name,
      path: resolve(context.cwd, input.path),
      ...(input.as === undefined ? {} : { as: input.as }),
      ...(input.branch === undefined ? {} : { branch: input.branch }),
      ...(input.knowledgeOnly ? { knowledgeOnly: true } : {}),
    });
    const head = `${plan.domain}/${plan.name}: the repository at ${plan.path}, branch ${plan.branch}; nothing in it is changed`;
    context.say(stripControl([head, ...describeGate(plan)].join("\n")));
    if (input.dryRun) return { data: { attached: false, plan } };
    if (!input.yes && !(await context.ask.confirm({ question: `Attach ${plan.name} to ${plan.domain}?`, instead: "--yes" })))
      throw declined();
    const { domain } = await applyAttachRepo(here, plan);
    return { data: { attached: true, ...listDomain(domain) } };
  },
  render(data, paint) {
    if (!data.attached) return "Nothing was written.";
    return `${paint.green("✔")} ${data.name} has ${["its home", ...data.repos.map(({ name }) => name)].join(", ")}`;
  },
});

function declined(): MosError {
  return new MosError({
    code: "declined",
    message: "Nothing was written.",
    hint: "Run it again when you want the repository attached.",
    exit: exitCode.failure,
  });
}
