import { z } from "zod";
import { runInSandbox } from "../../../app/run-in-sandbox.ts";
import { defineCommand } from "../command-row.ts";

/** As a shell gives it for a command that was ended by a signal or never ran to its end. */
const endedExit = 124;

export const command = defineCommand({
  kind: "sandbox-run",
  input: z.strictObject({ domain: z.string().min(1), ticket: z.string().min(1), command: z.array(z.string()).min(1) }),
  async run(context, { domain, ticket, command: argv }) {
    const world = await context.openWorld();
    const result = await runInSandbox(world, { domain, ticket, command: argv.map(quoteForShell).join(" ") });
    const { exitCode, endedBy, stdout, stderr, truncated, ms } = result;
    const exit = exitCode ?? endedExit;
    if (context.json) return { data: { exitCode, endedBy, stdout, stderr, truncated, ms }, exit };
    // The command's own output, byte for byte, on the streams that it chose; the exit code is its own too.
    context.write(stdout);
    context.writeError(stderr);
    if (endedBy !== "exit") context.say(`\nmos: the command was ended: ${endedBy}`);
    return { data: undefined, printed: true, exit };
  },
  render: () => "",
});

function quoteForShell(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
