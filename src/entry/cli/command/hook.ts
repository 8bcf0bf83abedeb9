import { z } from "zod";
import { exitCode, MosError } from "../../../contract/error.ts";
import { defineCommand } from "../command-row.ts";

/** Here for the reference and the help: main.ts starts the hook before any command is loaded. */
export const command = defineCommand({
  kind: "hook",
  input: z.strictObject({
    client: z.string(),
    role: z.string(),
    domain: z.string().optional(),
    ticket: z.string().optional(),
    worktree: z.string().optional(),
    boxed: z.boolean().default(false),
    policy: z.string().optional(),
    spool: z.string().optional(),
  }),
  async run() {
    const hint = "Write mos hook CLIENT --role R --domain D.";
    throw new MosError({ code: "usage", message: "hook is the first word of its command.", hint, exit: exitCode.usage });
  },
  render: () => "",
});
