#!/usr/bin/env node
import manifest from "../../../package.json" with { type: "json" };

// The two calls that must answer at once load no command, no schema and no store.
const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  process.stdout.write(`${manifest.version}\n`);
} else {
  const { runProgram } = await import("./run-program.ts");
  process.exitCode = await runProgram({ argv, version: manifest.version });
}
