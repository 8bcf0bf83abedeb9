import type { Domain } from "../../contract/config.ts";
import type { Artifact, Candidate } from "../../contract/knowledge.ts";
import { assessStatement } from "../../core/knowledge/assess-candidate.ts";
import { type WikiFiles, wikiFilesOf } from "../../core/knowledge/check-page.ts";
import { nameCandidate } from "../../core/knowledge/name-candidate.ts";
import { openHeard } from "../../core/knowledge/open-heard.ts";
import { openSources } from "../../core/knowledge/open-sources.ts";
import { isSameFinding, lowerBy, type Proposal } from "../../core/knowledge/read-distilled.ts";
import { readStatements } from "../../core/knowledge/read-statements.ts";
import { readWiki } from "../../core/knowledge/read-wiki.ts";
import type { Sources } from "../../core/knowledge/sources.ts";
import type { Note, StoreWriter } from "../../port/store.ts";
import type { World } from "../../port/world.ts";
import { askDistiller, type Distilled } from "./ask-distiller.ts";
import { fileLibrarian } from "./file-librarian.ts";
import { gatherLandings } from "./gather-landings.ts";
import { gatherNotes } from "./gather-notes.ts";

export interface DistilledDomain {
  readonly domain: string;
  /** Ids. */
  readonly artifacts: readonly string[];
  readonly candidates: readonly Candidate[];
  /** Ids of the librarian's tickets. */
  readonly tickets: readonly string[];
}

/**
 * Distils one domain: every artifact that is not distilled yet, and every note at the tip that is none yet, exactly once
 * (K2). First all is read and judged; then one transaction keeps the notes, puts the candidates, files the librarian's
 * tickets and marks each artifact. A crash before its end leaves nothing of it, and the next call does it all; a crash
 * after it leaves nothing to do. Of two processes at once the second finds the marks and leaves those artifacts alone.
 */
export async function distillDomain(world: World, domain: Domain): Promise<DistilledDomain> {
  const { known, queued, waiting } = await world.store.read(async (tx) => {
    const all = await tx.artifacts.list({ domain: domain.name });
    const candidates = await tx.candidates.list({ domain: domain.name });
    return {
      known: all,
      queued: all.filter((artifact) => artifact.distilledAt === undefined),
      waiting: candidates.filter((candidate) => candidate.status !== "written" && candidate.status !== "rejected"),
    };
  });
  const tip = await world.git.at(domain.home.path).resolve(`refs/heads/${domain.home.branch}^{commit}`);
  const notes = tip === undefined ? [] : await gatherNotes(world, { domain, tip, known: new Set(known.map((artifact) => artifact.id)) });
  const landings = await gatherLandings(world, domain);
  const held = new Set(known.map((artifact) => artifact.id));
  const fresh = [...queued, ...notes, ...landings.artifacts.filter(({ id }) => !held.has(id))];
  const { marks } = landings;
  if (fresh.length === 0) {
    await rememberRun(world, domain, marks);
    return { domain: domain.name, artifacts: [], candidates: [], tickets: [] };
  }
  const files = tip === undefined ? noWiki : await readWiki(world.git.at(domain.home.path), tip);
  const model = await askDistiller(world, { domain, fresh, tip });
  const proposals = model.kind === "read" ? model.proposals : [];
  const { found: candidates, recalled } = await judgeArtifacts(world, { domain, fresh, known, files, waiting, proposals });
  return world.store.write((tx) => keepResult(tx, { world, domain, fresh, candidates, recalled, files, marks, model }));
}

const recalledNamedMax = 100;
const noWiki: WikiFiles = wikiFilesOf({ texts: new Map(), paths: [] });

interface Judged {
  readonly found: readonly Candidate[];
  /** Statements (artifact and line) that say again what the wiki told their speaker: no evidence (K2). */
  readonly recalled: readonly string[];
}

