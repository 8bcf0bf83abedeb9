import { expect, test } from "vitest";
import { MosError } from "../../../src/contract/error.ts";
import type { Ask, Choice } from "../../../src/entry/cli/ask.ts";
import { createTerminalInterviewer } from "../../../src/entry/cli/interview-terminal.ts";
import { makeCandidate, makeDecision } from "../../support/make-candidate.ts";
import { objectId } from "../../support/make-ticket.ts";
import { makeWikiWorld } from "../../support/make-wiki-world.ts";

const evidence = [{ repo: "home", commit: objectId(1), path: "a.md", line: 3, quote: "see \u001b[31m[b](b.md)" }];
const candidate = makeCandidate({ question: "Mend\u001b[2J the links?", evidence });

/** Plays a person who takes the choice of this label, and types this text. */
async function answer(pick: string | Error, typed = "", asked = candidate) {
  const said: string[] = [];
  const offered: Choice<unknown>[] = [];
  const ask: Ask = {
    confirm: () => Promise.reject(new Error("not asked")),
    select: async ({ question, choices }) => {
      said.push(question);
      offered.push(...choices);
      if (pick instanceof Error) throw pick;
      return (choices.find(({ label }) => label.startsWith(pick)) as (typeof choices)[number]).value;
    },
    text: async () => typed,
    key: () => Promise.reject(new Error("not asked")),
  };
  const made = await makeWikiWorld({ music: { prefix: "MUS", files: { "a.md": "a\n" } } });
  try {
    const interviewer = createTerminalInterviewer({ ask, interactive: true, say: (text) => said.push(text) });
    const question = { decision: makeDecision({ candidate: asked }), domain: made.domain("music"), number: 2, total: 7 };
    const given = await interviewer.answer(question);
    return { given, said: said.join("\n"), labels: offered.map(({ label }) => label) };
  } finally {
    await made.remove();
  }
}

test("S8: at the terminal: the recommended option first, then the others, other, skip, later; the evidence above; no control characters", async () => {
  const { said, labels } = await answer("Later");
  expect(labels).toEqual(["Mend them (recommended)", "Leave them", "Something else", "Skip", "Later"]);
  expect(said).toContain("music · 2 of 7");
  expect(said).toContain("a.md:3  see [b](b.md)");
  expect(said).toContain("Mend the links?");
  expect(said).not.toContain("\u001b");
});

test("S8: at the terminal: of a model's options what they would file; of a playbook's no more than before", async () => {
  const judged = makeCandidate({ source: "judgement", judged: { repo: "home", weight: 1 } });
  const hostile = "Mend it\u001b[2J\nLeave them: nothing";
  for (const ticket of judged.options[0]?.tickets ?? []) Object.assign(ticket.draft, { title: hostile, touches: ["a.md", "b/"] });
  expect((await answer("Later", "", judged)).said).toContain(
    '  Mend them: "Mend it Leave them: nothing" changes a.md, b/; checked by: true\n'.trimEnd(),
  );
  expect((await answer("Later", "", judged)).said).toContain("raised by a model");
  expect((await answer("Later")).said).not.toMatch(/checked by|raised by/);
});

test.for([
  ["Leave them", "", { kind: "chosen", option: "leave" }],
  ["Skip", "", { kind: "skipped" }],
  ["Later", "", { kind: "deferred" }],
  ["Something else", " Ask Ada ", { kind: "other", text: "Ask Ada" }],
  ["Something else", "  ", { kind: "deferred" }],
] as const)("S10: at the terminal: %s %j", async ([pick, typed, given]) => {
  expect((await answer(pick, typed)).given).toEqual(given);
});

test("S10: Ctrl-C at the terminal breaks off; another error is not swallowed", async () => {
  expect((await answer(new MosError({ code: "interrupted", message: "Broken off.", hint: "" }))).given).toBeUndefined();
  await expect(answer(new MosError({ code: "input-needed", message: "Nobody", hint: "" }))).rejects.toMatchObject({ code: "input-needed" });
});
