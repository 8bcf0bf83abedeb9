import { z } from "zod";
import { chooseDomains } from "../../../app/check-wiki.ts";
import { boundRhythmLog } from "../../../app/install-rhythm.ts";
import { listTurns, takeTurnWhenFree } from "../../../app/take-turn.ts";
import { defineCommand } from "../command-row.ts";
import { requireOwnWord } from "./rhythm-install.ts";

const waitMinutesDefault = 30;

export const command = defineCommand({
  kind: "rhythm-turn",
  input: z.strictObject({
    kind: z.enum(["scout", "distill"]),
    domain: z.string().min(1),
    wait: z.coerce.number().min(0).max(1440).default(waitMinutesDefault),
  }),
  async run(context, { kind, domain: name, wait }) {
    requireOwnWord(context);
    const world = await context.openWorld();
    boundRhythmLog(world.workspace);
    const [domain] = chooseDomains(world, name);
    const turn = listTurns(world).find((one) => one.kind === kind && one.domain === domain?.name);
    if (turn === undefined) throw new Error(`unreachable: ${name} has no ${kind} rhythm`);
    const done = await takeTurnWhenFree(world, turn, { waitMs: wait * 60_000 });
    return { data: { kind, domain: turn.domain, at: world.clock.now(), done } };
  },
  render: ({ kind, domain, at, done }) => `${at} ${kind} ${domain}: ${done ? "done" : "nothing new"}`,
});
