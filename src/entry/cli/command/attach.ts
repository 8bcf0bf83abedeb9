import { z } from "zod";
import { attachRun, type RunWord } from "../../../app/agents/attach-run.ts";
import { wrapData } from "../../../contract/envelope.ts";
import { type CommandResult, defineCommand } from "../command-row.ts";
import { formatRunWord } from "../show/format-run-word.ts";
import { escapeControl } from "../show/strip-control.ts";

export const command = defineCommand({
  kind: "run-words",
  input: z.strictObject({ id: z.string().min(1) }),
  async run(context, { id }): Promise<CommandResult<RunWord[]>> {
    const world = await context.openWorld();
    for await (const word of attachRun(world, { id, operator: !context.callerIsAgent })) {
      // One envelope a line, so that a reader can take them as they come.
      context.write(context.json ? `${escapeControl(JSON.stringify(wrapData("run-word", word)))}\n` : `${formatRunWord(word)}\n`);
    }
    return { data: [], printed: true };
  },
  render: () => "",
});
