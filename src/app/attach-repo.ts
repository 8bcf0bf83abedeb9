import { basename } from "node:path";
import type { Domain, Workspace } from "../contract/config.ts";
import { exitCode, MosError } from "../contract/error.ts";
import { nameFromWords } from "../core/workspace/choose-prefix.ts";
import { suggestName } from "../core/workspace/suggest-name.ts";
import type { AddDomainWorld } from "./add-domain.ts";
import { describeRepo } from "./home/describe-repo.ts";
import { type HomePlan, planExisting } from "./home/plan-home.ts";
import { installRefAlarm } from "./home/ref-alarm.ts";
import { describeAlarm } from "./install-alarms.ts";

export interface AttachRepoArgs {
  readonly domain: string;
  /** Absolute. */
  readonly path: string;
  /** What the domain calls it. Default: its folder's name. */
  readonly as?: string;
  readonly branch?: string;
  readonly knowledgeOnly?: boolean;
}

/** What attaching would write into mos.yaml; of the repository itself, the alarm of `installRefAlarm` alone. */
export interface AttachRepoPlan extends HomePlan {
  readonly domain: string;
  readonly name: string;
}

/**
 * Looks at more code for a domain that is there, and writes nothing.
 *
 * @throws MosError `domain-unknown`, `bad-name`, `repo-exists`, `no-git-identity`, and those of `inspectRepository`
 */
export async function planAttachRepo(world: AddDomainWorld, args: AttachRepoArgs): Promise<AttachRepoPlan> {
  const domain = findDomain(world.workspace, args.domain);
  const name = checkRepoName(domain, args.as ?? nameFromWords(basename(args.path)));
  return { domain: domain.name, name, ...(await planExisting(world, args.path, args)) };
}

/**
 * Writes the entry, with the tip that the plan was made for as the baseline, and the event.
 *
 * @throws MosError `repository-moved`, `repo-exists`, and those of `ConfigFile.edit`
 */
export async function applyAttachRepo(world: AddDomainWorld, plan: AttachRepoPlan): Promise<{ workspace: Workspace; domain: Domain }> {
  const workspace = await world.configFile.edit(async (draft) => {
    const entry = draft.config.domains[plan.domain];
    if (!entry) throw domainUnknown(world.workspace, plan.domain);
    if (plan.name in entry.repos) throw repoExists(plan.domain, plan.name);
    if ((await world.git.at(plan.path).resolve(`refs/heads/${plan.branch}`)) !== plan.tip)
      throw new MosError({
        code: "repository-moved",
        message: `${plan.branch} of ${plan.path} moved since the plan was shown`,
        hint: "Run mos domain attach again to see the plan for what is there now.",
      });
    draft.set(["domains", plan.domain, "repos", plan.name], await describeRepo(world.workspace.root, plan));
    await draft.validate();
    await world.store.write((tx) =>
      tx.append({
        kind: "domain.attached",
        domain: plan.domain,
        actor: "operator",
        authority: "operator",
        reason: `mos domain attach ${plan.domain}`,
        data: { repo: plan.name, path: plan.path, baseline: plan.tip, branch: plan.branch },
      }),
    );
  });
  const domain = findDomain(workspace, plan.domain);
  const repo = domain.repos.find(({ name }) => name === plan.name);
  if (repo) await installRefAlarm(world.git.at(repo.path), describeAlarm(repo)).catch(() => undefined);
  return { workspace, domain };
}

function checkRepoName(domain: Domain, name: string): string {
  if (!/^[a-z][a-z0-9-]*$/.test(name) || name === "home")
    throw new MosError({
      code: "bad-name",
      message: name === "home" ? "'home' is the domain's home" : `'${name}' cannot be a repository's name`,
      hint: "Give one with --as: lower-case letters, digits and dashes, a letter first.",
      exit: exitCode.usage,
    });
  if (domain.repos.some((repo) => repo.name === name)) throw repoExists(domain.name, name);
  return name;
}

function findDomain(workspace: Workspace, name: string): Domain {
  const found = workspace.domains.find((domain) => domain.name === name);
  if (!found) throw domainUnknown(workspace, name);
  return found;
}

function domainUnknown(workspace: Workspace, name: string): MosError {
  const names = workspace.domains.map((domain) => domain.name);
  const near = suggestName(name, names);
  return new MosError({
    code: "domain-unknown",
    message: `there is no domain '${name}'`,
    hint: near ? `Did you mean '${near}'?` : `The domains are: ${names.join(", ") || "none yet (mos domain add)"}.`,
    exit: exitCode.notFound,
  });
}

function repoExists(domain: string, name: string): MosError {
  return new MosError({
    code: "repo-exists",
    message: `'${domain}' has a repository '${name}' already`,
    hint: "Give it another name with --as (mos domain list shows what is there).",
  });
}
