import { expect, test } from "vitest";
import { Finding } from "../../../src/contract/brief.ts";
import { Playbook } from "../../../src/contract/playbook.ts";
import { decideFromFindings } from "../../../src/core/playbook/decide-from-findings.ts";

const commit = "a".repeat(40);

const finding = (subject: string, values: Record<string, string | string[]>, repo = "home") =>
  Finding.parse({
    playbook: "mine",
    subject,
    text: `found ${subject}`,
    repo,
    evidence: [{ repo, commit, path: "a.md", line: 1, quote: "x" }],
    values: { ...values, commit, today: "2026-11-23" },
  });

const ticket = (value: string, extra: Record<string, unknown> = {}) => ({
  title: `Mend {{${value}}}`,
  touches: [`{{${value}}}`],
  run: [`fix -- {{${value}}}`],
  accept: [{ text: "mended", run: `check -- {{${value}}}` }],
  ...extra,
});

const playbook = (per: "all" | "finding", options: unknown[]) =>
  Playbook.parse({
    id: "mine",
    title: "Mine",
    detect: "look",
    decide: { per, question: "Mend {{count}}?", why: "It matters.", score: 20, options },
  });

const home = { domain: "music", name: "home" };

test("PB14: one question for all findings, each ticket with the distinct values of those that fill it", () => {
  const book = playbook("all", [
    { id: "mend", label: "Mend", tickets: [ticket("path"), ticket("page", { key: "wiki", role: "librarian", after: ["1"] })] },
    { id: "leave", label: "Leave" },
  ]);
  const findings = [
    finding("1", { path: "a.md" }),
    finding("2", { path: "b c.md" }),
    finding("3", { path: "a.md" }),
    finding("4", { page: "wiki/x.md" }),
    finding("5", {}),
  ];
  const [candidate, ...more] = decideFromFindings(book, findings, home);
  expect(more).toEqual([]);
  expect(candidate).toMatchObject({ key: "mine", question: "Mend 4?", source: "playbook", playbook: "mine" });
  expect(candidate?.options.map(({ id }) => id)).toEqual(["mend", "leave"]);
  const [first, wiki] = candidate?.options[0]?.tickets ?? [];
  expect(first?.draft).toMatchObject({
    title: "Mend a.md, b c.md",
    touches: ["a.md", "b c.md"],
    run: ["fix -- a.md 'b c.md'"],
    runtime: "playbook",
    role: "executor",
    domain: "music",
  });
  expect(first?.draft.accept).toEqual([{ text: "mended", run: "check -- a.md 'b c.md'" }]);
  expect(first?.draft.body).toContain("- found 2");
  expect(first?.draft.body).not.toContain("found 4");
  expect(wiki).toMatchObject({ key: "wiki", after: ["1"], draft: { role: "librarian", touches: ["wiki/x.md"] } });
});

test("PB15: a ticket that nothing fills is not planned, and its siblings do not wait for it", () => {
  const book = playbook("all", [{ id: "mend", label: "Mend", tickets: [ticket("path"), ticket("page", { key: "wiki", after: ["1"] })] }]);
  const [candidate] = decideFromFindings(book, [finding("1", { page: "wiki/x.md" })], home);
  expect(candidate?.options[0]?.tickets).toHaveLength(1);
  expect(candidate?.options[0]?.tickets[0]).toMatchObject({ key: "wiki", after: [] });
});

test("PB15: an option whose tickets all fell away is not offered; where no work is left, nothing is asked", () => {
  const book = playbook("finding", [
    { id: "close", label: "Close", tickets: [ticket("stale")] },
    { id: "renew", label: "Renew", tickets: [ticket("path")] },
    { id: "leave", label: "Leave" },
  ]);
  const [late] = decideFromFindings(book, [finding("late", { path: "a.md" })], home);
  expect(late?.options.map(({ id }) => id)).toEqual(["renew", "leave"]);
  expect(decideFromFindings(book, [finding("lost", {})], home)).toEqual([]);
});

test("PB14: one question for each finding, with a key that is stable and names the attached repository", () => {
  const book = playbook("finding", [{ id: "mend", label: "Mend {{path}}", tickets: [ticket("path")] }]);
  const findings = [finding("one", { path: "a.md" }, "app"), finding("two", { path: "b.md" }, "app"), finding("other", { path: "c.md" })];
  const candidates = decideFromFindings(book, findings, { domain: "music", name: "app" });
  expect(candidates.map(({ key }) => key)).toEqual(["app/mine:one", "app/mine:two"]);
  expect(candidates[0]?.options[0]).toMatchObject({ label: "Mend a.md", tickets: [{ draft: { repo: "app" } }] });
});

test("PB16: a question speaks of a bounded number of findings", () => {
  const book = playbook("all", [{ id: "mend", label: "Mend", tickets: [ticket("path")] }]);
  const findings = Array.from({ length: 900 }, (_, index) => finding(`${index}`, { path: `docs/${index}.md` }));
  const [candidate] = decideFromFindings(book, findings, home);
  expect(candidate?.options[0]?.tickets[0]?.draft.touches.length).toBeLessThanOrEqual(200);
  expect(candidate?.evidence.length).toBeLessThanOrEqual(20);
  const each = playbook("finding", [{ id: "mend", label: "Mend", tickets: [ticket("path")] }]);
  expect(decideFromFindings(each, findings, home).length).toBeLessThanOrEqual(20);
});
