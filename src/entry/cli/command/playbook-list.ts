import { z } from "zod";
import { defineCommand } from "../command-row.ts";
import { formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "playbooks",
  input: z.strictObject({}),
  async run(context) {
    const { playbooks } = await context.openWorld();
    return { data: playbooks.map(({ id, title, description, where }) => ({ id, title, description, where })) };
  },
  render: (playbooks, paint) => formatTable(playbooks.map(({ id, title, where }) => [{ painted: paint.bold(id) }, where, title])),
});
