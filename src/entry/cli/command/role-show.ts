import { z } from "zod";
import { showRole } from "../../../app/role/show-role.ts";
import { ModelRole } from "../../../contract/agent.ts";
import { defineCommand } from "../command-row.ts";
import { stripControl } from "../show/strip-control.ts";
import { formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "role",
  input: z.strictObject({ role: ModelRole, domain: z.string().optional() }),
  async run(context, { role, domain }) {
    const { findPackaged } = await import("../../compose.ts");
    const promptDir = findPackaged("role");
    return { data: await showRole(await context.openView(), { role, ...(domain === undefined ? {} : { domain }), promptDir }) };
  },
  render(role, paint) {
    const where = role.domain === undefined ? "" : ` in ${role.domain}`;
    const played = role.choice
      ? [role.choice.runtime, role.choice.model].filter(Boolean).join(", model ")
      : "nobody: no model speaks in it";
    const ready = role.ready?.ok === false ? [["cannot start", `${role.ready.reason} (until ${role.ready.clears})`]] : [];
    const facts = [
      ["played by", played],
      ...ready,
      ["may use", role.tools.join(", ")],
      ["writes the tree", role.writes ? "yes" : "no"],
      ["told by", role.source],
      ["put yours at", role.places.join(" or ")],
    ].map(([name, value]) => [{ painted: paint.dim(name as string) }, value as string]);
    return `${paint.bold(`${role.role}${where}`)}\n${formatTable(facts)}\n\n${stripControl(role.system).trimEnd()}`;
  },
});
