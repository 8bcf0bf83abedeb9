#!/bin/bash -p
# The fast way to a hook's answer: asks the resident process and believes only a whole answer that proves where it is from;
# else hook.cjs, beside this file, decides alone. Whatever fails denies: deny JSON and exit 2 (docs/spec/hook.md, H2 and H11).
# -p: no BASH_ENV, no functions from the environment. No program is started on the fast way.
#
# mos-hook CLIENT --role R --domain D [--ticket T] [--worktree W] --workspace DIR [--policy FILE] [--spool DIR] [--boxed] [--node PATH]

LC_ALL=C
umask 077
trap '' PIPE
trap 'deny "it was stopped"' TERM INT HUP

# A constant reason alone: nothing here may need escaping.
deny() {
  [[ -z $child ]] || kill -KILL "$child" 2>/dev/null
  local text="hook-tamper-guard H2: the guard could not decide ($1). Try the call once more; if it stays so, the operator runs mos doctor."
  printf '%s\n' "$text" >&2
  case $client in
    gemini | opencode | generic) printf '{"decision":"deny","reason":"%s"}\n' "$text" ;;
    *) printf '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"%s"}}\n' "$text" ;;
  esac
  exit 2
}

# Milliseconds and seconds that are left before a client's own five seconds are over.
left() {
  local now=${EPOCHREALTIME/[.,]/}
  ms=$(((deadline - now) / 1000))
  ((ms > 0)) || deny "it took too long"
  printf -v seconds '%d.%03d' $((ms / 1000)) $((ms % 1000))
}

client='' child=''
here=${BASH_SOURCE[0]%/*}
[[ $here == "${BASH_SOURCE[0]}" ]] && here=.
node=node
role='' domain='' ticket='' worktree='' workspace='' boxed=0 plain=1
pass=()
while (($#)); do
  case $1 in
    --node) node=$2; shift; (($#)) && shift; continue ;;
    --role) role=$2 ;;
    --domain) domain=$2 ;;
    --ticket) ticket=$2 ;;
    --worktree) worktree=$2 ;;
    --workspace) workspace=$2 ;;
    --boxed) boxed=1; pass+=("$1"); shift; continue ;;
    --*) plain=0; pass+=("$1"); shift; continue ;;
    *)
      if [[ -z $client ]]; then client=$1; else plain=0; fi
      pass+=("$1"); shift; continue ;;
  esac
  pass+=("$1")
  shift
  (($#)) || { plain=0; continue; }
  pass+=("$1")
  shift
done

# What node, or the loader, would take from a client's settings.
unset ${!NODE_@} ${!LD_@} ${!DYLD_@} ${!UV_@} ${!OPENSSL_@} ${!SSL_@} BASH_ENV ENV

case $client in
  claude | codex) allow='{"hookSpecificOutput":{"hookEventName":"PreToolUse"}}' ;;
  *) allow='{"decision":"allow"}' ;;
esac
allow+=$'\n'

# Older than 5: none of what follows is there. The bundle reads stdin itself.
if ((BASH_VERSINFO[0] < 5)); then
  "$node" "$here/hook.cjs" "${pass[@]}"
  (($? == 0)) && exit 0
  exit 2
fi

now=${EPOCHREALTIME/[.,]/}
deadline=$((now + 4500000))

# One byte more than the bundle takes, so that it sees what is too large. NUL bytes, which no JSON has, are dropped.
IFS= read -r -t 3 -N 65537 input
(($? > 128)) && deny "its input had not ended after 3 s"
whole=1
if ((${#input} > 65536)); then
  whole=0
  while ((${#input} <= 4194304)); do
    left
    IFS= read -r -t "$seconds" -N 524288 more
    status=$?
    input+=$more
    ((status > 128)) && deny "its input did not end"
    ((status == 0)) || break
  done
fi

# Sets answer and reason where the resident process gave a whole, proven answer. H11.
ask_daemon() {
  local address=$workspace/.mos/run/daemon.addr magic port token proof beat from fd nonce reply head body length verdict
  [[ -f $address && -O $address ]] || return 1
  IFS=$'\n' read -r -d '' magic port token proof beat from <"$address"
  [[ $magic == mos-daemon-1 && $port == [1-9]* && ${#port} -le 5 && ${#token} -eq 64 && ${#proof} -eq 64 && ${#beat} -eq 10 ]] || return 1
  [[ $port$token$proof == *[!0-9a-f]* || $port$beat == *[!0-9]* ]] && return 1
  # A process that is stopped, or gone, no longer moves its beat.
  ((EPOCHSECONDS - beat <= 15 && beat - EPOCHSECONDS <= 15)) || return 1
  nonce=$SRANDOM$SRANDOM$SRANDOM
  { exec {fd}<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || return 1
  local lines=("POST /hook/$client HTTP/1.1" "Host: 127.0.0.1:$port" "Authorization: Bearer $token" "Mos-Nonce: $nonce" "Mos-Role: $role")
  # Each line is a write of its own: bash buffers no more.
  [[ -n $domain ]] && lines+=("Mos-Domain: $domain")
  [[ -n $ticket ]] && lines+=("Mos-Ticket: $ticket")
  [[ -n $worktree ]] && lines+=("Mos-Worktree: $worktree")
  ((boxed)) && lines+=("Mos-Boxed: 1")
  printf -v head '%s\r\n' "${lines[@]}" "Content-Length: ${#input}" "Connection: close" ""
  printf '%s' "$head$input" >&"$fd" || return 1
  IFS= read -r -t 1 -N 65536 -u "$fd" reply
  (($? > 128)) && return 1
  exec {fd}>&-
  head=${reply%%$'\r\n\r\n'*}
  [[ $head == "$reply" || $head != 'HTTP/1.1 200 OK'$'\r\n'* ]] && return 1
  body=${reply#*$'\r\n\r\n'}
  for verdict in allow deny; do
    [[ $head$'\r\n' == *$'\r\n'"Mos-Answer: $nonce $proof $verdict ${#body}"$'\r\n'* ]] || continue
    if [[ $verdict == allow ]]; then
      [[ $body == "$allow" ]] || return 1
      printf '%s' "$body" || exit 2
      exit 0
    fi
    reason=${head#*$'\r\n'Mos-Reason: }
    [[ $reason == "$head" ]] || printf '%s\n' "${reason%%$'\r\n'*}" >&2
    printf '%s' "$body"
    exit 2
  done
  return 1
}

case $client in
  claude | codex | gemini | opencode | generic) ;;
  *) plain=0 ;;
esac
[[ $workspace == /* && $role$domain$ticket$worktree != *[$'\x01'-$'\x1f\x7f']* ]] || plain=0
((plain && whole)) && ask_daemon

left
exec {out}< <(exec "$node" "$here/hook.cjs" "${pass[@]}" < <(printf '%s' "$input"))
child=$!
IFS= read -r -t "$seconds" -N 65536 -u "$out" answer
(($? > 128)) && deny "it took too long"
wait "$child"
status=$?
child=
if ((status == 0)); then
  [[ $answer == "$allow" ]] || deny "hook.cjs said something else than yes or no"
  printf '%s' "$answer" || exit 2
  exit 0
fi
((status == 2)) && [[ $answer == *deny* ]] || deny "hook.cjs could not run"
printf '%s' "$answer"
exit 2
