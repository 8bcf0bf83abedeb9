import { z } from "zod";
import { applyRhythm, planRhythm } from "../../../app/install-rhythm.ts";
import { MosError } from "../../../contract/error.ts";
import type { CommandContext } from "../command-context.ts";
import { defineCommand } from "../command-row.ts";
import { requireOperator } from "../require-operator.ts";
import { describeChange, nextOf } from "../show/format-rhythm.ts";
import { stripControl } from "../show/strip-control.ts";

export const command = defineCommand({
  kind: "rhythm-install",
  input: z.strictObject({
    with: z.enum(["systemd", "cron"]).optional(),
    print: z.boolean().default(false),
    yes: z.boolean().default(false),
  }),
  async run(context, { with: want, print, yes }) {
    requireOwnWord(context);
    const { findTimerPlace, findTimerProgram } = await import("../../compose-rhythm.ts");
    const { workspace } = await context.openWorld();
    const place = findTimerPlace(want);
    const changes = await planRhythm({ workspace, place, starts: findTimerProgram(workspace) });
    const shown = { kind: place.kind, changes };
    if (!print) context.say(changes.map(describeChange).join("\n"));
    if (print || changes.length === 0) return { data: { written: false, print, ...shown } };
    if (!yes && !(await context.ask.confirm({ question: "Write this?", instead: "--yes" }))) throw declined();
    await applyRhythm(place, changes);
    return { data: { written: true, print, ...shown } };
  },
  render({ written, print, kind, changes }, paint) {
    if (changes.length === 0) return `${paint.green("✔")} The rhythm is installed as mos.yaml has it.`;
    if (!written) return print ? changes.map(describeChange).join("\n") : "";
    const files = changes.map(({ file, after }) => `${paint.green("✔")} ${stripControl(file)}${after === undefined ? " is gone" : ""}`);
    return [...files, ...nextOf({ kind, changes }).map((line) => `${paint.dim("Next:")} ${line}`)].join("\n");
  },
});

export function declined(): MosError {
  return new MosError({ code: "declined", message: "Nothing was written.", hint: "Run it again when you want it." });
}

export function requireOwnWord(context: CommandContext): void {
  requireOperator(context, "What the machine runs by the clock is the operator's to say.");
}
