import type { Act } from "../act.ts";
import { toPathAct } from "./to-path-act.ts";
import type { ToolInput } from "./tool-table.ts";

/** `*** Update File: a.js`, `*** Move to: b.js`; and the heads of a unified diff. */
const heads =
  /^(?:\*\*\* (?:Add|Update|Delete) File: |\*\*\* Move to: |(?:---|\+\+\+) (?:[ab]\/(?=.))?|rename (?:from|to) )(.+?)(?:\t.*)?$/gm;

/** A patch names the files that it changes in its own text. */
export function readPatchTool({ scene, call, input }: ToolInput): Act[] {
  const text = [input.input, input.patch, input.patchText, input.patch_text, input.diff].find((value) => typeof value === "string") as
    | string
    | undefined;
  if (text === undefined) return [{ kind: "malformed", fault: "call", what: `${call.tool} without a patch` }];
  const files = [...text.matchAll(heads)].map((found) => (found[1] as string).trim()).filter((file) => file !== "/dev/null");
  if (files.length === 0) return [{ kind: "malformed", fault: "call", what: "a patch that names no file" }];
  return files.flatMap((file) => toPathAct({ text: file, cwd: call.cwd, home: scene.policy.home, access: "write", deep: false }));
}
