import tab from "@bomb.sh/tab/commander";
import { buildProgram } from "./build-program.ts";

/** The program as the completion engine knows it: commands, options and fixed choices. */
export function describeCompletion(version: string): ReturnType<typeof tab> {
  const program = buildProgram({ version, call: async () => {} });
  const root = tab(program, { completionCommandName: scriptCommand });
  root.commands.delete(scriptCommand);
  return root;
}

/** The engine adds a command of its own for scripts; ours is `completion`, a row like the others. */
const scriptCommand = "completion-script";
