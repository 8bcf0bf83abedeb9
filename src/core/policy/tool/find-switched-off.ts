import type { Act } from "../act.ts";

/** On is off: `dangerouslyDisableSandbox: true`. */
const offFields =
  /danger|unsafe|bypass|escalat|privileg|unrestrict|(disable|skip|without|ignore|no)_?.?(sandbox|hooks?|guards?|permissions?|polic|verify)/i;
/** Off is off: `sandbox: false`, `sandbox_mode: "danger-full-access"`, `mode: "bypassPermissions"`. */
const guardFields = /sandbox|^(guards?|hooks?|permissions?|permission_?mode|mode|approval_?policy|sandbox_permissions)$/i;
const offWords = /^(false|off|none|no|never|disabled?|0)$|bypass|danger|require_escalated|full.?access|yolo|dontask/i;
const harmless = /^(false|off|no|0|none|use_default|default)$/i;

/** Parameters that ask for the guards to be off, whatever else the call does. */
export function findSwitchedOff(input: Record<string, unknown>): Act[] {
  for (const [key, value] of Object.entries(input)) {
    if (value === undefined || value === null || value === "") continue;
    const word = typeof value === "string" ? value : typeof value === "object" ? "" : String(value);
    const asks = offFields.test(key)
      ? value !== false && value !== 0 && !harmless.test(word)
      : guardFields.test(key) && offWords.test(word);
    if (asks) return [{ kind: "deed", deed: "bypass", shown: key }];
  }
  return [];
}
