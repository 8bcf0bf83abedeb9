import type { AgentClientDriver } from "../../../port/agent-client.ts";
import { findProgram } from "../find-program.ts";
import { launchClaude } from "./launch-claude.ts";
import { readClaude } from "./read-claude.ts";

const remedy = "Install it: npm install -g @anthropic-ai/claude-code (2.1.295 or newer; on Node 20: @anthropic-ai/claude-code-linux-x64).";

/** Claude Code, headless. Measured with 2.1.330: docs/spec/client.md says what holds by itself and what by the box. */
export const claudeClient: AgentClientDriver = {
  name: "claude",
  protocol: "anthropic-messages",
  measured: {
    version: "2.1.330",
    holds:
      "a hook that fails blocks the tool; only the tools of the role are offered; files outside the tree are refused by the client too",
  },
  find: ({ path, folders }) =>
    findProgram({
      names: ["claude"],
      packaged: [`node_modules/@anthropic-ai/claude-code-${process.platform}-${process.arch}/claude`, "node_modules/.bin/claude"],
      path,
      folders,
      minimum: "2.1.295",
      whyMinimum: "it lets a tool run when a hook crashes",
      remedy,
    }),
  output: "native",
  resumes: true,
  launch: launchClaude,
  read: readClaude,
};
