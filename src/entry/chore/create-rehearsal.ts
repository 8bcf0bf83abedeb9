import { spawn, spawnSync } from "node:child_process";
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Rehearsal, Rehearsed } from "../../core/chore/chore.ts";
import { normalise } from "../../core/chore/dependency-ranges/find-requirement-ranges.ts";
import { decodeText, listFiles } from "./read-tree.ts";
import { runGit } from "./run-git.ts";

const filesMax = 20_000;
const bytesMax = 512 * 1024 * 1024;
const outputBytesMax = 64 * 1024;
/** What `setup` leaves beside the tracked files; commands need it and do not write to it. */
const dependencyFolders = ["node_modules", ".venv", "venv"];

/**
 * Runs commands on a copy of the tree in the temporary folder: the tree itself may be read-only, and what a command
 * leaves behind is nobody's. All commands together have `secondsMax`.
 */
export function createRehearsal(args: { root: string; env: Readonly<Record<string, string | undefined>>; secondsMax: number }): Rehearsal {
  const { root, env } = args;
  let secondsLeft = args.secondsMax;
  const folders = [join(root, "node_modules/.bin"), ...(env.PATH ?? "/usr/bin:/bin").split(":")];
  let python: ReadonlyMap<string, string> | undefined;
  return {
    pythonVersions() {
      python ??= readPythonVersions(root, env.PATH);
      return python;
    },
    hasProgram: (name) => folders.some((folder) => isExecutable(join(folder, name))),
    async run(command, { seconds }) {
      const files = listFiles(root);
      if (secondsLeft <= 0 || files.length > filesMax) return undefined;
      const scratch = mkdtempSync(join(tmpdir(), "mos-rehearsal-"));
      try {
        if (!copyTree({ root, scratch, files })) return undefined;
        const started = performance.now();
        const ended = await runCommand({ command, cwd: scratch, env, wallMs: Math.min(seconds, secondsLeft) * 1000 });
        secondsLeft -= (performance.now() - started) / 1000;
        return {
          ...ended,
          output: ended.output.replaceAll(`${scratch}/`, "").replaceAll(scratch, "."),
          changed: readChanged({ root, scratch, files }),
        };
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    },
  };
}

const listPython =
  "import importlib.metadata as m, json; print(json.dumps({d.metadata['Name']: d.version for d in m.distributions() if d.metadata['Name']}))";

/** Isolated: nothing of the tree is imported. */
function readPythonVersions(root: string, path: string | undefined): ReadonlyMap<string, string> {
  const own = [".venv/bin/python3", "venv/bin/python3"].map((file) => join(root, file)).find(isExecutable);
  const result = spawnSync(own ?? "python3", ["-I", "-c", listPython], {
    encoding: "utf8",
    timeout: 15_000,
    env: { PATH: path ?? "/usr/bin:/bin" },
  });
  if (result.status !== 0) return new Map();
  const versions: unknown = JSON.parse(result.stdout);
  return new Map(
    Object.entries(versions as Record<string, unknown>).flatMap(([name, version]) =>
      typeof version === "string" ? [[normalise(name), version]] : [],
    ),
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function copyTree({ root, scratch, files }: { root: string; scratch: string; files: readonly string[] }): boolean {
  let bytes = 0;
  const folders = new Set([""]);
  for (const path of files) {
    const stat = lstatSync(join(root, path));
    bytes += stat.size;
    if (bytes > bytesMax) return false;
    const folder = dirname(path);
    if (!folders.has(folder)) mkdirSync(join(scratch, folder), { recursive: true });
    for (let at = folder; at !== "." && !folders.has(at); at = dirname(at)) folders.add(at);
    if (stat.isSymbolicLink()) symlinkSync(readlinkSync(join(root, path)), join(scratch, path));
    else if (stat.isFile()) copyFileSync(join(root, path), join(scratch, path));
  }
  for (const folder of folders) {
    for (const name of dependencyFolders) {
      const from = join(root, folder, name);
      if (existsSync(from) && !existsSync(join(scratch, folder, name))) symlinkSync(from, join(scratch, folder, name));
    }
  }
  const gitDir = runGit(root, ["rev-parse", "--absolute-git-dir"])?.trim();
  if (gitDir) writeFileSync(join(scratch, ".git"), `gitdir: ${gitDir}\n`);
  return true;
}

function runCommand(args: {
  command: string;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  wallMs: number;
}): Promise<Omit<Rehearsed, "changed">> {
  return new Promise((resolve, reject) => {
    const path = `${join(args.cwd, "node_modules/.bin")}:${args.env.PATH ?? "/usr/bin:/bin"}`;
    const plain = { CI: "1", NO_COLOR: "1", npm_config_offline: "true", npm_config_update_notifier: "false", PYTHONDONTWRITEBYTECODE: "1" };
    const clean = Object.fromEntries(Object.entries(args.env).filter(([name]) => !/^(GIT_|MOS_|NODE_OPTIONS$|VITEST|npm_)/.test(name)));
    const child = spawn("sh", ["-c", args.command], {
      cwd: args.cwd,
      env: { ...clean, ...plain, PATH: path, GIT_OPTIONAL_LOCKS: "0" },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let late = false;
    const endGroup = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    };
    const timer = setTimeout(() => {
      late = true;
      endGroup();
    }, args.wallMs);
    const keep = (piece: string) => {
      output = (output + piece).slice(-outputBytesMax);
    };
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      endGroup();
      resolve({ exitCode: late ? null : (code ?? 128), output });
    });
  });
}

/** Only texts that were there before and are there after count: a formatter edits, it neither makes nor removes. */
function readChanged({ root, scratch, files }: { root: string; scratch: string; files: readonly string[] }): Map<string, string> {
  const changed = new Map<string, string>();
  for (const path of files) {
    const before = lstatSync(join(root, path));
    const after = lstatSync(join(scratch, path), { throwIfNoEntry: false });
    if (!before.isFile() || !after?.isFile() || after.size > 2 * 1024 * 1024) continue;
    const bytes = readFileSync(join(scratch, path));
    if (before.size === after.size && readFileSync(join(root, path)).equals(bytes)) continue;
    const text = decodeText(bytes);
    if (text !== undefined) changed.set(path, text);
  }
  return changed;
}
