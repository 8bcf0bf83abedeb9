import { isNear } from "../address/is-near.ts";
import { quote } from "./advice.ts";
import { defineRule } from "./rule.ts";

/** Loopback, link-local and private addresses are other domains' programs, the daemon, the relay, the cloud's metadata. */
export const keepNearNetwork = defineRule({
  id: "P3.9",
  guard: "boundary-guard",
  on: "address",
  judge(act) {
    if (!isNear(act.url)) return undefined;
    return {
      reason: `${quote(act.shown)} reaches for a service on this machine or in its network, which belongs to no ticket.`,
      remedy: "Work from files; in tests, start the server and its client inside one test command.",
    };
  },
});
