import { z } from "zod";
import { applyRhythm, planRhythm, type RhythmChange } from "../../../app/install-rhythm.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { defineCommand } from "../command-row.ts";
import { stripControl } from "../show/strip-control.ts";

export const command = defineCommand({
  kind: "rhythm-install",
  input: z.strictObject({
    with: z.enum(["systemd", "cron"]).optional(),
    print: z.boolean().default(false),
    yes: z.boolean().default(false),
  }),
  async run(context, { with: want, print, yes }) {
    if (context.callerIsAgent) throw ownWord();
    const { findOwnProgram, findTimerPlace } = await import("../../compose-rhythm.ts");
    const { workspace } = await context.openWorld();
    const place = findTimerPlace(want);
    const changes = await planRhythm({ workspace, place, program: findOwnProgram() });
    const shown = { kind: place.kind, changes };
    if (!print) context.say(changes.map(describeChange).join("\n"));
    if (print || changes.length === 0) return { data: { written: false, print, ...shown } };
    if (!yes && !(await context.ask.confirm({ question: "Write this?", instead: "--yes" }))) throw declined();
    await applyRhythm(place, changes);
    return { data: { written: true, print, ...shown } };
  },
  render({ written, print, kind, changes }, paint) {
    if (print) return changes.length === 0 ? "The rhythm is installed as it is." : changes.map(describeChange).join("\n");
    if (!written) return `${paint.green("✔")} The rhythm is installed as it is.`;
    const files = changes.map(({ file }) => `${paint.green("✔")} ${stripControl(file)}`);
    const timers = changes.flatMap(({ file }) => /([^/]+\.timer)$/.exec(file)?.[1] ?? []);
    const next =
      kind === "systemd" ? `${paint.dim("Next:")} systemctl --user daemon-reload && systemctl --user start ${timers.join(" ")}` : "";
    return [...files, ...(next === "" ? [] : [next])].join("\n");
  },
});

/** The whole text, as it will be. */
function describeChange({ file, after }: RhythmChange): string {
  return stripControl(`${file}\n\n${after.replace(/^/gm, "  ").trimEnd()}\n`);
}

function declined(): MosError {
  return new MosError({ code: "declined", message: "Nothing was written.", hint: "Run it again when you want the rhythm." });
}

function ownWord(): MosError {
  return new MosError({
    code: "operator-only",
    message: "What the machine runs by the clock is the operator's to say.",
    hint: "Run it in your own terminal.",
    exit: exitCode.failure,
  });
}
