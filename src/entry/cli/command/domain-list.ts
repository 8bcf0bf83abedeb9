import { z } from "zod";
import { listDomains } from "../../../app/list-domains.ts";
import { defineCommand } from "../command-row.ts";
import { formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "domains",
  input: z.strictObject({}),
  async run(context) {
    return { data: listDomains((await context.openView()).workspace) };
  },
  render(domains, paint) {
    if (domains.length === 0) return "No domain yet. Add one: mos domain add NAME --path REPO";
    const rows = domains.map(({ name, prefix, sealed, home, checks }) => {
      const shown = checks.map((check) => check.name).join(", ");
      return [{ painted: paint.bold(name) }, prefix, sealed ? "sealed" : "", shown === "" ? "wiki" : shown, home];
    });
    return formatTable(rows);
  },
});
