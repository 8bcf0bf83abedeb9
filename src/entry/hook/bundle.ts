/** What `dist/hook.cjs` is made of (pack-hook.mjs). The first is the program; the others let the packing call what a hook runs. */
export { judgeCall } from "./judge-call.ts";
export { parseArguments } from "./parse-arguments.ts";
export { runHook } from "./run-hook.ts";
