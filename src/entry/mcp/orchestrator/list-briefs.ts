import { z } from "zod";
import { keepAnswer, tellBrief } from "../../../app/keep-answer.ts";
import { narrowWorld, requireOpen } from "../../../app/narrow-world.ts";
import { showBriefs } from "../../../app/show-briefs.ts";
import { defineTool } from "../mcp-tool.ts";
import { Brief, summariseBrief } from "../summarise-brief.ts";
import { fitPage } from "../write-answer.ts";

export const listBriefsTool = defineTool({
  name: "list_briefs",
  title: "The latest briefs",
  description:
    "The latest brief of each domain: what changed, active threads, risks, with file and line, and whether it still stands. " +
    "start_session takes new ones where something is new. Give `offset` from `next` for the rest.",
  input: z.object({
    domain: z.string().max(64).optional().describe("of one domain, in full"),
    offset: z.int().min(0).default(0),
  }),
  output: z.object({ briefs: z.array(Brief), next: z.int().optional() }),
  readOnly: true,
  async run({ world }, { domain, offset }) {
    if (domain !== undefined) requireOpen(world, domain);
    const briefs = await showBriefs(narrowWorld(world), domain === undefined ? {} : { domain });
    const { items, next } = fitPage(
      briefs.map((brief) => summariseBrief(brief, domain === undefined ? 8 : 40)),
      offset,
    );
    for (const brief of briefs.slice(offset, offset + items.length))
      await keepAnswer(world, { domain: brief.domain, told: tellBrief(brief) });
    return { briefs: items, ...(next === undefined ? {} : { next }) };
  },
});
