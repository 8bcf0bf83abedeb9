import { createHash } from "node:crypto";
import type { ModelRole } from "../../contract/agent.ts";
import { MosError } from "../../contract/error.ts";
import { canonicalJson } from "../../core/log/canonical-json.ts";
import { chooseRuntime } from "../../core/role/choose-runtime.ts";
import { renderSchema } from "../../core/role/render-schema.ts";
import { writePrompt } from "../../core/role/write-prompt.ts";
import type { World } from "../../port/world.ts";
import { findGuidance } from "./read-guidance.ts";
import type { RoleParts } from "./role-parts.ts";

/** Digest of what shapes a role's runs in a domain but their input (R12). A role's file that is refused has the digest of its refusal. */
export async function fingerprintRole(
  { workspace }: World,
  { promptDir }: RoleParts,
  { role, domain }: { role: ModelRole; domain: string },
): Promise<string | undefined> {
  const choice = chooseRuntime(workspace, role, domain);
  if (choice === undefined) return undefined;
  const guidance = await findGuidance(workspace, { role, domain, promptDir });
  const text = guidance instanceof MosError ? `${guidance.code}: ${guidance.message}` : guidance.text;
  const { system } = writePrompt({ guidance: text, input: [], nonce: "" });
  const { runtimes } = workspace.config;
  const configured = Object.hasOwn(runtimes, choice.runtime) ? runtimes[choice.runtime] : undefined;
  return createHash("sha256")
    .update(canonicalJson({ choice, configured: configured ?? null, system, schema: renderSchema(role) }))
    .digest("hex");
}
