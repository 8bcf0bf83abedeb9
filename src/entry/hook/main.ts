import { runHook } from "./run-hook.ts";

await runHook(process.argv.slice(2));
