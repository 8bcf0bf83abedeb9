import type { Domain } from "../../contract/config.ts";
import type { Artifact } from "../../contract/knowledge.ts";
import type { Repo } from "../../port/git.ts";
import type { World } from "../../port/world.ts";

const notesMax = 2_000;
const noteCharsMax = 1_000_000;

/**
 * Research notes at the tip of the home's branch that no artifact holds yet. A note's artifact is its path and blob: an
 * edited note is another one. Nothing of a note that is too large is taken.
 */
export async function gatherNotes(world: World, args: { domain: Domain; tip: string; known: ReadonlySet<string> }): Promise<Artifact[]> {
  const { domain, tip, known } = args;
  const repo = world.git.at(domain.home.path);
  const entries = (await repo.listTree(tip, "notes/")).filter((entry) => entry.type === "blob" && entry.mode.startsWith("100"));
  const fresh: Artifact[] = [];
  for (const { path, id: blob } of entries.filter((entry) => entry.path.endsWith(".md")).slice(0, notesMax)) {
    const id = noteId(domain.name, path, blob);
    if (known.has(id)) continue;
    const text = await repo.readFile(tip, path);
    if (text === undefined || text.length > noteCharsMax) continue;
    const since = await readLanded(repo, tip, path);
    const dated = since === undefined ? {} : { since };
    fresh.push({ id, domain: domain.name, kind: "note", source: path, at: world.clock.now(), ...dated, commit: tip, text });
  }
  return fresh;
}

/** When main got the note as it is: what came first is told by that, not by when it was read. */
async function readLanded(repo: Repo, tip: string, path: string): Promise<string | undefined> {
  const { stdout } = await repo.run(["log", "--first-parent", "--max-count=1", "--format=%ct", tip, "--", `:(top,literal)${path}`]);
  const seconds = Number(stdout.trim());
  return stdout.trim() === "" || !Number.isSafeInteger(seconds) ? undefined : new Date(seconds * 1000).toISOString();
}

/** The domain is part of it: two silos may hold the same words under the same name. */
function noteId(domain: string, path: string, blob: string): string {
  return `note:${domain}:${path}@${blob}`;
}
