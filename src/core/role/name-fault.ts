import type { z } from "zod";
import type { ModelRole } from "../../contract/agent.ts";
import { type RoleOutput, roleOutputs } from "../../contract/role.ts";
import { countOf } from "../text/count-of.ts";

const faultsMax = 8;
/** A name that may be said back; any other is the model's own text and stays out of the next prompt. */
const plainName = /^[A-Za-z0-9_-]{1,40}$/;

export type CheckedOutput<R extends ModelRole> =
  | { readonly kind: "fits"; readonly output: RoleOutput<R> }
  | { readonly kind: "off"; readonly faults: readonly string[] };

/** An output against its role's schema (R8). Faults are in our words: nothing that the model wrote is said back. */
export function checkOutput<R extends ModelRole>(role: R, output: unknown): CheckedOutput<R> {
  const parsed = roleOutputs[role].safeParse(output);
  if (parsed.success) return { kind: "fits", output: parsed.data as RoleOutput<R> };
  const { issues } = parsed.error;
  const more = issues.length > faultsMax ? [`and ${issues.length - faultsMax} more`] : [];
  return { kind: "off", faults: [...issues.slice(0, faultsMax).map(nameIssue), ...more] };
}

function nameIssue(issue: z.core.$ZodIssue): string {
  const at = issue.path.length === 0 ? "the output" : issue.path.map(namePart).join(".");
  if (issue.code !== "unrecognized_keys") return `${at}: ${issue.message.slice(0, 300)}`;
  const named = issue.keys.filter((key) => plainName.test(key)).slice(0, 5);
  return `${at}: ${countOf(issue.keys.length, "key")} that the schema does not have${named.length === 0 ? "" : ` (${named.join(", ")})`}`;
}

function namePart(part: PropertyKey): string {
  return typeof part === "number" || (typeof part === "string" && plainName.test(part)) ? String(part) : "?";
}
