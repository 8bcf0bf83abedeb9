import { z } from "zod";
import { applyRhythm, planRemoval } from "../../../app/install-rhythm.ts";
import { defineCommand } from "../command-row.ts";
import { describeChange, nextOf } from "../show/format-rhythm.ts";
import { stripControl } from "../show/strip-control.ts";
import { declined, requireOwnWord } from "./rhythm-install.ts";

export const command = defineCommand({
  kind: "rhythm-uninstall",
  input: z.strictObject({ print: z.boolean().default(false), yes: z.boolean().default(false) }),
  async run(context, { print, yes }) {
    requireOwnWord(context);
    const { findTimerPlaces } = await import("../../compose-rhythm.ts");
    const { workspace } = await context.openWorld();
    const plans = await Promise.all(findTimerPlaces().map(async (place) => ({ place, changes: await planRemoval({ workspace, place }) })));
    const changes = plans.flatMap((plan) => plan.changes);
    if (!print) context.say(changes.map(describeChange).join("\n"));
    if (print || changes.length === 0) return { data: { removed: false, print, changes } };
    if (!yes && !(await context.ask.confirm({ question: "Take this away?", instead: "--yes" }))) throw declined();
    for (const plan of plans) await applyRhythm(plan.place, plan.changes);
    return { data: { removed: true, print, changes } };
  },
  render({ removed, print, changes }, paint) {
    if (changes.length === 0) return `${paint.green("✔")} No rhythm of this workspace is installed here.`;
    if (!removed) return print ? changes.map(describeChange).join("\n") : "";
    const gone = changes.map(
      ({ file, after }) => `${paint.green("✔")} ${stripControl(file)} ${after === undefined ? "is gone" : "is as it was without it"}`,
    );
    const kind = changes.some(({ file }) => file !== "crontab") ? "systemd" : "cron";
    return [...gone, ...nextOf({ kind, changes }).map((line) => `${paint.dim("Next:")} ${line}`)].join("\n");
  },
});