async function judgeArtifacts(
  world: World,
  args: {
    domain: Domain;
    fresh: readonly Artifact[];
    known: readonly Artifact[];
    files: WikiFiles;
    waiting: readonly Candidate[];
    proposals: readonly Proposal[];
  },
): Promise<Judged> {
  const { domain, fresh, known, files } = args;
  const sources = withFresh(openSources({ domain, git: world.git, store: world.store }), fresh);
  const hear = await openHeard(world.store, domain.name);
  const found: Candidate[] = [];
  const recalled: string[] = [];
  for (const artifact of fresh) {
    world.signal.throwIfAborted();
    const read = linesReadBefore(artifact, [...known, ...fresh]);
    const judgeHeard = await hear(artifact);
    for (const statement of readStatements(artifact)) {
      if (read.has(statement.claim)) continue;
      const recall = judgeHeard(statement, statement.claim);
      if (recall === "recalled") {
        recalled.push(`${artifact.id}#${statement.line}`);
        continue;
      }
      const waiting = [...args.waiting, ...found];
      const assessed = await assessStatement({ artifact, statement, files, sources, waiting });
      if (!assessed) continue;
      const rival = found.findIndex((candidate) => candidate.id === assessed.rival?.id && candidate.route === "librarian");
      const standing = found[rival];
      if (standing) {
        const reason = `it contradicts ${assessed.candidate.id}: ${assessed.candidate.claim}`;
        found[rival] = { ...standing, confidence: "medium", route: "review", kind: "contradicts", reason };
      }
      found.push(recall === "repeats" ? doubtRepeated(assessed.candidate) : assessed.candidate);
    }
  }
  for (const proposal of args.proposals) {
    const same = found.findIndex((candidate) => isSameFinding(candidate, proposal));
    const standing = found[same];
    if (standing) {
      found[same] = lowerBy(standing, proposal, "high");
      continue;
    }
    const { artifact, statement } = proposal;
    const judgeHeard = await hear(artifact);
    if ([statement.claim, statement.quote ?? ""].some((words) => judgeHeard(statement, words) !== "own")) continue;
    const assessed = await assessStatement({ artifact, statement, files, sources, waiting: [...args.waiting, ...found] });
    if (!assessed) continue;
    const id = nameCandidate({ id: `${artifact.id}~${statement.claim}`, domain: artifact.domain }, statement.line);
    if (!found.some((candidate) => candidate.id === id)) found.push(lowerBy({ ...assessed.candidate, id }, proposal, "medium"));
  }
  return { found, recalled };
}

/** What is about to be kept is looked up as if it were: it is kept with the candidates or not at all. */
function withFresh(sources: Sources, fresh: readonly Artifact[]): Sources {
  const texts = new Map(fresh.map(({ id, text }) => [id, text]));
  return {
    ...sources,
    artifact: async (id) => {
      const text = texts.get(id);
      return text === undefined ? sources.artifact(id) : { kind: "text", text };
    },
  };
}

/** What it was told and more: what is its own, a person says. */
function doubtRepeated(candidate: Candidate): Candidate {
  if (candidate.confidence !== "high") return candidate;
  return { ...candidate, confidence: "medium", route: "review", reason: "it repeats what the wiki had told its speaker, and adds to it" };
}

/** Of an edited or moved note only what is new is read again: the rest was distilled with the artifact before it. */
function linesReadBefore(artifact: Artifact, all: readonly Artifact[]): Set<string> {
  if (artifact.kind !== "note") return new Set();
  const blob = blobOf(artifact);
  const before = all.slice(0, all.indexOf(artifact)).filter((one) => one.kind === "note");
  const related = before.filter((one) => one.source === artifact.source || blobOf(one) === blob);
  return new Set(related.flatMap((one) => readStatements(one).map((statement) => statement.claim)));
}

function blobOf(note: Artifact): string {
  return note.id.slice(note.id.lastIndexOf("@") + 1);
}

async function keepResult(
  tx: StoreWriter,
  args: {
    world: World;
    domain: Domain;
    fresh: readonly Artifact[];
    candidates: readonly Candidate[];
    recalled: readonly string[];
    files: WikiFiles;
    marks: readonly Note[];
    model: Distilled;
  },
): Promise<DistilledDomain> {
  const { world, domain, files } = args;
  const now = world.clock.now();
  const mine = new Map<string, Artifact>();
  for (const artifact of args.fresh) {
    if ((await tx.artifacts.get(artifact.id))?.distilledAt !== undefined) continue;
    mine.set(artifact.id, artifact);
    await tx.artifacts.put({ ...artifact, distilledAt: now });
  }
  const candidates = args.candidates.filter((candidate) => mine.has(candidate.source.artifact));
  for (const candidate of candidates) await putCandidate(tx, candidate);
  const sealedDomains = world.workspace.domains.filter((one) => one.sealed).map((one) => one.name);
  const high = candidates.filter((candidate) => candidate.route === "librarian");
  const tickets = await fileLibrarian(tx, { domain, candidates: high, artifacts: mine, files, sealedDomains, now });
  await tx.notes.put({ id: `distill:${domain.name}`, value: { at: now } });
  for (const mark of args.marks) await tx.notes.put(mark);
  if (mine.size > 0) {
    const reason = `${mine.size} artifacts distilled into ${candidates.length} candidates`;
    const recalled = args.recalled.filter((place) => mine.has(place.slice(0, place.lastIndexOf("#")))).slice(0, recalledNamedMax);
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
