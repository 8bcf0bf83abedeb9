import { createHash } from "node:crypto";
import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { RuntimeConfig } from "../../../contract/config.ts";
import { MosError } from "../../../contract/error.ts";
import { agentSettings } from "../../../contract/policy.ts";
import type { AgentClientDriver, ClientHost, ClientLaunch, ClientRun, ClientTalk } from "../../../port/agent-client.ts";
import type { Mount } from "../../../port/box.ts";
import { findProgram } from "../find-program.ts";

type AcpConfig = Extract<RuntimeConfig, { kind: "acp" }>;

export type AcpClient = Pick<AgentClientDriver, "protocol" | "find" | "launch" | "output" | "resumes"> & {
  readonly name: string;
  readonly talk: (run: ClientRun, host: ClientHost) => Promise<ClientTalk>;
  readonly mounts: readonly Mount[];
};

/** Beside those that are known to the guards: names from which one agent or another loads code or settings. */
const moreSettings = [".goose", ".goosehints", ".qwen", ".kilocode", ".cline", ".continue", ".aider.conf.yml", ".kiro"];

/**
 * Any agent that speaks the Agent Client Protocol, by what mos.yaml says of it. Nothing of it was measured: its tree holds no
 * settings of agents, its way out is its relay, and its box holds whatever it does.
 */
export function createAcpClient(name: string, config: AcpConfig): AcpClient {
  const [program = "", ...rest] = config.command;
  return {
    name,
    protocol: config.protocol,
    find: async ({ path, folders }) => {
      const found = await findProgram({
        names: [basename(program)],
        packaged: [],
        // Named with its path it is that one, and none that is found elsewhere.
        path: program.startsWith("/") ? "" : path,
        folders: program.startsWith("/") ? [dirname(program)] : folders,
        remedy: `Install ${program}, or name its path in mos.yaml (runtimes.${name}.command).`,
      });
      if (found.kind !== "refused") return found;
      return { kind: "found", program: found.program, version: nameFiles([found.program, ...rest]) };
    },
    output: "hand-in",
    resumes: false,
    launch: (run) => launchAcp(name, config, rest, run),
    // Loaded with the first conversation: no other command pays for the protocol's library.
    talk: async (run, host) => (await import("./talk-acp.ts")).talkAcp(run, host),
    mounts: showArguments(rest),
  };
}

/** For an agent that does not say its version: another one when its files are others. */
function nameFiles(paths: readonly string[]): string {
  const seen = paths.map((path) => {
    const found = path.startsWith("/") ? statSync(path, { throwIfNoEntry: false }) : undefined;
    return [path, found?.size, found?.mtimeMs];
  });
  return `unnamed-${createHash("sha256").update(JSON.stringify(seen)).digest("hex").slice(0, 12)}`;
}

/** Files that the command names by absolute paths, a script for an interpreter: shown where they are, with their packages. */
function showArguments(rest: readonly string[]): Mount[] {
  const named = rest.filter((word) => word.startsWith("/") && !word.startsWith("/usr/") && existsSync(word));
  return named.map((word) => {
    const packages = word.lastIndexOf("/node_modules/");
    const shown = packages === -1 ? word : word.slice(0, packages + "/node_modules".length);
    return { from: realpathSync(shown), to: shown };
  });
}

function launchAcp(name: string, config: AcpConfig, rest: readonly string[], run: ClientRun): ClientLaunch {
  const fill = (text: string) =>
    text.replace(
      /\{(relay|token|model)\}/g,
      (_all, word: "relay" | "token" | "model") => ({ relay: run.relay, token: run.token, model: run.model ?? "default" })[word],
    );
  const files = Object.entries(config.files).map(([path, content]) => {
    if (path.startsWith("/") || path.split("/").includes("..") || path === "")
      throw new MosError({
        code: "config-invalid",
        message: `runtimes.${name}.files names ${JSON.stringify(path)}, which is no path below a home`,
        hint: "Name it as it stands below the home folder: .config/agent.json.",
      });
    return [`~/${path.replace(/^~\//, "")}`, fill(content)] as const;
  });
  return {
    argv: [name, ...rest.map(fill)],
    env: Object.fromEntries(Object.entries(config.env).map(([key, value]) => [key, fill(value)])),
    files: Object.fromEntries(files),
    emptied: [...agentSettings.folders, ...agentSettings.files, ...moreSettings],
  };
}
