import type { Call } from "../call.ts";
import type { ShellAssignment } from "../shell-reading.ts";
import { runText, textOf } from "./run-text.ts";

/** Variables whose value a shell or program executes as a command. */
const executed = new Set(
  (
    "PROMPT_COMMAND PS0 PS1 PS2 PS4 EDITOR VISUAL FCEDIT PAGER MANPAGER GIT_PAGER GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_SSH GIT_SSH_COMMAND " +
    "GIT_ASKPASS SSH_ASKPASS SUDO_ASKPASS GIT_EXTERNAL_DIFF GIT_PROXY_COMMAND LESSOPEN LESSCLOSE BROWSER RSYNC_RSH CVS_RSH SVN_SSH " +
    "XDG_OPEN MAKEFLAGS GIT_DIFFTOOL_EXTCMD CARGO_BUILD_RUSTC_WRAPPER RUSTC_WRAPPER CC CXX LD AR"
  ).split(" "),
);

/** Set for prompts: only commands substituted in them run. */
const prompts = new Set(["PS0", "PS1", "PS2", "PS4"]);

/** Reads what the variables that this command sets would execute. */
export function runVariables(call: Call, assigned: readonly ShellAssignment[]): void {
  const { command } = call;
  for (const { name, value } of assigned) {
    const text = textOf(value);
    if (prompts.has(name)) {
      if (text.includes("$(") || text.includes("`"))
        runText(call, { kind: "variable", text: `: "${text}"`, isKnown: value.opaque === undefined, by: name });
    } else if (executed.has(name) && text !== "") runText(call, { kind: "variable", text, isKnown: value.opaque === undefined, by: name });
    else if (name.startsWith("BASH_FUNC_"))
      runText(call, { kind: "variable", text: `f ${text}; f`, isKnown: value.opaque === undefined, by: name });
  }
  const declared = command.program !== undefined && /^(export|declare|typeset|local|readonly)$/.test(command.program);
  if (declared) runDeclared(call);
}

function runDeclared(call: Call): void {
  for (const word of call.command.argv.slice(1)) {
    const text = textOf(word);
    const at = text.indexOf("=");
    if (at > 0 && executed.has(text.slice(0, at)) && !prompts.has(text.slice(0, at)))
      runText(call, { kind: "variable", text: text.slice(at + 1), isKnown: word.opaque === undefined, by: text.slice(0, at) });
  }
}
