import type { Domain, RepoHandle } from "../../contract/config.ts";
import type { Artifact } from "../../contract/knowledge.ts";
import type { Git, Repo } from "../../port/git.ts";
import type { Store } from "../../port/store.ts";
import type { KeptLookup, Lookup, Sources } from "./sources.ts";

const filesFoundMax = 20;

/**
 * The sources of one domain: its repositories at their branches and its records in the store. Nothing of another
 * domain can be reached through it, whatever a citation names (I1).
 *
 * @param treeish  of the home, where not the branch's tip is meant: the merged result that a gate tests
 */
export function openSources(args: { domain: Domain; git: Git; store?: Store; treeish?: string }): Sources {
  const { domain, git, store, treeish } = args;
  const homes = new Map<string, Promise<Home | undefined>>();
  const files = new Map<string, Promise<string | undefined>>();
  const homeOf = (commit: string) => remember(homes, commit, () => findHome(domain, git, commit));
  const read = (repo: Repo, at: string, path: string) => remember(files, `${repo.path}\n${at}\n${path}`, () => repo.readFile(at, path));
  const now = (home: Home) => (home.handle.name === "home" ? (treeish ?? home.tip) : home.tip);
  const logged = new Map<string, Promise<ReadonlySet<string>>>();
  const wasKept = async (id: string) =>
    store !== undefined && (await remember(logged, domain.name, () => listKept(store, domain.name))).has(id);

  return {
    place: async (commit) => {
      const home = await homeOf(commit);
      return home && { repository: home.handle.name, tip: home.tip };
    },
    fileAt: async (commit, path) => {
      const home = await homeOf(commit);
      if (!home) return absent(`no commit ${commit.slice(0, 12)} has landed in ${domain.name}`);
      const text = await read(home.repo, commit, path);
      return text === undefined ? absent(`commit ${commit.slice(0, 12)} has no readable file ${path}`) : { kind: "text", text };
    },
    fileNow: async (commit, path) => {
      const home = await homeOf(commit);
      const text = home && (await read(home.repo, now(home), path));
      return text === undefined ? absent(`${path} is gone`) : { kind: "text", text };
    },
    filesWith: async (commit, line) => {
      const home = await homeOf(commit);
      return home && line !== "" ? searchFiles(home.repo, now(home), line) : [];
    },
    ticket: async (id) => {
      const kept = await readArtifact(store, domain.name, `ticket:${id}`);
      if (kept) return { kind: "text", text: kept.text };
      const landed = await readLandings(domain, git, id);
      const lost = (await wasKept(`ticket:${id}`)) ? `the record of ticket ${id} is gone` : undefined;
      if (landed !== "") return { kind: "text", text: landed, ...(lost === undefined ? {} : { lost }) };
      return lost === undefined ? absent(`no ticket ${id} has landed in ${domain.name}`) : { kind: "gone", reason: lost };
    },
    artifact: async (id): Promise<KeptLookup> => {
      const kept = await readArtifact(store, domain.name, id);
      if (kept === undefined) {
        if (store === undefined) return { kind: "unreachable", reason: "there is no store here" };
        return (await wasKept(id)) ? { kind: "gone", reason: `artifact ${id} is gone` } : absent(`${domain.name} has no artifact ${id}`);
      }
      const { kind, text, commit, source } = kept;
      if (kind === "note" && commit !== undefined) return { kind: "text", text, file: { commit, path: source } };
      if (kind === "landing" && commit !== undefined && (await homeOf(commit)) === undefined)
        return { kind: "gone", reason: `the landing ${commit.slice(0, 12)} is on no branch of ${domain.name} any more` };
      return { kind: "text", text };
    },
  };
}

interface Home {
  readonly handle: RepoHandle;
  readonly repo: Repo;
  readonly tip: string;
}

/** The repository on whose branch the commit lies. One that no branch holds is no source: it may be gone tomorrow. */
async function findHome(domain: Domain, git: Git, commit: string): Promise<Home | undefined> {
  for (const handle of domain.repos) {
    const repo = git.at(handle.path);
    const id = await repo.resolve(`${commit}^{commit}`);
    const tip = await repo.resolve(`refs/heads/${handle.branch}^{commit}`);
    if (id !== undefined && tip !== undefined && (await repo.isAncestor({ ancestor: id, descendant: tip }))) return { handle, repo, tip };
  }
  return undefined;
}

async function searchFiles(repo: Repo, treeish: string, line: string): Promise<string[]> {
  const args = ["grep", "-l", "-z", "-I", "-F", "--full-name", "-e", line, treeish, "--", ":(top)", ":(top,exclude)wiki"];
  const { stdout } = await repo.run(args, { okExit: [0, 1] });
  const paths = stdout.split("\0").filter((row) => row !== "");
  return paths.slice(0, filesFoundMax).map((row) => row.slice(treeish.length + 1));
}

async function readArtifact(store: Store | undefined, domain: string, id: string): Promise<Artifact | undefined> {
  const artifact = await store?.read((tx) => tx.artifacts.get(id));
  return artifact?.domain === domain ? artifact : undefined;
}

/** Every artifact that was ever kept or distilled here: the log forgets nothing. */
async function listKept(store: Store, domain: string): Promise<ReadonlySet<string>> {
  const events = await store.read(async (tx) => [
    ...(await tx.events({ domain, kind: "artifact.kept" })),
    ...(await tx.events({ domain, kind: "artifact.distilled" })),
  ]);
  const ids = events.flatMap(({ data }) => [data.artifact, ...(Array.isArray(data.artifacts) ? data.artifacts : [])]);
  return new Set(ids.filter((id): id is string => typeof id === "string"));
}

/** The messages of the landings that name the ticket: what a clone without a store still knows of it. */
async function readLandings(domain: Domain, git: Git, id: string): Promise<string> {
  const messages: string[] = [];
  for (const handle of domain.repos) {
    const repo = git.at(handle.path);
    const tip = await repo.resolve(`refs/heads/${handle.branch}^{commit}`);
    if (tip === undefined) continue;
    const { stdout } = await repo.run(["log", "--first-parent", "-F", `--grep=Ticket: ${id}`, "--format=%H", tip, "--"]);
    for (const hash of stdout
      .split("\n")
      .filter((row) => row !== "")
      .slice(0, filesFoundMax)) {
      const commit = await repo.commit(hash);
      const names = commit.trailers.some((trailer) => trailer.key.toLowerCase() === "ticket" && trailer.value === id);
      if (names) messages.push(`${commit.subject}\n\n${commit.body}`);
    }
  }
  return messages.join("\n\n");
}

async function remember<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

function absent(reason: string): Lookup {
  return { kind: "absent", reason };
}
