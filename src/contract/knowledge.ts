import { z } from "zod";
import { CommitId, DomainName, Instant, RepoPath } from "./id.ts";

export const PageKind = z.enum(["strategy", "history", "voice", "pattern"]);
/** K1, highest first: a lower one never overwrites a higher one. */
export const Authority = z.enum(["operator", "verified", "distilled"]);
export type Authority = z.infer<typeof Authority>;

/** A wiki page's front matter (K1). */
export const PageMatter = z.strictObject({
  title: z.string().min(1),
  kind: PageKind,
  owner: z.string().min(1),
  authority: Authority,
  updated: z.iso.date(),
});
export type PageMatter = z.infer<typeof PageMatter>;

const gone = z.iso.date().optional().describe("the day on which it was marked: the source is there no more, or says so no more");

/**
 * A footnote of a claim. Written as
 * `[^c1]: ticket MUS-12` · `commit <id> <path>#L3-L5 "quote"` · `artifact <id> "quote"`, `operator <date>`; the first three may end
 * in ` (gone since 2026-11-20)`.
 */
export const Citation = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ticket"), ticket: z.string(), quote: z.string().optional(), gone }),
  z.strictObject({
    kind: z.literal("commit"),
    commit: z.string(),
    path: RepoPath,
    from: z.int(),
    to: z.int(),
    quote: z.string().optional(),
    gone,
  }),
  z.strictObject({ kind: z.literal("artifact"), artifact: z.string(), quote: z.string().optional(), gone }),
  z.strictObject({ kind: z.literal("operator"), date: z.string() }),
]);
export type Citation = z.infer<typeof Citation>;

const contextHashes = z.string().regex(/^(?:[0-9a-f]{16}(?: [0-9a-f]{16})?)?$/, "up to two hashes of lines, the nearest first");

/** What a page's sidecar keeps of a footnote that cites lines of a commit (K4): where they stand, and hashes of what they say. */
export const CitationAnchor = z.strictObject({
  repository: z.string().min(1).max(200).describe("the domain's name for it: home, or of an attached one"),
  commit: CommitId,
  path: RepoPath,
  from: z.int().min(1),
  to: z.int().min(1),
  quote: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "a SHA-256")
    .describe("of the quoted words, as they are compared"),
  before: contextHashes.describe("of the lines before that say something"),
  after: contextHashes.describe("of the lines after"),
});
export type CitationAnchor = z.infer<typeof CitationAnchor>;

/** `wiki/history.md.cites.json`: by footnote. */
export const CitationSidecar = z.strictObject({ version: z.literal(1), citations: z.record(z.string(), CitationAnchor) });

export const WikiProblem = z.strictObject({
  page: z.string(),
  line: z.int().min(1),
  problem: z.string(),
  kind: z.enum([
    "front-matter",
    "link",
    "citation-missing",
    "citation-stale",
    "citation-moved",
    "citation-marked",
    "citation-sidecar",
    "claim-uncited",
    "index",
  ]),
  citation: z.string().optional(),
});
export type WikiProblem = z.infer<typeof WikiProblem>;

/** Something that distillation may read, once (K2). */
export const Artifact = z.strictObject({
  id: z.string(),
  domain: DomainName,
  kind: z.enum(["ticket", "session", "note", "landing", "transcript", "release"]),
  source: z.string().describe("a ticket's id, a session's id, a note's path, a run's id, of a landing the repository's name"),
  at: Instant,
  /** When main got it, where that is known: which of two was first is told by this, `at` is when it was kept. */
  since: Instant.optional(),
  /** Of a note: the tip of main at which it was read, for its citations. Of a ticket: its landing. */
  commit: CommitId.optional(),
  /** The text, with typed trailers (`Decision:`, `Learned:`, `Changed:`, `Supersedes:`) a line each. */
  text: z.string(),
  distilledAt: Instant.optional(),
});
export type Artifact = z.infer<typeof Artifact>;

export const Candidate = z.strictObject({
  id: z.string(),
  domain: DomainName,
  claim: z.string().min(1).max(1000),
  confidence: z.enum(["high", "medium", "low"]),
  reason: z.string(),
  target: RepoPath.describe("the page"),
  source: z.strictObject({ artifact: z.string(), line: z.int().min(1), quote: z.string() }),
  kind: z.enum(["new", "confirms", "contradicts", "supersedes"]),
  /** The other side: the standing claim that this one confirms, contradicts or supersedes. */
  against: z.strictObject({ page: RepoPath, line: z.int().min(1), claim: z.string() }).optional(),
  route: z.enum(["librarian", "operator-global", "review"]),
  status: z.enum(["open", "ticketed", "approved", "rejected", "written"]).default("open"),
  /** It is high by itself, and waits because of what it contradicts alone: it is weighed again with all that comes. */
  held: z.literal(true).optional(),
  ticket: z.string().optional(),
});
export type Candidate = z.infer<typeof Candidate>;
