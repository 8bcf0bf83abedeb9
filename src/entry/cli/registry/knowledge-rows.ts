import type { CommandRow } from "../command-row.ts";

const group = "Knowledge:";

export const knowledgeRows: readonly CommandRow[] = [
  {
    path: "distill",
    group,
    summary: "make claims of what was done and learned since the last time",
    gives:
      "{ artifacts, candidates: [{ id, domain, claim, confidence, reason, target, source, kind, route }], routed: { librarian, operatorGlobal, review }, tickets: [] }",
    options: [{ name: "domain", value: "D", summary: "of one domain (default: all)" }],
    load: () => import("../command/distill.ts"),
  },
  {
    path: "review",
    group,
    summary: "go through the claims that wait for your word, one key an answer",
    gives: "{ approved: [], released: [], rejected: [], left }",
    options: [{ name: "domain", value: "D", summary: "of one domain (default: all)" }],
    load: () => import("../command/review.ts"),
  },
  {
    path: "review list",
    group,
    summary: "the claims that wait for your word",
    gives: "[{ id, domain, claim, confidence, reason, target, source, kind, route, status }]",
    options: [{ name: "domain", value: "D", summary: "of one domain (default: all)" }],
    load: () => import("../command/review-list.ts"),
  },
  {
    path: "review approve",
    group,
    summary: "let the librarian write a claim",
    gives: "{ candidate, ticket }",
    args: [{ name: "id", summary: "of the claim" }],
    load: () => import("../command/review-approve.ts"),
  },
  {
    path: "review reject",
    group,
    summary: "keep a claim out, for good",
    gives: "the claim",
    args: [{ name: "id", summary: "of the claim" }],
    options: [{ name: "reason", value: "R", summary: "why, for the log" }],
    load: () => import("../command/review-reject.ts"),
  },
  {
    path: "review release",
    group,
    summary: "release a claim for all domains: operator-global writes it into the cross-domain wiki",
    gives: "{ candidate, ticket }",
    args: [{ name: "id", summary: "of the claim; never of a sealed domain" }],
    load: () => import("../command/review-release.ts"),
  },
  {
    path: "note add",
    group,
    summary: "file a research note; it lands through the gate and is distilled",
    gives: "{ ticket, domain, path, state }",
    args: [{ name: "text", summary: "the note; - reads it from stdin" }],
    options: [{ name: "domain", value: "D", summary: "whose note it is", required: true }],
    examples: ['mos note add --domain music "Vinyl sells best in November."'],
    load: () => import("../command/note-add.ts"),
  },
  {
    path: "ask",
    group,
    summary: "what a domain's wiki says of a question, with its sources",
    gives: "[{ page, title, heading, line, text, citations: [], score }], nearest first",
    args: [{ name: "question", summary: "in your own words" }],
    options: [
      { name: "domain", value: "D", summary: "whose wiki; operator is the cross-domain one", required: true },
      { name: "max", value: "N", summary: "how many passages, at most 50 (default: 8)" },
    ],
    examples: ['mos ask --domain music "When do records sell best?"'],
    load: () => import("../command/ask.ts"),
  },
  {
    path: "wiki check",
    group,
    summary: "links, front matter and citations that do not hold",
    gives: "[{ domain, page, line, problem, kind, citation?, ticket? }], problems only; ticket: what --fix filed for it",
    options: [
      { name: "domain", value: "D", summary: "of one domain (default: all)" },
      {
        name: "fix",
        summary: "file a librarian's ticket that relocates what moved, marks what is gone and writes what is kept beside the pages",
      },
    ],
    load: () => import("../command/wiki-check.ts"),
  },
  {
    path: "wiki index",
    group,
    summary: "bring the search indexes up to date, vectors too where an embedder is installed",
    gives: "[{ domain, passages, vectors, embedder?, absent?: { reason, remedy } }]",
    options: [
      { name: "domain", value: "D", summary: "of one domain (default: all)" },
      { name: "minutes", value: "N", summary: "begin no further vectors after so long (default: until all are there)" },
    ],
    load: () => import("../command/wiki-index.ts"),
  },
  {
    path: "wiki stats",
    group,
    summary: "pages, claims, who stands behind them, what their citations are, and how they grew by day",
    gives:
      "[{ domain, pages, claims, superseded, cited, authority: { operator, verified, distilled }, citations, ok, moved, stale, missing, marked, problems, artifacts, written, inReview, distilledAt?, days: [{ day, commit, pages, claims, … }] }]",
    options: [
      { name: "domain", value: "D", summary: "of one domain (default: all)" },
      { name: "days", value: "N", summary: "how many days on which main moved, at most 366 (default: 14)" },
    ],
    load: () => import("../command/wiki-stats.ts"),
  },
];
