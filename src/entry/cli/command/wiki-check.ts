import { z } from "zod";
import { checkWiki } from "../../../app/check-wiki.ts";
import { fixWiki, type MendedProblem } from "../../../app/fix-wiki.ts";
import { exitCode } from "../../../contract/error.ts";
import { defineCommand } from "../command-row.ts";
import { formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "wiki-problems",
  input: z.strictObject({ domain: z.string().optional(), fix: z.boolean().optional() }),
  async run(context, { domain, fix }) {
    const where = domain === undefined ? {} : { domain };
    const world = await context.openView();
    const data: MendedProblem[] = fix ? await fixWiki(world, where) : await checkWiki(world, where);
    return { data, exit: data.length === 0 ? exitCode.ok : exitCode.findings };
  },
  render(problems, paint) {
    if (problems.length === 0) return `${paint.green("✔")} Every page, link and citation holds.`;
    return formatTable(
      problems.map(({ domain, page, line, kind, problem, ticket }) => [
        ...[domain, `${page}:${line}`, kind, problem],
        ...(ticket === undefined ? [] : [`→ ${ticket}`]),
      ]),
    );
  },
});
