import type { Act } from "../act.ts";
import { hasGlob } from "../path/glob.ts";
import { expandTilde, joinPath } from "../path/paths.ts";
import { toGlobActs, toPathAct } from "./to-path-act.ts";
import type { ToolInput } from "./tool-table.ts";

const folderFields = /^(path|paths|dir|dir_path|directory|folder|root|cwd|search_path|searchpath)$/i;
const filterFields = /^(glob|globs|include|include_pattern|includes|exclude|file_pattern)$/i;
const plainFields =
  /^(pattern|query|regex|type|output_mode|description|head_limit|sort|sort_by|case_sensitive|-[a-z]|multiline|offset|respect_git_ignore)$/i;

/** A search by content: the pattern is text, the folder is read with all that is below. */
export function readGrepTool(args: ToolInput): Act[] {
  const { scene, call, input } = args;
  if (typeof (input.pattern ?? input.query ?? input.regex) !== "string")
    return [{ kind: "malformed", fault: "call", what: `${call.tool} without a pattern` }];
  const folders = readFolders(args);
  return [
    ...folders,
    ...folders.flatMap((folder) => readFilters(args, folder.kind === "path" ? folder.path : call.cwd)),
    ...readOthers({ scene, call, input }),
  ];
}

/** A search by name: the pattern itself may begin elsewhere. */
export function readGlobTool(args: ToolInput): Act[] {
  const { scene, call, input } = args;
  const pattern = input.pattern ?? input.glob;
  if (typeof pattern !== "string") return [{ kind: "malformed", fault: "call", what: `${call.tool} without a pattern` }];
  const folders = readFolders(args);
  const matched = folders.flatMap((folder) =>
    toGlobActs({ pattern, cwd: folder.kind === "path" ? folder.path : call.cwd, home: scene.policy.home, access: "read" }),
  );
  return [...folders, ...matched, ...readOthers({ scene, call, input })];
}

function readFolders({ scene, call, input }: ToolInput): Act[] {
  const named = Object.entries(input).filter(([key]) => folderFields.test(key));
  const folders = named
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
    .filter((value) => typeof value === "string" && value.trim() !== "");
  if (folders.length === 0) return [{ kind: "path", path: call.cwd, access: "read", deep: true, shown: "." }];
  return folders.flatMap((folder) =>
    hasGlob(folder)
      ? toGlobActs({ pattern: folder, cwd: call.cwd, home: scene.policy.home, access: "read" })
      : toPathAct({ text: folder, cwd: call.cwd, home: scene.policy.home, access: "read", deep: true }),
  );
}

/** A filter chooses among what the search finds; one that climbs or begins at the root is a way out. */
function readFilters({ scene, input }: ToolInput, folder: string): Act[] {
  return Object.entries(input)
    .filter(([key]) => filterFields.test(key))
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
    .filter((value): value is string => typeof value === "string")
    .flatMap((value) => value.split(/[\s,](?![^{]*\})/))
    .map((value) => value.replace(/^!/, ""))
    .filter((value) => value.startsWith("/") || value.startsWith("~") || value.split("/").includes(".."))
    .flatMap((pattern) =>
      toGlobActs({ pattern: expandTilde(pattern, scene.policy.home), cwd: folder, home: scene.policy.home, access: "read" }),
    );
}

/** A field that nobody has described is taken for a path. */
function readOthers({ scene, call, input }: ToolInput): Act[] {
  return Object.entries(input)
    .filter(([key, value]) => typeof value === "string" && !folderFields.test(key) && !filterFields.test(key) && !plainFields.test(key))
    .map(
      ([, value]): Act => ({
        kind: "path",
        path: joinPath(call.cwd, expandTilde(value as string, scene.policy.home)),
        access: "read",
        deep: true,
        shown: value as string,
      }),
    );
}
