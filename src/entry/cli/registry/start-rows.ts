import type { CommandRow } from "../command-row.ts";

const group = "Start here:";

export const startRows: readonly CommandRow[] = [
  {
    path: "init",
    group,
    summary: "make a workspace",
    gives: "{ root, files: [], made }",
    args: [{ name: "dir", summary: "the folder, new or empty" }],
    options: [
      { name: "yes", summary: "do not ask" },
      { name: "dry-run", summary: "show the files and write none" },
    ],
    examples: ["mos init ~/my-os", "mos init ~/my-os --yes --json"],
    load: () => import("../command/init.ts"),
  },
  {
    path: "domain add",
    group,
    summary: "add a domain: an existing repository, or a new one",
    gives: "{ added, name, prefix, sealed, home, branch, baseline, setup?, checks: [{ name, run, kind }], repos: [] }",
    args: [{ name: "name", summary: "lower-case letters, digits and dashes" }],
    options: [
      { name: "path", value: "REPO", summary: "the repository; with --new, where to make it" },
      { name: "new", summary: "make a new repository" },
      { name: "prefix", value: "MUS", summary: "of its ticket ids (default: made from the name)" },
      { name: "branch", value: "NAME", summary: "the branch that landings move (default: main, or master where that alone is there)" },
      { name: "sealed", summary: "closed to cross-domain roles; opens to you alone" },
      { name: "knowledge-only", summary: "run the wiki checks alone, even if there is code" },
      { name: "yes", summary: "do not ask" },
      { name: "dry-run", summary: "show the plan and write nothing" },
    ],
    examples: ["mos domain add music --path ~/label", "mos domain add trading --new --sealed --prefix TRD"],
    load: () => import("../command/domain-add.ts"),
  },
  {
    path: "domain attach",
    group,
    summary: "attach more code to a domain; the repository is not changed",
    gives: "{ attached, name, …, repos: [{ name, path, branch, baseline, setup?, checks: [{ name, run, kind }] }] }",
    args: [{ name: "name", summary: "the domain" }],
    options: [
      { name: "path", value: "REPO", summary: "the repository" },
      { name: "as", value: "NAME", summary: "what the domain calls it (default: made from its folder's name)" },
      { name: "branch", value: "NAME", summary: "the branch that landings move (default: main, or master where that alone is there)" },
      { name: "knowledge-only", summary: "run the wiki checks alone, even if there is code" },
      { name: "yes", summary: "do not ask" },
      { name: "dry-run", summary: "show the plan and write nothing" },
    ],
    examples: ["mos domain attach music --path ~/code/player --as player"],
    load: () => import("../command/domain-attach.ts"),
  },
  {
    path: "domain list",
    group,
    summary: "the domains, their repositories and checks",
    gives: "[{ name, prefix, sealed, home, repos, baseline, setup?, checks: [{ name, run, kind }] }], paths absolute",
    load: () => import("../command/domain-list.ts"),
  },
  {
    path: "demo",
    group,
    summary: "make a demo workspace of seven domains and play one whole session in it",
    gives:
      "{ root, program, session, wallMs, modelCalls, doctor, tickets, merged, open: [{ id, title, state }], blocked: [{ id, title, causes }], domains: [{ name, sealed, landed, landings }] }",
    options: [{ name: "dir", value: "D", summary: "a new or empty folder (default: a temporary one)" }],
    examples: ["mos demo", "mos demo --dir ~/mos-demo"],
    load: () => import("../command/demo.ts"),
  },
  {
    path: "demo clean",
    group,
    summary: "remove demo workspaces, and nothing that is not one",
    gives: "{ removed: [] }",
    options: [{ name: "dir", value: "D", summary: "the demo made there (default: all in the temporary folder)" }],
    examples: ["mos demo clean", "mos demo clean --dir ~/mos-demo"],
    load: () => import("../command/demo-clean.ts"),
  },
  {
    path: "start",
    group,
    summary: "play one whole session: brief, ask, work, land",
    gives:
      "{ session, scouted: [], skipped: [], failed: [], decisions: [], tickets: [{ id, state, causes }], modelCalls, doctor: { grade, passed, total } }",
    options: [
      { name: "yes", summary: "take what playbooks recommend, defer what asks for judgement" },
      { name: "answers", value: "FILE", summary: "answers in YAML" },
      { name: "answers-template", value: "FILE", summary: "write the open questions there, and stop" },
      { name: "max-parallel", value: "N", summary: "tickets at once (default: as mos.yaml says)" },
      { name: "again", summary: "brief every domain, fresh or not" },
      { name: "distill", summary: "distil what was learned before the close, and land it in the wikis" },
    ],
    examples: ["mos start", "mos start --yes --json", "mos start --answers-template answers.yaml"],
    load: () => import("../command/start.ts"),
  },
];
