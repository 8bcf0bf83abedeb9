import { readFile, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { type Config, type Domain, DomainConfig, type RepoConfig, type RepoHandle, type Workspace } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import type { PlainIssue } from "../../core/workspace/describe-issue.ts";
import { yamlError } from "../../core/workspace/read-yaml.ts";
import { configName, noWorkspace } from "./find-workspace.ts";
import { listRepoConfigs, type ParsedConfig, parseConfig, reserved } from "./parse-config.ts";

/**
 * Reads `<root>/mos.yaml`; every path comes out absolute. Repositories need not be there (the doctor says which are
 * missing), but no two may be the same or lie inside one another, and none may hold the workspace (I1).
 *
 * @throws MosError `no-workspace`, `config-unreadable`, `config-invalid`
 */
export async function loadWorkspace(root: string): Promise<Workspace> {
  const absolute = resolve(root);
  return resolveWorkspace(absolute, parseConfig(await readConfigText(absolute)));
}

/** The text of mos.yaml. */
export async function readConfigText(root: string): Promise<string> {
  const path = join(root, configName);
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") throw noWorkspace(root);
    throw new MosError({
      code: "config-unreadable",
      message: `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: `Make it a file that you may read (chmod u+r '${path}').`,
      cause,
    });
  }
}

/** The workspace that a parsed file means, once its repositories were seen not to touch. */
export async function resolveWorkspace(root: string, parsed: ParsedConfig): Promise<Workspace> {
  const { config } = parsed;
  const issues = await findTouching(root, config);
  if (issues.length > 0) throw yamlError(parsed.source, parsed.parsed, issues);
  return {
    root,
    stateDir: join(root, ".mos"),
    config,
    domains: Object.entries(config.domains).map(([name, entry]) => resolveDomain(root, name, entry)),
    operator: resolveDomain(root, reserved.name, DomainConfig.parse({ prefix: reserved.prefix, home: config.operator.home })),
  };
}

function resolveDomain(root: string, name: string, entry: DomainConfig): Domain {
  const handle = (repoName: string, repo: RepoConfig): RepoHandle => ({
    ...repo,
    domain: name,
    name: repoName,
    lane: repoName === "home" ? name : `${name}/${repoName}`,
    path: resolve(root, repo.path),
  });
  const home = handle("home", entry.home);
  return { ...entry, name, home, repos: [home, ...Object.entries(entry.repos).map(([key, repo]) => handle(key, repo))] };
}

/** Repositories that are one, nested, or around the workspace's own state: no silo could be held there (I1). */
async function findTouching(root: string, config: Config): Promise<PlainIssue[]> {
  const realRoot = await followLinks(root);
  const seen: { owner: string; real: string }[] = [];
  const issues: PlainIssue[] = [];
  for (const { domain, name, path, repo } of listRepoConfigs(config)) {
    const owner = name === "home" ? domain : `${domain}/${name}`;
    const real = await followLinks(resolve(root, repo.path));
    const other = seen.find((one) => isInside(one.real, real) || isInside(real, one.real));
    const at = { path: [...path, "path"] };
    if (isInside(realRoot, real))
      issues.push({
        ...at,
        text: `'${repo.path}' holds the workspace itself`,
        remedy: "Give a repository beside or inside the workspace.",
      });
    else if (isInside(real, join(realRoot, ".mos")))
      issues.push({ ...at, text: `'${repo.path}' lies in the workspace's state folder`, remedy: "Move the repository out of .mos." });
    else if (other)
      issues.push({
        ...at,
        text:
          other.real === real
            ? `'${repo.path}' is the repository of '${other.owner}' too`
            : `'${repo.path}' and the repository of '${other.owner}' lie one inside the other`,
        remedy: `Give '${owner}' a repository of its own, apart from that of '${other.owner}': silos cannot share one.`,
      });
    seen.push({ owner, real });
  }
  return issues;
}

/** Whether `path` is `folder` or lies below it. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** The path without symbolic links, as far as it exists. */
export async function followLinks(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined) return real;
  const parent = dirname(path);
  return parent === path ? path : join(await followLinks(parent), path.slice(parent.length));
}
