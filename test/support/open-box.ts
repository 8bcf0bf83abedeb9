import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { createBubblewrapBox } from "../../src/adapter/box/create-box.ts";
import type { Box } from "../../src/port/box.ts";

/** The bundled chore program; `npm run build` makes it. Until then a file without it stands in. */
export function chorePath(): string {
  const here = resolve(import.meta.dirname, "../..");
  const root = existsSync(join(here, "package.json")) ? here : process.cwd();
  const built = join(root, "dist/chore.mjs");
  return existsSync(built) ? built : join(root, "package.json");
}

/** A real box with its support files under `dir`. */
export function openBox(dir: string, chore: string = chorePath()): Box {
  const supportDir = join(dir, "box");
  mkdirSync(supportDir, { recursive: true });
  return createBubblewrapBox({ supportDir, chore, uid: process.getuid?.() ?? -1, node: process.execPath });
}

const probe = await openBox("/tmp/mos-test-probe").probe();

/** Whether a sandbox is to be had here; tests that need one are skipped by this name. */
export const boxAvailable = probe.ok;
