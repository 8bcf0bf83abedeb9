import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const here = import.meta.dirname;

/**
 * The last step of the build: puts `hook-program.cjs` behind its starter into one file, `hook.cjs`, keeps beside it what V8
 * made of it while it decided a few calls (`hook.cache`), and lays the script of the fast way there.
 */
export function packHook(outDir) {
  const program = join(outDir, "hook-program.cjs");
  // Nothing in a line may end the comment that it becomes.
  const source = readFileSync(program, "utf8").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029").replaceAll("\r", "");
  const build = createHash("sha256").update(source).digest("hex").slice(0, 32);
  const starter = readFileSync(join(here, "start-hook.cjs"), "utf8").replace('"BUILD"', JSON.stringify(build));
  put(join(outDir, "hook.cjs"), `${starter}//begin ${build}\n${source.replaceAll(/^/gm, "//")}\n//end ${build}\n`);
  rmSync(program);
  rmSync(join(outDir, "hook.cache"), { force: true });
  put(join(outDir, "hook.cache"), compileWarm(join(outDir, "hook.cjs")));
  copyFileSync(join(here, "mos-hook.sh"), join(outDir, "mos-hook"));
  chmodSync(join(outDir, "mos-hook"), 0o755);
}

function put(file, content) {
  writeFileSync(`${file}.next`, content);
  renameSync(`${file}.next`, file);
}

/** Only functions that have run are kept compiled: so the most frequent calls are decided once. */
function compileWarm(file) {
  const require = createRequire(import.meta.url);
  delete require.cache[file];
  const { judgeCall, parseArguments, keepCompiled } = require(file);
  const root = "/nonexistent";
  const worktree = `${root}/.mos/slot/music/home/1/tree`;
  const options = ["--role", "executor", "--domain", "music", "--ticket", "MUS-1", "--worktree", worktree, "--workspace", root];
  const { agent } = parseArguments(["claude", ...options]);
  const repos = (name) => [{ path: `${root}/${name}`, gitDir: `${root}/${name}/.git`, branch: "main" }];
  const policy = {
    ...{ schemaVersion: 1, root, stateDir: `${root}/.mos`, home: "/nonexistent-home", programDir: "/nonexistent-program" },
    domains: ["music", "trading"].map((name) => ({ name, sealed: name === "trading", repos: repos(name) })),
    ...{ protectedPaths: [".git", ".claude"], readable: ["/usr"], writable: ["/tmp"] },
  };
  const calls = [
    ["Bash", { command: 'npm test && git commit -m "x" | head; for f in *.ts; do cat "$f" > out.txt; done' }],
    ["Bash", { command: "cat ../../../x; git push origin main" }],
    ["Read", { file_path: "a.txt" }],
    ["Write", { file_path: "b.txt", content: "x" }],
    ["Edit", { file_path: "a.txt", old_string: "a", new_string: "b" }],
    ["Grep", { pattern: "a", path: "." }],
    ["Glob", { pattern: "**/*.ts" }],
    ["mcp__mos__run", { command: "ls" }],
  ];
  for (const [tool_name, tool_input] of calls) {
    const text = JSON.stringify({ session_id: "s", cwd: worktree, tool_name, tool_input });
    judgeCall({ client: "claude", agent, text, readPolicy: () => policy, by: "hook" });
  }
  return keepCompiled();
}
