import type { Check, Domain, Workspace } from "../contract/config.ts";

/** One repository attached to a domain. Paths are absolute. */
export interface ListedRepo {
  readonly name: string;
  readonly path: string;
  readonly branch: string;
  readonly baseline?: string;
  readonly setup?: string;
  readonly knowledgeOnly: boolean;
  readonly checks: readonly Pick<Check, "name" | "run" | "kind">[];
}

/** A domain as `mos domain list` prints it; `branch` to `checks` are the home's. */
export interface ListedDomain extends Omit<ListedRepo, "path"> {
  readonly prefix: string;
  readonly sealed: boolean;
  readonly runtime: string;
  /** Absolute path. */
  readonly home: string;
  /** What is attached beside the home. */
  readonly repos: readonly ListedRepo[];
}

/** The configured domains in the file's order; `operator` is not among them. */
export function listDomains(workspace: Workspace): ListedDomain[] {
  return workspace.domains.map(listDomain);
}

/** One of them. */
export function listDomain(domain: Domain): ListedDomain {
  const [home, ...attached] = domain.repos.map(listRepo) as [ListedRepo, ...ListedRepo[]];
  const { path, ...rest } = home;
  return { ...rest, name: domain.name, prefix: domain.prefix, sealed: domain.sealed, runtime: domain.runtime, home: path, repos: attached };
}

function listRepo(repo: Domain["home"]): ListedRepo {
  return {
    name: repo.name,
    path: repo.path,
    branch: repo.branch,
    ...(repo.baseline === undefined ? {} : { baseline: repo.baseline }),
    ...(repo.setup === undefined ? {} : { setup: repo.setup }),
    knowledgeOnly: repo.knowledgeOnly,
    checks: repo.checks.map(({ name, run, kind }) => ({ name, run, kind })),
  };
}
