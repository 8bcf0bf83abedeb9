import type { Domain } from "../../contract/config.ts";
import type { Artifact } from "../../contract/knowledge.ts";
import type { Repo } from "../../port/git.ts";
import type { World } from "../../port/world.ts";

const notesMax = 2_000;
const noteCharsMax = 1_000_000;
const landingsMax = 20_000;

/**
 * Research notes at the tip of the home's branch that no artifact holds yet. A note's artifact is its path and blob: an
 * edited note is another one. Nothing of a note that is too large is taken.
 */
export async function gatherNotes(world: World, args: { domain: Domain; tip: string; known: ReadonlySet<string> }): Promise<Artifact[]> {
  const { domain, tip, known } = args;
  const repo = world.git.at(domain.home.path);
  const entries = (await repo.listTree(tip, "notes/")).filter((entry) => entry.type === "blob" && entry.mode.startsWith("100"));
  const fresh: Artifact[] = [];
  let landed: ReadonlyMap<string, string> | undefined;
  for (const { path, id: blob } of entries.filter((entry) => entry.path.endsWith(".md")).slice(0, notesMax)) {
    const id = noteId(domain.name, path, blob);
    if (known.has(id)) continue;
    const text = await repo.readFile(tip, path);
    if (text === undefined || text.length > noteCharsMax) continue;
    landed ??= await readLanded(repo, tip);
    const since = landed.get(path);
    const dated = since === undefined ? {} : { since };
    fresh.push({ id, domain: domain.name, kind: "note", source: path, at: world.clock.now(), ...dated, commit: tip, text });
  }
  return fresh;
}

/** When main got each note as it is: what came first is told by that, not by when it was read. */
async function readLanded(repo: Repo, tip: string): Promise<ReadonlyMap<string, string>> {
  const how = ["--first-parent", "--diff-merges=first-parent", "--no-renames", "--name-only", "-z", `--max-count=${landingsMax}`];
  const { stdout } = await repo.run(["log", ...how, "--format=@%ct", tip, "--", ":(top)notes"]);
  const landed = new Map<string, string>();
  let at: string | undefined;
  for (const piece of stdout.split("\0")) {
    const [, seconds] = /^@(\d+)$/.exec(piece) ?? [];
    if (seconds !== undefined) at = new Date(Number(seconds) * 1000).toISOString();
    else if (at !== undefined && piece !== "" && !landed.has(piece.replace(/^\n/, ""))) landed.set(piece.replace(/^\n/, ""), at);
  }
  return landed;
}

/** The domain is part of it: two silos may hold the same words under the same name. */
function noteId(domain: string, path: string, blob: string): string {
  return `note:${domain}:${path}@${blob}`;
}
