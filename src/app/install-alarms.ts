import type { RepoHandle, Workspace } from "../contract/config.ts";
import { adoptCommand } from "../core/gate/find-tip.ts";
import type { Git } from "../port/git.ts";
import { examineRefAlarm, installRefAlarm, type RefAlarm } from "./home/ref-alarm.ts";

/** The alarm of one repository: whether git itself tells who moves main there. */
export interface RepoAlarm extends RefAlarm {
  readonly lane: string;
}

/** How it stands in every repository of the workspace; writes nothing. One that cannot be read is left to the doctor. */
export async function examineAlarms(place: { workspace: Workspace; git: Git }): Promise<RepoAlarm[]> {
  return forEachRepo(place.workspace, (repo) => examineRefAlarm(place.git.at(repo.path), describeAlarm(repo)));
}

/** Puts the hook where it is missing or old. Gives how each was found. May be repeated. */
export async function installAlarms(place: { workspace: Workspace; git: Git }): Promise<RepoAlarm[]> {
  return forEachRepo(place.workspace, (repo) => installRefAlarm(place.git.at(repo.path), describeAlarm(repo)));
}

/** What the hook of a lane says to the person who moved main by hand. */
export function describeAlarm(repo: Pick<RepoHandle, "branch" | "domain" | "name">): { branch: string; adopt: string } {
  return { branch: repo.branch, adopt: adoptCommand(repo) };
}

async function forEachRepo(workspace: Workspace, act: (repo: RepoHandle) => Promise<RefAlarm>): Promise<RepoAlarm[]> {
  const repos = [...workspace.domains, workspace.operator].flatMap((domain) => domain.repos);
  const found = await Promise.all(repos.map(async (repo) => [repo.lane, await act(repo).catch(() => undefined)] as const));
  return found.flatMap(([lane, alarm]) => (alarm ? [{ lane, ...alarm }] : []));
}
