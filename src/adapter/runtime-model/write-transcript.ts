import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { hideSecrets } from "../../core/secret/hide-secrets.ts";

export type TranscriptLine = { readonly kind: "start" | "prompt" | "text" | "call" | "result" | "usage" | "wait" | "end" } & Record<
  string,
  unknown
>;

const lineCharsMax = 200_000;

/**
 * The run's whole conversation, one JSON value a line, in a file that its owner alone reads. Whole lines only: what is over
 * the bound is left out, and the last line says so.
 */
export function openTranscript(args: { file: string; forms: readonly string[]; bytesMax: number }) {
  mkdirSync(dirname(args.file), { recursive: true, mode: 0o700 });
  const file = openSync(args.file, "w", 0o600);
  const lastLine = `${JSON.stringify({ kind: "end", cut: true })}\n`;
  let left = args.bytesMax - lastLine.length;
  let open = true;
  return {
    write(line: TranscriptLine): void {
      if (!open) return;
      const text = `${hideSecrets(
        JSON.stringify(line, (_key, value) => shorten(value)),
        args.forms,
      )}\n`;
      const bytes = Buffer.byteLength(text);
      if (bytes > left) {
        writeSync(file, lastLine);
        this.end();
        return;
      }
      left -= bytes;
      writeSync(file, text);
    },
    /** May be called again. */
    end(): void {
      if (open) closeSync(file);
      open = false;
    },
  };
}

function shorten(value: unknown): unknown {
  return typeof value === "string" && value.length > lineCharsMax ? `${value.slice(0, lineCharsMax)}[…]` : value;
}
