import { z } from "zod";
import { readWikiStats } from "../../../app/wiki-stats.ts";
import { defineCommand } from "../command-row.ts";
import { formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "wiki-stats",
  input: z.strictObject({ domain: z.string().optional() }),
  async run(context, { domain }) {
    return { data: await readWikiStats(await context.openView(), domain === undefined ? {} : { domain }) };
  },
  render(stats, paint) {
    const rows = stats.map((one) => [
      { painted: paint.bold(one.domain) },
      `${one.pages} pages`,
      `${one.claims} claims`,
      `${one.cited} cited`,
      `${one.stale} stale`,
      `${one.moved} moved`,
      `${one.missing} missing`,
    ]);
    return formatTable(rows);
  },
});
