import { lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ClientLaunch } from "../../port/agent-client.ts";
import type { Mount } from "../../port/box.ts";
import { treeInBox } from "../../port/slot.ts";

/** Where a client's box shows the run's settings, and its home. */
export const runDirInBox = "/opt/mos/run";
export const homeInBox = "/tmp/home";
const clientDirInBox = "/opt/client";

/** The run's files on the host, in a folder that no other user enters, and how they are shown: all read-only. */
export function writeFiles(runDir: string, launch: ClientLaunch): Mount[] {
  const config = join(runDir, "config");
  mkdirSync(config, { mode: 0o755 });
  const mounts: Mount[] = [{ from: config, to: runDirInBox }];
  for (const [name, content] of Object.entries(launch.files)) {
    const isInHome = name.startsWith("~/");
    const from = isInHome ? join(runDir, "home", name.slice(2)) : join(config, name);
    mkdirSync(dirname(from), { recursive: true, mode: 0o755 });
    writeFileSync(from, content, { mode: 0o644 });
    if (isInHome) mounts.push({ from, to: inHome(name) });
  }
  return mounts;
}

/** Over what is there alone: a place for a mount would be made in the tree. */
export function emptyNames(runDir: string, tree: string, names: readonly string[]): Mount[] {
  const folder = join(runDir, "empty");
  const file = join(runDir, "empty-file");
  mkdirSync(folder, { mode: 0o755 });
  writeFileSync(file, "", { mode: 0o644 });
  return names.flatMap((name) => {
    const found = lstatSync(join(tree, name), { throwIfNoEntry: false });
    return found === undefined ? [] : [{ from: found.isFile() ? file : folder, to: join(treeInBox, name) }];
  });
}

/** A program below /usr is there already; one in a package is shown with the packages that it may load. */
export function showProgram(program: string): { path: string; mounts: Mount[] } {
  if (program.startsWith("/usr/")) return { path: program, mounts: [] };
  const packages = program.lastIndexOf("/node_modules/");
  const root = packages === -1 ? program : program.slice(0, packages + "/node_modules".length);
  const to = packages === -1 ? join(clientDirInBox, "client") : join(clientDirInBox, "node_modules");
  return { path: `${to}${program.slice(root.length)}`, mounts: [{ from: root, to }] };
}

/** Of a name that begins with `~/`. */
export function inHome(name: string): string {
  return join(homeInBox, name.slice("~/".length));
}
