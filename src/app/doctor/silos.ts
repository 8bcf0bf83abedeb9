import { copyFile, lstat, readFile, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Domain, RepoHandle } from "../../contract/config.ts";
import type { Repo } from "../../port/git.ts";
import { closeDomain, isClosed } from "../home/close-sealed.ts";
import {
  allDomains,
  byMinute,
  type DoctorCheck,
  type Finding,
  fails,
  failuresOf,
  isThere,
  type Patient,
  readGitDir,
  readTip,
} from "./doctor-check.ts";
import { listLinked, stampObjects } from "./linked-objects.ts";

/** No shared objects, alternates, symbolic links, submodules or remotes from one domain into another (I1). */
export const silos: DoctorCheck = {
  id: "silos",
  scope: "domain",
  fingerprint: async (patient, domain) => {
    const places = await listOthers(patient, domain);
    const own = await Promise.all(domain.repos.map((repo) => describeOwn(patient, repo)));
    return [await byMinute(patient), ...own, ...places.map(({ gitDir }) => stampObjects(gitDir))].join("\n");
  },
  examine: async (patient, domain) =>
    failuresOf(
      (await Promise.all(domain.repos.map((repo) => examineRepo(patient, domain, repo)))).flat(),
      await describeSeal(patient, domain),
    ),
  improves: true,
  repair: async (patient, { domain, dryRun }) => {
    const done: string[] = [];
    for (const repo of domain.repos) {
      if (!(await isThere(patient, repo))) continue;
      const shared = await findSharedFiles(patient, domain, await readGitDir(patient, repo));
      if (shared.files.length === 0) continue;
      if (!dryRun) for (const file of shared.files) await unshareFile(file);
      done.push(`${dryRun ? "would copy" : "copied"} ${shared.files.length} object files of ${repo.lane} that were shared`);
    }
    const group = domain.sealed ? patient.world.slots.ownerOf(domain) : undefined;
    const open = group === undefined ? [] : await listOpen(patient, domain, group);
    if (group !== undefined && open.length > 0) {
      if (!dryRun) await closeDomain(patient.world.git, domain, group);
      done.push(`${dryRun ? "would close" : "closed"} ${open.join(", ")} to other users (group ${group})`);
    }
    return done.length > 0 ? done.join("; ") : undefined;
  },
};

/** What is looked at of a repository, without git: its tip, its settings, what it borrows, its object folders. */
async function describeOwn(patient: Patient, repo: RepoHandle): Promise<string> {
  if (!(await isThere(patient, repo))) return "";
  const gitDir = await readGitDir(patient, repo);
  const files = await Promise.all(["config", "objects/info/alternates"].map((name) => lstat(join(gitDir, name)).catch(() => undefined)));
  const stamps = files.map((file) => `${file?.ino}:${file?.ctimeMs}`);
  return [await readTip(patient, repo), ...stamps, stampObjects(gitDir)].join(" ");
}

/** A sealed domain's files are its own user's and the operator's, where Master OS may give files away. */
async function describeSeal(patient: Patient, domain: Domain): Promise<string> {
  if (!domain.sealed) return "closed";
  const group = patient.world.slots.ownerOf(domain);
  if (group === undefined) return "closed; not to other programs of your own user: a user of its own would need Master OS to run as root";
  const open = await listOpen(patient, domain, group);
  return open.length === 0
    ? `closed, and to other users too: its files are group ${group}'s`
    : `closed to other domains; other users of this machine may read ${open.join(", ")}: mos doctor --fix closes it`;
}

async function listOpen(patient: Patient, domain: Domain, group: number): Promise<string[]> {
  const open: string[] = [];
  for (const repo of domain.repos) {
    if (!(await isThere(patient, repo))) continue;
    const home = { path: repo.path, gitDir: await readGitDir(patient, repo) };
    if (!(await isClosed(patient.world.git.at(repo.path), home, group))) open.push(repo.path);
  }
  return open;
}

interface Place {
  readonly name: string;
  readonly path: string;
  readonly gitDir: string;
}

async function examineRepo(patient: Patient, domain: Domain, repo: RepoHandle): Promise<Finding[]> {
  if (!(await isThere(patient, repo))) return [];
  const git = patient.world.git.at(repo.path);
  const others = await listOthers(patient, domain);
  const own: Place = { name: domain.name, path: await realOf(repo.path), gitDir: await realOf(await readGitDir(patient, repo)) };
  const nested = others.find((other) => isWithin(own.path, other.path) || isWithin(other.path, own.path));
  if (nested) return [fails(`${domain.name} and ${nested.name} share ${repo.path}`, "Give each domain a repository of its own.")];
  const keeper = others.find((other) => isWithin(own.gitDir, other.gitDir) || isWithin(own.gitDir, other.path));
  if (keeper)
    return [
      fails(
        `${domain.name} and ${keeper.name} share the git folder ${own.gitDir}: one is a worktree of the other`,
        "Make the worktree a repository of its own: git clone --no-local, then correct its path in mos.yaml.",
      ),
    ];
  const places = [await findAlternates(domain, repo, own), ...(await findRemotes(git, domain, repo, others))];
  const shared = await findSharedFiles(patient, domain, own.gitDir);
  const sharing = shared.with
    ? [
        fails(
          `${domain.name} and ${shared.with} share ${shared.files.length} object files on disk`,
          "mos doctor --fix gives each its own copy.",
        ),
      ]
    : [];
  return [...places, ...(await findTreeLinks(patient, domain, repo, others)), ...sharing].flatMap((one) => (one ? [one] : []));
}

