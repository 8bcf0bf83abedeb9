import type { AgentClientDriver } from "../../../port/agent-client.ts";
import { findProgram } from "../find-program.ts";
import { launchCodex } from "./launch-codex.ts";
import { readCodex } from "./read-codex.ts";

const target = `${process.arch === "arm64" ? "aarch64" : "x86_64"}-unknown-linux-musl`;
const platform = `${process.platform}-${process.arch}`;

/** Codex, headless. Its hooks explain and no more: every failure of one lets the tool run, so the box is what holds. */
export const codexClient: AgentClientDriver = {
  name: "codex",
  protocol: "openai-responses",
  measured: {
    version: "0.169.0",
    holds: "without its shell it offers no tool that runs, reads or writes; a hook of it that fails lets the tool run: the box holds",
  },
  find: ({ path, folders }) =>
    findProgram({
      names: ["codex"],
      packaged: [
        `node_modules/@openai/codex-${platform}/vendor/${target}/bin/codex`,
        `node_modules/@openai/codex/vendor/${target}/bin/codex`,
      ],
      path,
      folders,
      minimum: "0.169.0",
      whyMinimum: "nothing older was measured",
      remedy: "Install it: npm install -g @openai/codex (0.169.0 or newer).",
    }),
  output: "native",
  resumes: true,
  launch: launchCodex,
  read: readCodex,
};
