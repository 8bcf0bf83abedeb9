import type { Domain } from "../../contract/config.ts";
import type { Artifact, Candidate } from "../../contract/knowledge.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { type WikiFiles, wikiFilesOf } from "../../core/knowledge/check-page.ts";
import { readWiki } from "../../core/knowledge/read-wiki.ts";
import { countOf } from "../../core/text/count-of.ts";
import type { Note, StoreWriter } from "../../port/store.ts";
import type { World } from "../../port/world.ts";
import { askDistiller, type Distilled } from "./ask-distiller.ts";
import { fileLibrarian } from "./file-librarian.ts";
import { gatherLandings } from "./gather-landings.ts";
import { gatherNotes } from "./gather-notes.ts";
import { gatherTranscripts } from "./gather-transcripts.ts";
import { type Judged, judgeArtifacts } from "./judge-artifacts.ts";

export interface DistilledDomain {
  readonly domain: string;
  /** Ids. */
  readonly artifacts: readonly string[];
  readonly candidates: readonly Candidate[];
  /** Ids of the librarian's tickets. */
  readonly tickets: readonly string[];
}

/**
 * Distils one domain: every artifact that is not distilled yet, and every note at the tip, landing and transcript that is none yet, exactly once
 * (K2). First all is read and judged; then one transaction keeps the notes, puts the candidates, files the librarian's
 * tickets and marks each artifact. A crash before its end leaves nothing of it, and the next call does it all; a crash
 * after it leaves nothing to do. Of two processes at once the second finds the marks and leaves those artifacts alone.
 */
export async function distillDomain(world: World, domain: Domain): Promise<DistilledDomain> {
  const { known, candidates } = await world.store.read(async (tx) => ({
    known: await tx.artifacts.list({ domain: domain.name }),
    candidates: await tx.candidates.list({ domain: domain.name }),
  }));
  const queued = known.filter((artifact) => artifact.distilledAt === undefined);
  const tip = await world.git.at(domain.home.path).resolve(`refs/heads/${domain.home.branch}^{commit}`);
  const held = new Set(known.map((artifact) => artifact.id));
  const notes = tip === undefined ? [] : await gatherNotes(world, { domain, tip, known: held });
  const landings = await gatherLandings(world, domain);
  const transcripts = await gatherTranscripts(world, { domain, known: held });
  // What was reported goes before what was said: a transcript adds what no report says.
  const fresh = [...queued, ...notes, ...landings.artifacts.filter(({ id }) => !held.has(id)), ...transcripts];
  const { marks } = landings;
  if (fresh.length === 0) {
    await rememberRun(world, domain, marks);
    return { domain: domain.name, artifacts: [], candidates: [], tickets: [] };
  }
  const files = tip === undefined ? noWiki : await readWiki(world.git.at(domain.home.path), tip);
  const model = await askDistiller(world, { domain, fresh, tip });
  const proposals = model.kind === "read" ? model.proposals : [];
  const judged = await judgeArtifacts(world, { domain, fresh, known, files, candidates, proposals });
  return world.store.write((tx) => keepResult(tx, { world, domain, fresh, known, judged, before: candidates, files, marks, model }));
}

const recalledNamedMax = 100;
const noWiki: WikiFiles = wikiFilesOf({ texts: new Map(), paths: [] });

async function keepResult(
  tx: StoreWriter,
  args: {
    world: World;
    domain: Domain;
    fresh: readonly Artifact[];
    known: readonly Artifact[];
    judged: Judged;
    /** The candidates that it was judged by. */
    before: readonly Candidate[];
    files: WikiFiles;
    marks: readonly Note[];
    model: Distilled;
  },
): Promise<DistilledDomain> {
  const { world, domain, files, judged } = args;
  const now = world.clock.now();
  const mine = new Map<string, Artifact>();
  for (const artifact of args.fresh) {
    if ((await tx.artifacts.get(artifact.id))?.distilledAt !== undefined) continue;
    mine.set(artifact.id, artifact);
    await tx.artifacts.put({ ...artifact, distilledAt: now });
  }
  const candidates = judged.found.filter((candidate) => mine.has(candidate.source.artifact));
  const changed = mine.size === 0 ? [] : await listUntouched(tx, judged.changed, args.before);
  for (const candidate of [...candidates, ...changed]) await putCandidate(tx, candidate);
  const sealedDomains = world.workspace.domains.filter((one) => one.sealed).map((one) => one.name);
  const high = [...candidates, ...changed].filter(({ route, status }) => route === "librarian" && status === "open");
  const artifacts = new Map([...args.known, ...mine.values()].map((artifact) => [artifact.id, artifact]));
  const request = { domain, artifacts, files, sealedDomains, now };
  const tickets: Ticket[] = [];
  for (const turn of new Set([0, ...judged.turns.values()].toSorted((a, b) => a - b))) {
    const due = high.filter(({ id }) => (judged.turns.get(id) ?? 0) === turn);
    tickets.push(...(await fileLibrarian(tx, { ...request, candidates: due, after: tickets })));
  }
  await tx.notes.put({ id: `distill:${domain.name}`, value: { at: now } });
  for (const mark of args.marks) await tx.notes.put(mark);
  if (mine.size > 0) {
    const reason = `${countOf(mine.size, "artifact")} distilled into ${countOf(candidates.length, "candidate")}`;
    const recalled = judged.recalled.filter((place) => mine.has(place.slice(0, place.lastIndexOf("#")))).slice(0, recalledNamedMax);
    const data = {
      artifacts: [...mine.keys()],
      candidates: candidates.length,
      tickets: tickets.map((ticket) => ticket.id),
      ...(recalled.length === 0 ? {} : { recalled }),
      ...describeModel(args.model),
    };
    await tx.append({ kind: "artifact.distilled", domain: domain.name, actor: "mos", reason, data });
  }
  const ids = tickets.map((ticket) => ticket.id);
  return { domain: domain.name, artifacts: [...mine.keys()], candidates, tickets: ids };
}

/** What a person answered meanwhile is that person's. */
async function listUntouched(tx: StoreWriter, changed: readonly Candidate[], before: readonly Candidate[]): Promise<Candidate[]> {
  const left: Candidate[] = [];
  for (const candidate of changed) {
    const status = (await tx.candidates.get(candidate.id))?.status;
    if (status !== undefined && status === before.find(({ id }) => id === candidate.id)?.status) left.push(candidate);
  }
  return left;
}

function describeModel(model: Distilled): Record<string, unknown> {
  if (model.kind === "silent") return {};
  return {
    model:
      model.kind === "failed" ? { failed: model.message } : { run: model.run, proposed: model.proposals.length, dropped: model.dropped },
  };
}

async function putCandidate(tx: StoreWriter, candidate: Candidate): Promise<void> {
  await tx.candidates.put(candidate);
  const { id, domain, reason, route, confidence, target } = candidate;
  await tx.append({ kind: "candidate.routed", domain, actor: "mos", reason, data: { candidate: id, route, confidence, target } });
}

/** When the domain was last looked at: its rhythm is kept also where there was nothing to distil. */
async function rememberRun(world: World, domain: Domain, marks: readonly Note[]): Promise<void> {
  await world.store.write(async (tx) => {
    await tx.notes.put({ id: `distill:${domain.name}`, value: { at: world.clock.now() } });
    for (const mark of marks) await tx.notes.put(mark);
  });
}
