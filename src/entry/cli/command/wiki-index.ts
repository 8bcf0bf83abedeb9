import { z } from "zod";
import { indexWikis } from "../../../app/index-wikis.ts";
import { defineCommand } from "../command-row.ts";
import { describeLegs } from "../show/describe-legs.ts";
import { formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "indexes",
  input: z.strictObject({ domain: z.string().optional(), minutes: z.coerce.number().min(0).max(1440).default(1440) }),
  async run(context, { domain, minutes }) {
    const data = await indexWikis(await context.openView(), {
      ...(domain === undefined ? {} : { domain }),
      untilMs: minutes * 60_000,
      progress: (state) => context.say(describeLegs(state)),
    });
    return { data };
  },
  render(states, paint) {
    const rows = states.map((state) => [
      { painted: paint.bold(state.domain) },
      `${state.passages} passages`,
      `${state.vectors} vectors`,
      describeLegs(state),
    ]);
    return formatTable(rows);
  },
});
