import type { Act } from "../act.ts";
import { toPathAct } from "./to-path-act.ts";
import type { ToolInput } from "./tool-table.ts";

/** `*** Update File: a.js`, `*** Move to: b.js`; and the heads of a unified diff. */
const heads =
  /^(?:\*\*\* (?:Add|Update|Delete) File: |\*\*\* Move to: |(?:---|\+\+\+) (?:[ab]\/(?=.))?|rename (?:from|to) )(.+?)(?:\t.*)?$/gm;

/** Where clients put its text; Codex's hook (0.169.0) says `command`. */
const fields = ["input", "patch", "patchText", "patch_text", "diff", "command"];

/** A patch names the files that it changes in its own text. Of several texts each is read: nobody knows which one counts. */
export function readPatchTool({ scene, call, input }: ToolInput): Act[] {
  const texts = fields.map((field) => input[field]).filter((value) => typeof value === "string");
  if (texts.length === 0) return [{ kind: "malformed", fault: "call", what: `${call.tool} without a patch` }];
  const files = texts
    .flatMap((text) => [...text.matchAll(heads)])
    .map((found) => (found[1] as string).trim())
    .filter((file) => file !== "/dev/null");
  if (files.length === 0) return [{ kind: "malformed", fault: "call", what: "a patch that names no file" }];
  return files.flatMap((file) => toPathAct({ text: file, cwd: call.cwd, home: scene.policy.home, access: "write", deep: false }));
}
