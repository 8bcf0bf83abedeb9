/** One call and what must become of it. Texts may hold `{{WS}}` (workspace), `{{WT}}` (own worktree) and `{{HOME}}`. */
export interface PolicyCase {
  readonly why: string;
  readonly tool: string;
  readonly input: unknown;
  readonly cwd?: string;
  /** The rule that refuses it; undefined: allowed. */
  readonly rule: string | undefined;
}

export function denied(rule: string, why: string, tool: string, input: unknown, cwd?: string): PolicyCase {
  return { rule, why, tool, input, ...(cwd === undefined ? {} : { cwd }) };
}

export function allowed(why: string, tool: string, input: unknown, cwd?: string): PolicyCase {
  return { rule: undefined, why, tool, input, ...(cwd === undefined ? {} : { cwd }) };
}

/** A shell command that is refused, by which rule. */
export function deniedShell(rule: string, command: string, cwd?: string): PolicyCase {
  return denied(rule, command, "Bash", { command, description: "run" }, cwd);
}

export function allowedShell(command: string, cwd?: string): PolicyCase {
  return allowed(command, "Bash", { command, description: "run" }, cwd);
}
