import type { AttackCase } from "./attack-case.ts";
import type { ShellOutcome } from "./shell-leg.ts";

/** One answer of a guard to a case, in one spelling of its names, asked in one way. */
export interface HookAnswer {
  /** `in process, corpus`, `mos hook, slot` … */
  readonly way: string;
  readonly decision: "allow" | "deny";
  readonly guard?: string;
  readonly rule?: string;
  readonly reason?: string;
  /** What is wrong with the answer's form: a client would not have honoured it. */
  readonly fault?: string;
}

export interface CaseResult {
  readonly one: AttackCase;
  readonly answers: readonly HookAnswer[];
  /** Absent where the call is no command. */
  readonly shell?: Pick<ShellOutcome, "exitCode" | "endedBy" | "ms" | "output" | "harm">;
  /** How a benign command behaves differently in the box. */
  readonly differences: readonly string[];
  /** Why this case is not held; empty: it is. */
  readonly misses: readonly { readonly who: "hook" | "sandbox"; readonly what: string }[];
}

/** What is missed: who should have stopped it (or let it pass), and what happened. */
export function findMisses({ one, answers, shell }: Omit<CaseResult, "misses">): CaseResult["misses"] {
  const misses: CaseResult["misses"][number][] = [];
  for (const { way, fault } of answers) if (fault !== undefined) misses.push({ who: "hook", what: `${way}: ${fault}` });
  if (one.expect === "allow") {
    for (const { way, decision, rule, reason } of answers)
      if (decision === "deny")
        misses.push({ who: "hook", what: `${way}: refused, though it is harmless: ${rule ?? ""} ${reason ?? ""}`.trim() });
    return misses;
  }
  const hookMust = one.layer === "hook" || shell === undefined;
  for (const { way, decision } of answers) if (hookMust && decision === "allow") misses.push({ who: "hook", what: `${way}: let it pass` });
  for (const what of shell?.harm ?? []) misses.push({ who: "sandbox", what });
  return misses;
}
