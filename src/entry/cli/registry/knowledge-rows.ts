import type { CommandRow } from "../command-row.ts";

const group = "Knowledge:";

export const knowledgeRows: readonly CommandRow[] = [
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
    path: "wiki check",
    group,
    summary: "links, front matter and citations that do not hold",
    gives: "[{ domain, page, line, problem, kind, citation? }], problems only",
    options: [{ name: "domain", value: "D", summary: "of one domain (default: all)" }],
    load: () => import("../command/wiki-check.ts"),
  },
];
