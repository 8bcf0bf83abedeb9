import type { Domain, Workspace } from "../contract/config.ts";
import { exitCode, MosError } from "../contract/error.ts";
import type { ConfigFile } from "../port/config-file.ts";
import type { Git } from "../port/git.ts";
import type { Slots } from "../port/slot.ts";
import type { Store } from "../port/store.ts";
import { closeDomain } from "./home/close-sealed.ts";
import { describeRepo } from "./home/describe-repo.ts";
import { addMissing, makeNew } from "./home/make-home.ts";
import { checkName, checkPrefix, domainExists } from "./home/name-domain.ts";
import { type HomePlan, planExisting, planNew } from "./home/plan-home.ts";
import { installRefAlarm } from "./home/ref-alarm.ts";
import { describeAlarm } from "./install-alarms.ts";

export interface AddDomainWorld {
  readonly workspace: Workspace;
  readonly git: Git;
  readonly store: Store;
  readonly configFile: ConfigFile;
  /** Says who a sealed domain's commands run as; where it is not given, the doctor closes its home later. */
  readonly slots?: Pick<Slots, "ownerOf">;
}

export interface AddDomainArgs {
  readonly name: string;
  /** An existing repository; with `create`, where the new one goes (default: `<workspace>/<name>`). Absolute. */
  readonly path?: string;
  /** Makes a new repository. */
  readonly create?: boolean;
  readonly prefix?: string;
  readonly sealed?: boolean;
  /** Even if there is code: the gate then runs the wiki checks alone. */
  readonly knowledgeOnly?: boolean;
  /** The branch that landings move. Default: main; master where that alone is there. */
  readonly branch?: string;
}

/** What adding would do: shown before it is done. */
export interface AddDomainPlan extends HomePlan {
  readonly name: string;
  readonly prefix: string;
  readonly sealed: boolean;
}

/**
 * Looks, and writes nothing.
 *
 * @throws MosError `bad-name`, `domain-exists`, `bad-prefix`, `prefix-taken`, `no-git-identity`, `folder-taken`, and those of
 * `inspectRepository` and `refuseOverlap`
 */
export async function planAddDomain(world: AddDomainWorld, args: AddDomainArgs): Promise<AddDomainPlan> {
  const name = checkName(args.name, world.workspace);
  const prefix = checkPrefix(args.prefix, name, world.workspace);
  const common = { name, prefix, sealed: args.sealed ?? false };
  if (args.create) return { ...common, ...(await planNew(world, name, args)) };
  if (args.path === undefined)
    throw new MosError({
      code: "usage",
      message: `no repository given for '${name}'`,
      hint: "Give --path REPO for one that is there, or --new for a new one.",
      exit: exitCode.usage,
    });
  return { ...common, ...(await planExisting(world, args.path, { ...args, homeOf: name })) };
}

/**
 * Does what the plan says, or nothing: under the lock of mos.yaml, the entry is validated, the missing files are
 * committed, the event is written, and mos.yaml is replaced last. What fails before that is taken back; a kill leaves at
 * most the commit with the missing files, and the next `mos domain add` goes on from there. Last comes the alarm of
 * `installRefAlarm`, which `mos guard install` brings where it is missing.
 *
 * @throws MosError as `planAddDomain`, `repository-moved`, and those of `ConfigFile.edit`
 */
export async function applyAddDomain(world: AddDomainWorld, plan: AddDomainPlan): Promise<{ workspace: Workspace; domain: Domain }> {
  let undo: () => Promise<unknown> = async () => undefined;
  try {
    const workspace = await world.configFile.edit(async (draft) => {
      if (plan.name in draft.config.domains) throw domainExists(plan.name);
      const at = ["domains", plan.name];
      const home = await describeRepo(world.workspace.root, plan);
      draft.set(at, { prefix: plan.prefix, ...(plan.sealed ? { sealed: true } : {}), home });
      await draft.validate();
      const made = plan.kind === "new" ? await makeNew(world.git, plan) : await addMissing(world.git, plan);
      undo = made.undo;
      draft.set([...at, "home", "baseline"], made.baseline);
      await world.store.write((tx) =>
        tx.append({
          kind: "domain.added",
          domain: plan.name,
          actor: "operator",
          authority: "operator",
          reason: `mos domain add ${plan.name}`,
          data: {
            prefix: plan.prefix,
            sealed: plan.sealed,
            path: plan.path,
            baseline: made.baseline,
            branch: plan.branch,
            added: plan.files.map(({ path }) => path),
          },
        }),
      );
    });
    const domain = workspace.domains.find(({ name }) => name === plan.name) as Domain;
    // The domain is there by now. Where the alarm cannot be put, the doctor says so, and the watch over the tips is there without it.
    await installRefAlarm(world.git.at(domain.home.path), describeAlarm(domain.home)).catch(() => undefined);
    const group = domain.sealed ? world.slots?.ownerOf(domain) : undefined;
    // A home that stays open is named by the doctor, who closes it too.
    if (group !== undefined) await closeDomain(world.git, domain, group).catch(() => undefined);
    return { workspace, domain };
  } catch (error) {
    await undo().catch(() => undefined);
    throw error;
  }
}
