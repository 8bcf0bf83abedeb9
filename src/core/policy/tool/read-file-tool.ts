import type { Access, Act } from "../act.ts";
import { expandTilde, joinPath } from "../path/paths.ts";
import { toPathAct } from "./to-path-act.ts";
import type { ToolInput } from "./tool-table.ts";

/** Fields that hold text, not a path, in the file tools of the clients. */
const textFields = new Set(
  [
    ...["content", "old_string", "new_string", "oldString", "newString", "edits", "new_source", "cell_type", "cell_id", "edit_mode"],
    ...["instruction", "file_text", "old_str", "new_str", "insert_text", "command", "description", "pages", "ignore", "respect_git_ignore"],
    ...["offset", "limit", "operation", "query", "encoding", "modified_content", "ai_proposed_content", "file_filtering_options"],
  ].map((name) => name.toLowerCase()),
);

/** A tool that names files in its fields. A field that nobody has described is taken for a path. */
export function readFileTool({ scene, call, input }: ToolInput, how: { access: Access; deep: boolean }): Act[] {
  const acts: Act[] = [];
  const view = how.access === "write" && input.command === "view" && !("content" in input) && !("file_text" in input);
  const access = view ? "read" : how.access;
  const take = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) take(one);
    else if (typeof value === "string")
      acts.push(...toPathAct({ text: value, cwd: call.cwd, home: scene.policy.home, access, deep: how.deep }));
    else if (typeof value === "object" && value !== null) for (const one of Object.values(value)) take(one);
  };
  for (const [key, value] of Object.entries(input)) if (!textFields.has(key.toLowerCase())) take(value);
  if (acts.length > 0)
    return how.access === "write" && setsFilter(acts, input)
      ? [...acts, { kind: "deed", deed: "change-submodule", shown: ".gitattributes" }]
      : acts;
  if (how.deep) return [{ kind: "path", path: joinPath(call.cwd, expandTilde(".", scene.policy.home)), access, deep: true, shown: "." }];
  return [{ kind: "malformed", fault: "call", what: `${call.tool} without a path` }];
}

/** T7: a filter, diff or merge driver in .gitattributes is run by whoever checks the tree out. */
function setsFilter(acts: readonly Act[], input: Record<string, unknown>): boolean {
  if (!acts.some((act) => act.kind === "path" && /(^|\/)\.gitattributes$/i.test(act.path))) return false;
  return /\b(filter|diff|merge)=/.test(JSON.stringify([input.content, input.new_string, input.edits, input.file_text, input.new_str]));
}
