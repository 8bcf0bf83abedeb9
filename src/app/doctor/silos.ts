import { lstat, readdir, readFile, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Domain } from "../../contract/config.ts";
import type { World } from "../../port/world.ts";
import { byMinute, type DoctorCheck, type Finding, fails, holds } from "./doctor-check.ts";

/** No shared objects, alternates, symbolic links or remotes from one domain into another (I1). */
export const silos: DoctorCheck = {
  id: "silos",
  scope: "domain",
  fingerprint: byMinute,
  examine: async ({ world }, domain) => {
    const others = [...world.workspace.domains, world.workspace.operator].filter((other) => other.name !== domain.name);
    const theirs = await Promise.all(
      others.flatMap((other) => other.repos.map(async (repo) => ({ name: other.name, path: await realOf(repo.path) }))),
    );
    for (const repo of domain.repos) {
      const finding = await examineRepo(world, domain, repo.path, theirs);
      if (!finding.ok) return finding;
    }
    return holds("closed");
  },
};

type Place = { name: string; path: string };

async function examineRepo(world: World, domain: Domain, path: string, others: readonly Place[]): Promise<Finding> {
  const git = world.git.at(path);
  const gitDir = await git.gitDir().catch(() => undefined);
  if (gitDir === undefined) return holds("no repository: check repositories says so");
  const reaches = (target: string) => others.find((other) => target === other.path || target.startsWith(`${other.path}/`));
  const own = await realOf(path);
  const nested = others.find((other) => own === other.path || own.startsWith(`${other.path}/`) || other.path.startsWith(`${own}/`));
  if (nested) return fails(`${domain.name} and ${nested.name} share ${path}`, "Give each domain a repository of its own.");
  const alternates = (await readFile(join(gitDir, "objects/info/alternates"), "utf8").catch(() => ""))
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (alternates.length > 0)
    return fails(
      `${domain.name} borrows objects from ${alternates.join(", ")}`,
      `Make it whole: git -C ${path} repack -ad, then remove ${join(gitDir, "objects/info/alternates")}`,
    );
  for (const { ref, target } of await listRemotes(git)) {
    const found = reaches(await realOf(resolve(path, target.replace(/^file:\/\//, ""))));
    if (found) return fails(`${domain.name} has the remote ${ref} into ${found.name}`, `Remove it: git -C ${path} remote remove ${ref}`);
  }
  const links = (await git.listTree("HEAD").catch(() => [])).filter((entry) => entry.mode === "120000");
  for (const link of links) {
    const target = (await git.readFile("HEAD", link.path)) ?? "";
    const found = reaches(await realOf(resolve(path, link.path, "..", target)));
    if (found) return fails(`${domain.name}: ${link.path} is a link into ${found.name}`, `Remove it: git -C ${path} rm ${link.path}`);
  }
  const shared = await findSharedObjects(gitDir, others);
  return shared
    ? fails(`${domain.name} and ${shared.name} share object files on disk`, `Copy them: git -C ${path} repack -ad`)
    : holds(domain.name);
}

async function listRemotes(git: ReturnType<World["git"]["at"]>): Promise<{ ref: string; target: string }[]> {
  const { stdout } = await git.run(["config", "--get-regexp", "^remote\\..*\\.url$"], { okExit: [0, 1] });
  return stdout.split("\n").flatMap((line) => {
    const match = /^remote\.(.*)\.url (.*)$/.exec(line);
    return match ? [{ ref: match[1] as string, target: match[2] as string }] : [];
  });
}

/** Packs that are one file under two names: a local clone makes such. */
async function findSharedObjects(gitDir: string, others: readonly Place[]): Promise<Place | undefined> {
  const own = await linkedPacks(gitDir);
  if (own.size === 0) return undefined;
  for (const other of others) for (const inode of await linkedPacks(join(other.path, ".git"))) if (own.has(inode)) return other;
  return undefined;
}

async function linkedPacks(gitDir: string): Promise<Set<string>> {
  const folder = join(gitDir, "objects/pack");
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".pack"));
  const stats = await Promise.all(names.map((name) => lstat(join(folder, name))));
  return new Set(stats.filter((one) => one.nlink > 1).map((one) => `${one.dev}:${one.ino}`));
}

function realOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
