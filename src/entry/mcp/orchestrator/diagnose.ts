import { z } from "zod";
import { diagnose } from "../../../app/diagnose.ts";
import { withholdSealed } from "../../../app/withhold-sealed.ts";
import { defineTool } from "../mcp-tool.ts";
import { Failing, showFailing } from "../show-failing.ts";

export const diagnoseTool = defineTool({
  name: "diagnose",
  title: "The doctor",
  description:
    "Nineteen checks, graded: what fails, why, and a fix that is safe to follow. Below A nothing lands in that domain but the cure.",
  input: z.object({}),
  output: z.object({
    grade: z.string(),
    passed: z.int(),
    total: z.int(),
    domains: z.record(z.string(), z.string()),
    failing: z.array(Failing),
    left: z.int().describe("more that fail: mos doctor in a terminal shows all"),
  }),
  readOnly: true,
  async run({ world, host, configFile }) {
    const diagnosis = withholdSealed(world.workspace, await diagnose(world, { host, configFile }));
    const { grade, passed, total, domains, checks } = diagnosis;
    const failing = showFailing(diagnosis);
    return { grade, passed, total, domains: { ...domains }, failing, left: checks.filter(({ ok }) => !ok).length - failing.length };
  },
});
