import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** Where `./run test` puts the agent clients of test/client/package.json: programs by name, links into packages. */
export const clientFolder = join(import.meta.dirname, "../../.cache/clients/bin");

/** The real binary of a client; `undefined` where it was not installed. */
export function findClient(name: "claude" | "codex" | "opencode"): string | undefined {
  const program = join(clientFolder, name);
  return existsSync(program) ? realpathSync(program) : undefined;
}

/** For a skipped test's name. */
export function whyNoClient(name: "claude" | "codex" | "opencode"): string | undefined {
  return findClient(name) ? undefined : `no ${name} here: ./run test installs it where the npm registry can be reached`;
}
