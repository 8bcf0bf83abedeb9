import type { AgentClientDriver } from "../../../port/agent-client.ts";
import { findProgram } from "../find-program.ts";
import { launchOpencode } from "./launch-opencode.ts";
import { readOpencode } from "./read-opencode.ts";

/** OpenCode, headless. It has no hooks but plugins of its own kind: its permissions refuse, and the box holds. */
export const opencodeClient: AgentClientDriver = {
  name: "opencode",
  protocol: "openai-chat",
  measured: {
    version: "1.18.33",
    holds: "what its permissions deny is refused, in the tree's own settings too; it asks nobody before a tool: the box holds",
  },
  find: ({ path, folders }) =>
    findProgram({
      names: ["opencode"],
      packaged: [`node_modules/opencode-${process.platform}-${process.arch}/bin/opencode`],
      path,
      folders,
      minimum: "1.18.33",
      whyMinimum: "nothing older was measured",
      remedy: "Install it: npm install -g opencode-ai (1.18.33 or newer).",
    }),
  output: "hand-in",
  resumes: true,
  launch: launchOpencode,
  read: readOpencode,
};
