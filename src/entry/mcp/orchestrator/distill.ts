import { z } from "zod";
import { distill } from "../../../app/distill.ts";
import { requireOpen } from "../../../app/narrow-world.ts";
import { listOpenDomains } from "../../../core/workspace/list-open-domains.ts";
import { defineTool } from "../mcp-tool.ts";
import { clip } from "../write-answer.ts";

const claimsMax = 20;

export const distillTool = defineTool({
  name: "distill",
  title: "Distil what was learned",
  description:
    "Makes claims of what was done and learned since the last time: high confidence goes to the librarian's tickets (run_session lands " +
    "them), the rest waits for the operator's word in a terminal: mos review list.",
  input: z.object({ domain: z.string().max(64).optional() }),
  output: z.object({
    artifacts: z.int(),
    claims: z.array(z.object({ domain: z.string(), claim: z.string(), confidence: z.string(), kind: z.string() })),
    left: z.int(),
    librarian: z.int(),
    review: z.int(),
    tickets: z.array(z.string()),
    next: z.string(),
  }),
  readOnly: false,
  async run({ world }, { domain }) {
    if (domain !== undefined) requireOpen(world, domain);
    const names = domain === undefined ? listOpenDomains(world.workspace).map(({ name }) => name) : [domain];
    const results = [];
    for (const name of names) {
      const home = listOpenDomains(world.workspace).find((one) => one.name === name)?.home.path ?? "";
      if (await world.git.isRepository(home)) results.push(await distill(world, { domain: name }));
    }
    const all = results.flatMap(({ candidates }) => candidates);
    const tickets = results.flatMap((result) => result.tickets);
    return {
      artifacts: results.reduce((sum, { artifacts }) => sum + artifacts, 0),
      claims: all.slice(0, claimsMax).map((one) => ({
        domain: one.domain,
        claim: clip(one.claim, 200),
        confidence: one.confidence,
        kind: one.kind,
      })),
      left: Math.max(0, all.length - claimsMax),
      librarian: all.filter(({ route }) => route === "librarian").length,
      review: all.filter(({ route }) => route === "review").length,
      tickets: tickets.slice(0, 50),
      next: tickets.length > 0 ? "run_session lands what the librarian wrote" : "nothing to land",
    };
  },
});
