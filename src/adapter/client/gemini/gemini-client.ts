import type { AgentClientDriver } from "../../../port/agent-client.ts";
import { findProgram } from "../find-program.ts";
import { launchGemini } from "./launch-gemini.ts";
import { readGemini } from "./read-gemini.ts";

/** Gemini CLI, headless, by its documentation: never run here, so nothing is claimed of it but what the box holds. */
export const geminiClient: AgentClientDriver = {
  name: "gemini",
  protocol: "google-generate",
  measured: {
    version: "none",
    holds: "nothing was measured: by its documentation a BeforeTool hook that exits with 2 blocks; the box holds",
  },
  find: ({ path, folders }) =>
    findProgram({
      names: ["gemini"],
      packaged: ["node_modules/.bin/gemini"],
      path,
      folders,
      minimum: "0.61.0",
      whyMinimum: "its hooks are described from there on",
      remedy: "Install it: npm install -g @google/gemini-cli (0.61.0 or newer).",
    }),
  output: "hand-in",
  resumes: false,
  launch: launchGemini,
  read: readGemini,
};
