#!/usr/bin/env node
import manifest from "../../../package.json" with { type: "json" };

// The calls that must answer at once load no command, no schema and no store.
const argv = process.argv.slice(2);
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
} else {
  const { runProgram } = await import("./run-program.ts");
  process.exitCode = await runProgram({ argv, version: manifest.version });
}
