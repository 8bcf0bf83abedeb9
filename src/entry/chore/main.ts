#!/usr/bin/env node
import { runChore } from "./run-chore.ts";

process.exitCode = await runChore({
  argv: process.argv.slice(2),
  cwd: process.cwd(),
  env: process.env,
  write: (text) => process.stdout.write(text),
  warn: (text) => process.stderr.write(text),
});
