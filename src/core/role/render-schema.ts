import { z } from "zod";
import type { ModelRole } from "../../contract/agent.ts";
import { roleOutputs } from "../../contract/role.ts";

/** The JSON Schema of what a role must give, in the draft that every client reads. Repeatable; the same object each time. */
export function renderSchema(role: ModelRole): Readonly<Record<string, unknown>> {
  const known = rendered.get(role);
  if (known) return known;
  const { $schema: _, ...schema } = z.toJSONSchema(roleOutputs[role], { io: "input", target: "draft-7", unrepresentable: "any" });
  rendered.set(role, schema);
  return schema;
}

const rendered = new Map<ModelRole, Readonly<Record<string, unknown>>>();
