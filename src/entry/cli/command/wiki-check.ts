import { z } from "zod";
import { checkWiki } from "../../../app/check-wiki.ts";
import { exitCode } from "../../../contract/error.ts";
import { defineCommand } from "../command-row.ts";
import { formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "wiki-problems",
  input: z.strictObject({ domain: z.string().optional() }),
  async run(context, { domain }) {
    const data = await checkWiki(await context.openView(), domain === undefined ? {} : { domain });
    return { data, exit: data.length === 0 ? exitCode.ok : exitCode.findings };
  },
  render(problems, paint) {
    if (problems.length === 0) return `${paint.green("✔")} Every page, link and citation holds.`;
    return formatTable(problems.map(({ domain, page, line, kind, problem }) => [domain, `${page}:${line}`, kind, problem]));
  },
});
