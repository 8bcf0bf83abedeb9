import type { Policy, PolicyAgent, ToolCall } from "../../contract/policy.ts";
import type { Act } from "./act.ts";
import { askedOf, pathLengthMax } from "./asked-path.ts";
import { openScene } from "./scene.ts";
import { readCallOnce } from "./tool/read-call-once.ts";

/**
 * The absolute paths that the edge resolves before `evaluate` decides: each as the call names it, `..` and links in it. Sorted
 * by first mention, each once. Never throws: a call that cannot be read names none, and is denied by `evaluate`.
 */
export function listPaths(policy: Policy, agent: PolicyAgent, call: ToolCall): string[] {
  try {
    return [...new Set(readCallOnce(openScene(policy, agent, []), call).flatMap(pathsOf))].filter((path) => path.length <= pathLengthMax);
  } catch {
    return [];
  }
}

function pathsOf(act: Act): string[] {
  if (act.kind === "path") return [askedOf(act), ...(act.unless ?? [])];
  if (act.kind === "repository") return [act.folder, ...(act.unless ?? [])];
  return [];
}
