import { quote } from "./advice.ts";
import { defineRule } from "./rule.ts";

/** P2. Who calls badly is told how; nothing is guessed. */
export const refuseMalformedCalls = defineRule({
  id: "P2.1",
  guard: "boundary-guard",
  on: "malformed",
  judge(act) {
    if (act.fault !== "call") return undefined;
    return {
      reason: `The call cannot be judged: ${quote(act.what)}.`,
      remedy: "Call the tool again with its documented fields and plain values.",
    };
  },
});
