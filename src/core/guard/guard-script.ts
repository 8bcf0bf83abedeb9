/**
 * The hook of a machine's managed settings. It lies beside them, so that only who may change them may change it, and hands on
 * to the guards of one workspace what is done in it or names it; sessions elsewhere are none of its business. Any fault
 * blocks what concerns the workspace.
 *
 * Arguments: the workspace's folder, our hook, the client's name, the Node that runs the hook.
 */
export const guardScript = `#!/bin/bash -p
# Written by: mos guard install --managed. Asks the guards of one Master OS workspace; any fault of its own blocks.
LC_ALL=C PATH=/usr/local/bin:/usr/bin:/bin
deny() {
  trap - EXIT
  printf '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"hook-tamper-guard C11: %s"},"decision":"deny","reason":"hook-tamper-guard C11: %s"}\\n' "$1" "$1"
  printf 'hook-tamper-guard C11: %s\\n' "$1" >&2
  exit 2
}
trap 'deny "the guard was stopped. Try the call once more."' TERM INT HUP
[[ $# -eq 4 ]] || deny "the guard was called wrongly. The operator runs mos guard install --managed."
input=$(timeout 10 head -c 4194304 2>/dev/null) || deny "the call did not come whole in time. Try it once more."
[[ -n $input ]] || deny "the call could not be read. Try it once more."
[[ \${#input} -lt 4194304 ]] || deny "the call is too large to be judged. Make it smaller."
case $input in
  *"$1"*) ;;
  *)
    [[ $3 == claude || $3 == codex ]] && printf '{}\\n' || printf '{"decision":"allow"}\\n'
    exit 0 ;;
esac
[[ -x $2 ]] || deny "Master OS is not where it was. The operator runs mos guard install --managed."
printf '%s' "$input" | "$2" "$3" --node "$4" --role orchestrator --workspace "$1"
[[ \${PIPESTATUS[1]} -eq 0 ]] || exit 2
`;
