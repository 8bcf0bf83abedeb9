import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { countStates } from "../adapter/store-libsql/count-states.ts";

/** Apart from compose.ts: a status line is drawn many times a minute, and loads nothing but the engine. */
export function writeStatusLine(start: string): string {
  const root = findRoot(start);
  const counts = root === undefined ? undefined : countStates(join(root, ".mos", "store.db"));
  if (counts === undefined) return "";
  const { tickets, questions, grade } = counts;
  const running = (tickets.in_progress ?? 0) + (tickets.verifying ?? 0);
  const parts = [
    questions > 0 ? `${questions} to decide` : "",
    running > 0 ? `${running} running` : "",
    tickets.ready ? `${tickets.ready} ready` : "",
    tickets.blocked ? `${tickets.blocked} blocked` : "",
    tickets.merged ? `${tickets.merged} merged` : "",
    grade === undefined ? "" : `doctor ${grade}`,
  ];
  return ["mos", ...parts.filter((part) => part !== "")].join(" · ");
}

function findRoot(start: string): string | undefined {
  for (let dir = resolve(start); ; dir = dirname(dir)) {
    if (existsSync(join(dir, "mos.yaml"))) return dir;
    if (dir === dirname(dir)) return undefined;
  }
}
