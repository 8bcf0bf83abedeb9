import type { Act } from "../act.ts";

const guardWord = /sandbox|bypass|danger|unsafe|escalat|privileg|disable.?hook|skip.?(hook|permission|guard)|no.?verify/i;
const offWord = /bypass|danger|require_escalated|full.?access|yolo|dontask/i;

/** Parameters that ask for the guards to be off: `dangerouslyDisableSandbox: true`, `mode: "bypassPermissions"`. */
export function findSwitchedOff(input: Record<string, unknown>): Act[] {
  for (const [key, value] of Object.entries(input)) {
    if (value === undefined || value === null || value === false || value === "") continue;
    const asked =
      guardWord.test(key) ||
      (/^(permission_?mode|mode|approval_?policy|sandbox_?mode)$/i.test(key) && typeof value === "string" && offWord.test(value));
    const harmless =
      typeof value === "string" &&
      /^(use_default|default|read-only|workspace-write|false|0|no|off)$/.test(value) &&
      !/^(dangerously|disable|skip|bypass)/i.test(key);
    if (asked && !harmless) return [{ kind: "deed", deed: "bypass", shown: key }];
  }
  return [];
}
