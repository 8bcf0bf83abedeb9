import { z } from "zod";
import { defineCommand } from "../command-row.ts";
import { describeCompletion } from "../describe-completion.ts";

export const command = defineCommand({
  kind: "completion",
  input: z.strictObject({ shell: z.enum(["bash", "zsh", "fish", "powershell"]) }),
  async run(_context, { shell }) {
    describeCompletion("").setup("mos", "mos", shell);
    return { data: undefined, printed: true };
  },
  render: () => "",
});
