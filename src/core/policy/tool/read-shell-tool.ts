import type { Act } from "../act.ts";
import { readShellText } from "../command/read-shell-text.ts";
import { expandTilde, joinPath } from "../path/paths.ts";
import { findSwitchedOff } from "./find-switched-off.ts";
import type { ToolInput } from "./tool-table.ts";

const folderFields = ["cwd", "workdir", "working_directory", "directory", "dir_path", "dir"];

/** A command for a shell, as text or as argv. */
export function readShellTool({ scene, call, input }: ToolInput): Act[] {
  const off = findSwitchedOff(input);
  const text = readCommand(input);
  if (text === undefined) return [...off, { kind: "malformed", fault: "call", what: `${call.tool} without a command` }];
  const folder = folderFields.map((field) => input[field]).find((value) => typeof value === "string" && value !== "") as string | undefined;
  const cwd = folder === undefined ? call.cwd : joinPath(call.cwd, expandTilde(folder, scene.policy.home));
  const moved: Act[] = folder === undefined ? [] : [{ kind: "path", path: cwd, access: "enter", deep: false, shown: folder }];
  return [...off, ...moved, ...readShellText({ scene, text, cwd })];
}

function readCommand(input: Record<string, unknown>): string | undefined {
  const action = input.action as { command?: unknown } | undefined;
  const given = input.command ?? input.cmd ?? action?.command;
  if (typeof given === "string") return given;
  if (Array.isArray(given) && given.length > 0 && given.every((word) => typeof word === "string")) return given.map(quoteWord).join(" ");
  return undefined;
}

export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
