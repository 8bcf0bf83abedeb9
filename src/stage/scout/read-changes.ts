import type { Evidence, Fact } from "../../contract/brief.ts";
import type { RepoHandle } from "../../contract/config.ts";
import { readAddedLines } from "../../core/brief/read-added-lines.ts";
import { countOf } from "../../core/text/count-of.ts";
import type { Commit, Repo } from "../../port/git.ts";
import type { World } from "../../port/world.ts";
import type { ProveEvidence } from "./prove-evidence.ts";

/** Commits that a first brief looks back over, and that any brief names. */
const lookBack = 10;
const commitsMax = 500;

/** What happened on a repository's branch since the last brief, with a changed line of each of the first files. */
export async function readChanges(
  world: World,
  args: { repo: RepoHandle; head: string | undefined; since: string | undefined; prove: ProveEvidence },
): Promise<Fact[]> {
  const { repo, head, since } = args;
  if (head === undefined) return [{ kind: "risk", text: `${repo.lane}: branch ${repo.branch} has no commit yet`, evidence: [], score: 20 }];
  if (head === since) return [];
  const git = world.git.at(repo.path);
  const known = since !== undefined && (await git.resolve(`${since}^{commit}`)) !== undefined;
  if (known && !(await git.isAncestor({ ancestor: since, descendant: head }))) {
    return [{ kind: "risk", text: `${repo.lane}: ${repo.branch} was rewritten since the last brief`, evidence: [], score: 40 }];
  }
  const commits = known
    ? await git.log(`${since}..${head}`, { max: commitsMax })
    : await git.log(head, { max: lookBack, firstParent: true });
  const base = known ? since : findBase(commits);
  const evidence = base === undefined ? [] : await args.prove(await quoteChanges(git, { repo, base, head }));
  const files = base === undefined ? undefined : (await git.changedPaths({ from: base, to: head })).length;
  return [{ kind: "change", text: describe(repo, commits, { known, files }), evidence, score: known ? 10 : 5 }];
}

function findBase(commits: readonly Commit[]): string | undefined {
  const oldest = commits.at(-1);
  if (oldest === undefined) return undefined;
  return oldest.parents[0] ?? (commits.length > 1 ? oldest.id : undefined);
}

async function quoteChanges(git: Repo, args: { repo: RepoHandle; base: string; head: string }): Promise<Evidence[]> {
  const diff = await git.diff({ from: args.base, to: args.head, maxBytes: 1_000_000 });
  return readAddedLines(diff)
    .slice(0, 5)
    .map(({ path, line, text }) => ({ repo: args.repo.name, commit: args.head, path, line, quote: text.replace(/\r$/, "") }));
}

function describe(repo: RepoHandle, commits: readonly Commit[], seen: { known: boolean; files: number | undefined }): string {
  const count = `${commits.length}${commits.length === commitsMax ? "+" : ""} ${commits.length === 1 ? "commit" : "commits"}`;
  const files = seen.files === undefined ? "" : ` in ${countOf(seen.files, "file")}`;
  const subjects = commits.slice(0, 5).map((commit) => commit.subject.slice(0, 100));
  const more = commits.length > 5 ? " …" : "";
  return `${repo.lane}: ${seen.known ? `${count} since the last brief` : `the last ${count}`}${files}: ${subjects.join("; ")}${more}`.slice(
    0,
    1000,
  );
}
