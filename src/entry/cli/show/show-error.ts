import { exitCode, MosError } from "../../../contract/error.ts";
import type { Paint } from "./paint.ts";
import { stripControl } from "./strip-control.ts";

/** Whatever was thrown, as an error with a code, a hint and an exit code. */
export function toMosError(thrown: unknown, signal: AbortSignal): MosError {
  if (signal.aborted) {
    return new MosError({
      code: "interrupted",
      message: "Interrupted. What was under way is kept; nothing is half done.",
      hint: "Run the same command again to go on.",
      exit: exitCode.interrupted,
      cause: thrown,
    });
  }
  if (thrown instanceof MosError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new MosError({
    code: "internal",
    message: `Something in Master OS itself went wrong: ${message}`,
    hint: "Run it again with MOS_DEBUG=1 for the stack, and please report it.",
    cause: thrown,
  });
}

/** `mos: <message>` and the remedy below it. */
export function formatError(error: MosError, paint: Paint): string {
  const hint = error.hint === "" ? "" : `\n  ${paint.cyan("→")} ${stripControl(error.hint)}`;
  return `${paint.red("mos:")} ${stripControl(error.message)}${hint}\n`;
}
