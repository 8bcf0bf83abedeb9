import { z } from "zod";
import { readWikiStats } from "../../../app/wiki-stats.ts";
import { defineCommand } from "../command-row.ts";
import { drawWikiDays, drawWikiStats } from "../show/wiki-chart.ts";

export const command = defineCommand({
  kind: "wiki-stats",
  input: z.strictObject({ domain: z.string().optional(), days: z.coerce.number().int().min(0).max(366).optional() }),
  async run(context, { domain, days }) {
    const where = { ...(domain === undefined ? {} : { domain }), ...(days === undefined ? {} : { days }) };
    return { data: await readWikiStats(await context.openView(), where) };
  },
  render: (stats, paint, { days }) => {
    const { columns } = process.stdout;
    return [drawWikiStats(stats, paint, columns), ...(days ? [drawWikiDays(stats, paint, columns)] : [])].join("\n\n");
  },
});
