#!/usr/bin/env node
import manifest from "../../../package.json" with { type: "json" };

// The calls that must answer at once load no command, no schema and no store.
const argv = process.argv.slice(2);
const hook = findHookCall(argv);
if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  process.stdout.write(`${manifest.version}\n`);
} else if (argv[0] === "status" && argv.includes("--line") && !argv.includes("--json")) {
  const named = argv[argv.indexOf("--workspace") + 1];
  const { writeStatusLine } = await import("../compose-status-line.ts");
  const start = argv.includes("--workspace") && named !== undefined ? named : process.env.MOS_WORKSPACE || process.cwd();
  // A status line that cannot be had is an empty one.
  await Promise.resolve(start)
    .then(writeStatusLine)
    .then((line) => process.stdout.write(`${line}\n`))
    .catch(() => undefined);
} else if (hook !== undefined) {
  await startHook(hook);
} else {
  const { runProgram } = await import("./run-program.ts");
  process.exitCode = await runProgram({ argv, version: manifest.version });
}

/** The hook's own arguments, when the first word is `hook` and no help is asked for. Options that all commands take may stand before it. */
function findHookCall(words: readonly string[]): string[] | undefined {
  let at = 0;
  while (words[at]?.startsWith("-") === true) at += words[at] === "--workspace" ? 2 : 1;
  if (words[at] !== "hook" || words.includes("--help") || words.includes("-h")) return undefined;
  return [...words.slice(at + 1), ...words.slice(0, at)];
}

/** A hook that cannot even be loaded denies, in the form that most clients read and by the exit code that all do. */
async function startHook(args: readonly string[]): Promise<void> {
  try {
    const { runHook } = await import("../hook/run-hook.ts");
    await runHook(args);
  } catch {
    const text = "hook-tamper-guard H2: the guard could not be loaded. The operator installs Master OS anew.";
    const deny = { hookEventName: "PreToolUse", permissionDecision: "deny", permissionDecisionReason: text };
    process.stderr.write(`${text}\n`);
    process.stdout.write(`${JSON.stringify({ hookSpecificOutput: deny })}\n`);
    process.exitCode = 2;
  }
}
