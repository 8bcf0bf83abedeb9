import type { Domain, RepoHandle } from "../../contract/config.ts";
import type { Report } from "../../contract/run.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { isInsideTouches } from "../../core/schedule/is-inside-touches.ts";
import { tellWiki } from "../../core/search/tell-wiki.ts";
import { countOf } from "../../core/text/count-of.ts";
import { drawMap, type MappedFile } from "../../core/work/draw-map.ts";
import { splitFindings } from "../../core/work/split-findings.ts";
import { tellTask } from "../../core/work/write-task.ts";
import type { Repo } from "../../port/git.ts";
import type { RoleInput } from "../../port/roles.ts";
import type { World } from "../../port/world.ts";
import type { Start } from "./find-kept-work.ts";

const guidanceChars = 12_000;
const answersMax = 10;
const pathsShown = 60;
const diffBytesMax = 30_000;
/** More is named by its folder's count alone: reading the listing itself is bounded. */
const filesMapped = 50_000;

/**
 * What an executor is told: the task and the operator's answers in their own words; everything else fenced, since files,
 * pages and agents said it. The same ticket at the same commit is told the same.
 */
export async function gatherInput(
  world: World,
  args: { ticket: Ticket; domain: Domain; repo: RepoHandle; start: Start },
): Promise<RoleInput[]> {
  const { ticket, domain, repo, start } = args;
  const git = world.git.at(repo.path);
  const { failed } = splitFindings(ticket.body);
  return [
    ...tellTask(ticket),
    ...(await readAnswers(world, ticket)),
    ...(failed === "" ? [] : [untrusted("What failed before", failed)]),
    ...(await describeEarlier(world, { ticket, git, start })),
    ...(await readGuidance(world, domain)),
    ...(await tellWiki(world, {
      ...{ stage: "execute", domain: ticket.domain, ticket: ticket.id },
      question: `${ticket.title} ${splitFindings(ticket.body).asked}`,
    })),
    untrusted("Map of the repository", await mapRepository(git, start.commit)),
  ];
}

function untrusted(title: string, text: string): RoleInput {
  return { title, text, trust: "untrusted" };
}

/** Questions are the model's words, answers the operator's: the log has both. */
async function readAnswers(world: World, ticket: Ticket): Promise<RoleInput[]> {
  const events = await world.store.read((tx) => tx.events({ ticket: ticket.id, kind: "ticket.cleared" }));
  const answered = events.filter(({ actor, data }) => actor === "operator" && typeof data.answer === "string").slice(-answersMax);
  return answered.flatMap(({ data }, index): RoleInput[] => {
    const asked = Array.isArray(data.questions) ? data.questions.filter((one) => typeof one === "string").join("\n") : "";
    return [
      { title: `The operator's answer ${index + 1}`, text: String(data.answer), trust: "operator" },
      ...(asked === "" ? [] : [untrusted(`The question that answer ${index + 1} is to`, asked)]),
    ];
  });
}

/** What earlier attempts left, and what the last one said of itself. */
async function describeEarlier(world: World, { ticket, git, start }: { ticket: Ticket; git: Repo; start: Start }): Promise<RoleInput[]> {
  const parts: RoleInput[] = [];
  if (start.kind === "kept") parts.push({ title: "Kept work", text: await sayKept(git, ticket, start), trust: "operator" });
  if (start.kind === "conflict") {
    const base = (await git.mergeBase(start.main, start.kept.commit)) ?? start.main;
    const diff = await git.diff({ from: base, to: start.kept.commit, maxBytes: diffBytesMax });
    const text = `An earlier attempt left work that no longer fits onto main. Your tree is main without it. It conflicts in ${countOf(start.paths.length, "file")}. What it changed is shown among the data; do again what still applies.`;
    parts.push({ title: "Work that no longer fits", text, trust: "operator" });
    parts.push(
      untrusted("The work that no longer fits, as a diff", `Conflicts in: ${start.paths.slice(0, pathsShown).join(", ")}\n\n${diff}`),
    );
  }
  const report = await findLastReport(world, ticket);
  return report ? [...parts, untrusted("What the attempt before this one said", describeReport(report))] : parts;
}

/** Names of files are an agent's words too: only what the declared paths are said to hold is told outside a fence. */
async function sayKept(git: Repo, ticket: Ticket, start: Extract<Start, { kind: "kept" }>): Promise<string> {
  const changed = (await git.changedPaths({ from: start.main, to: start.commit })).map(({ path }) => path);
  const strays = changed.filter((path) => !isInsideTouches(path, ticket.touches)).length;
  return [
    `Attempt ${start.kept.epoch} of ${start.kept.ticket} left work, and your tree begins with it: ${countOf(changed.length, "file differs", "files differ")} from main.`,
    "Look at it (git diff HEAD~1) before you go on. Keep what is right, and change what is not: it is handed in together with yours.",
    ...(strays === 0
      ? []
      : [`${strays} of these files lie outside the ticket's paths: bring them back to what main has (git checkout HEAD~1 -- FILE).`]),
  ].join("\n");
}

async function findLastReport(world: World, ticket: Ticket): Promise<Report | undefined> {
  const { predecessor } = ticket.provenance;
  return world.store.read(async (tx) => {
    const own = (await tx.reports.list({ ticket: ticket.id })).filter(({ epoch }) => epoch < ticket.epoch);
    const all = own.length > 0 || predecessor === undefined ? own : await tx.reports.list({ ticket: predecessor });
    return all.sort((a, b) => a.epoch - b.epoch).at(-1);
  });
}

function describeReport({ ticket, epoch, outcome, summary, left, decided, changed }: Report): string {
  return [
    `Attempt ${epoch} of ${ticket} ended: ${outcome}`,
    summary,
    ...decided.map((text) => `Decided: ${text}`),
    ...left.map((text) => `Left: ${text}`),
    ...(changed.length === 0 ? [] : [`Changed: ${changed.slice(0, pathsShown).join(", ")}`]),
  ].join("\n");
}

async function readGuidance(world: World, { home }: Domain): Promise<RoleInput[]> {
  const text = await world.git.at(home.path).readFile(`refs/heads/${home.branch}`, "DOMAIN.md");
  return text === undefined ? [] : [untrusted("Guidance of the domain (DOMAIN.md)", text.slice(0, guidanceChars))];
}

async function mapRepository(git: Repo, commit: string): Promise<string> {
  const { stdout } = await git.run(["ls-tree", "-r", "-l", "-z", "--full-tree", commit]);
  const files: MappedFile[] = [];
  for (const entry of stdout.split("\0")) {
    const match = /^\d+ blob [0-9a-f]+ +(\d+)\t(.+)$/s.exec(entry);
    if (match?.[2] !== undefined && files.length < filesMapped) files.push({ path: match[2], bytes: Number(match[1]) });
  }
  const readme = files.find(({ path }) => /^readme(\.(md|txt|rst))?$/i.test(path))?.path;
  return drawMap({
    files,
    packageJson: await git.readFile(commit, "package.json"),
    readme: readme === undefined ? undefined : await git.readFile(commit, readme),
  });
}