async function listOthers(patient: Patient, domain: Domain): Promise<Place[]> {
  const all = await patient.once("silos", () =>
    Promise.all(
      allDomains(patient.world).flatMap((one) =>
        one.repos.map(async (repo): Promise<Place> => {
          // One that cannot be read is its own domain's trouble, and a place to keep out of all the same.
          const gitDir = (await isThere(patient, repo).catch(() => false)) ? await readGitDir(patient, repo) : join(repo.path, ".git");
          return { name: one.name, path: await realOf(repo.path), gitDir: await realOf(gitDir) };
        }),
      ),
    ),
  );
  return all.filter((place) => place.name !== domain.name);
}

/** Borrowed objects are not in the box either, whoever they belong to. */
async function findAlternates(domain: Domain, repo: RepoHandle, { gitDir }: Place): Promise<Finding | undefined> {
  const file = join(gitDir, "objects/info/alternates");
  const lines = (await readFile(file, "utf8").catch(() => "")).split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (lines.length === 0) return undefined;
  return fails(
    `${domain.name} borrows objects from ${lines.join(", ")}`,
    `Make it whole, then let go: git -C '${repo.path}' repack -ad && rm '${file}'`,
  );
}

async function findRemotes(git: Repo, domain: Domain, repo: RepoHandle, others: readonly Place[]): Promise<Finding[]> {
  const { stdout } = await git.run(["config", "--get-regexp", "^remote\\..*\\.(url|pushurl)$"], { okExit: [0, 1] });
  const found: Finding[] = [];
  for (const line of stdout.split("\n")) {
    const [, name = "", target] = /^remote\.(.*)\.(?:url|pushurl) (.*)$/.exec(line) ?? [];
    const other = target && (await findOwner(repo.path, target, others));
    if (other)
      found.push(fails(`${domain.name} has the remote ${name} into ${other.name}`, `git -C '${repo.path}' remote remove '${name}'`));
  }
  return found;
}

/** What main's tree points at: symbolic links and submodules. */
async function findTreeLinks(patient: Patient, domain: Domain, repo: RepoHandle, others: readonly Place[]): Promise<Finding[]> {
  const git = patient.world.git.at(repo.path);
  const tip = await readTip(patient, repo);
  const entries = tip === undefined ? [] : await git.listTree(tip).catch(() => []);
  const links = entries.filter((entry) => entry.mode === "120000");
  const targets = await git.readBlobs(links.map((link) => link.id));
  const found: Finding[] = [];
  for (const [index, link] of links.entries()) {
    const other = await findOwner(join(repo.path, link.path, ".."), targets[index] ?? "", others);
    if (other)
      found.push(
        fails(`${domain.name}: ${nameIn(domain, link.path, "a path")} is a link into ${other.name}`, removeFix(domain, repo, link.path)),
      );
  }
  if (tip === undefined || !entries.some((entry) => entry.path === ".gitmodules")) return found;
  const { stdout } = await git.run(["config", "--blob", `${tip}:.gitmodules`, "--get-regexp", "^submodule\\..*\\.url$"], {
    okExit: [0, 1, 128],
  });
  for (const line of stdout.split("\n")) {
    const [, name = "", target] = /^submodule\.(.*)\.url (.*)$/.exec(line) ?? [];
    const other = target && (await findOwner(repo.path, target, others));
    if (other)
      found.push(
        fails(
          `${domain.name}: ${nameIn(domain, `the submodule ${name}`, "a submodule")} comes from ${other.name}`,
          removeFix(domain, repo, name),
        ),
      );
  }
  return found;
}

/** A reason travels: of a sealed domain it holds no name of its files. */
function nameIn({ sealed }: Domain, name: string, instead: string): string {
  return sealed ? instead : name;
}

function removeFix(domain: Domain, repo: RepoHandle, path: string): string {
  const find = domain.sealed ? `git -C '${repo.path}' ls-tree -r ${repo.branch} shows it by its mode, 120000 or 160000. ` : "";
  return `${find}Remove it by a ticket with "repairs: silos", or by hand (git -C '${repo.path}' rm '${nameIn(domain, path, "PATH")}', commit) and mos ticket adopt ${repo.branch} --domain ${repo.domain}`;
}

async function findOwner(from: string, target: string, others: readonly Place[]): Promise<Place | undefined> {
  const path = /^file:\/\//.test(target) ? filePathOf(target) : target;
  const real = await realOf(resolve(from, path));
  return others.find((other) => isWithin(real, other.path) || isWithin(real, other.gitDir));
}

function filePathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}

/** Object files that are one file under two names: a local clone makes such. */
async function findSharedFiles(patient: Patient, domain: Domain, gitDir: string): Promise<{ with?: string; files: string[] }> {
  const others = (await listOthers(patient, domain)).filter((other) => other.gitDir !== gitDir);
  const known = await listLinked(patient, [gitDir, ...others.map((other) => other.gitDir)]);
  const own = known.get(gitDir) ?? new Map<string, string>();
  if (own.size === 0) return { files: [] };
  for (const other of others) {
    const theirs = known.get(other.gitDir);
    const files = [...own].flatMap(([inode, file]) => (theirs?.has(inode) ? [file] : []));
    if (files.length > 0) return { with: other.name, files };
  }
  return { files: [] };
}
/** The same bytes under the same name, as a file of its own. */
async function unshareFile(file: string): Promise<void> {
  const copy = `${file}.mos-copy`;
  try {
    await copyFile(file, copy);
    await rename(copy, file);
  } catch (error) {
    await rm(copy, { force: true });
    throw error;
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Without symbolic links, as far as it exists. */
async function realOf(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined) return real;
  const parent = dirname(path);
  return parent === path ? path : join(await realOf(parent), basename(path));
}
