import type { ProbePlan } from "../../core/agent/plan-probe.ts";
import type { RunClientArgs } from "../run-client.ts";

const denial = JSON.stringify({
  hookSpecificOutput: {
    hookEventName: "PreToolUse",
    permissionDecision: "deny",
    permissionDecisionReason: "boundary-guard P2: the probe's hook denies this. There is nothing to do instead.",
  },
});

/** In base64: a client that quotes the command of a hook which failed is not to be heard saying that this one denied. */
const encode = (text: string) => Buffer.from(text).toString("base64");
const aside = "boundary-guard P2: the probe's hook denies this.\n";

/** The arguments of the script are the hook that is really in force; without one nothing is said. */
const script = (words: ProbePlan["hook"]) => `call=$(cat)
case "$call" in
*${words.dies}*) kill -9 $$ ;;
*${words.denies}*) echo ${encode(denial)} | base64 -d; echo ${encode(aside)} | base64 -d >&2; exit 2 ;;
esac
[ $# -eq 0 ] && exit 0
printf '%s' "$call" | "$@"`;

/** The hook as it is, but for two words: at one it denies, at the other it dies. That is what a client makes of a hook. */
export function wrapHook(hook: RunClientArgs["hook"], words: ProbePlan["hook"]): RunClientArgs["hook"] {
  return { ...hook, argv: ["/bin/sh", "-c", script(words), "mos-hook", ...hook.argv] };
}
