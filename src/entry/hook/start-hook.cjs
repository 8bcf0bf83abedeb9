"use strict";
// Begins dist/hook.cjs. The program stands behind it in comments, line by line, so that it is compiled once, with what V8 kept of compiling it
// before (hook.cache, of the same build and the same Node; without it, or with another, it is compiled as ever).
// Whatever fails here denies (docs/spec/hook.md, H2).
try {
  const { readFileSync } = require("node:fs");
  const { Script } = require("node:vm");
  const build = "BUILD";
  const text = readFileSync(__filename, "utf8");
  const [from, to] = [text.indexOf(`\n//begin ${build}\n`), text.indexOf(`\n//end ${build}\n`)];
  if (from < 0 || to < from) throw new Error("dist/hook.cjs is not whole");
  const source = text.slice(text.indexOf("\n", from + 1), to).replaceAll("\n//", "\n");
  let cachedData;
  try {
    const kept = readFileSync(`${__dirname}/hook.cache`);
    if (kept.latin1Slice(0, build.length) === build) cachedData = kept.subarray(build.length);
  } catch {
    // It saves time, no more.
  }
  const script = new Script(`(function(exports,require){${source}\n})`, { filename: __filename, cachedData });
  const program = {};
  script.runInThisContext()(program, require);
  if (require.main === module) program.runHook(process.argv.slice(2));
  else module.exports = { ...program, keepCompiled: () => Buffer.concat([Buffer.from(build, "latin1"), script.createCachedData()]) };
} catch (error) {
  const { writeSync } = require("node:fs");
  const text = `hook-tamper-guard H2: the guard could not decide (it could not be loaded: ${error?.name}). The operator runs mos doctor.`;
  const deny = { hookEventName: "PreToolUse", permissionDecision: "deny", permissionDecisionReason: text };
  const plain = ["gemini", "opencode", "generic"].includes(process.argv[2]);
  try {
    writeSync(2, `${text}\n`);
    writeSync(1, `${JSON.stringify(plain ? { decision: "deny", reason: text } : { hookSpecificOutput: deny })}\n`);
  } catch {
    // The exit code says it too.
  }
  process.exit(2);
}
