import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { createSecretHider } from "../../core/secret/hide-secrets.ts";

const stderrCharsMax = 20_000;
/** A line that is longer is not kept, however large the transcript may be. */
const lineCharsMax = 4_000_000;
const lastLine = `${JSON.stringify({ type: "mos", cut: true })}\n`;

/**
 * What a client prints, as it comes, into one file that only its owner reads: bounded, with secrets hidden, one JSON value a
 * line. What is none is wrapped; what is over the bound is left out by whole lines, and the last line says so.
 *
 * @param onShown  given standard output with secrets hidden, whole
 */
export function openTranscript(args: {
  file: string;
  forms: readonly string[];
  bytesMax: number;
  head?: Readonly<Record<string, unknown>>;
  onShown?: (text: string) => void;
}) {
  mkdirSync(dirname(args.file), { recursive: true, mode: 0o700 });
  const file = openSync(args.file, "w", 0o600);
  const hiders = { stdout: createSecretHider(args.forms), stderr: createSecretHider(args.forms) };
  const rest = { stdout: "", stderr: "" };
  let left = args.bytesMax - lastLine.length;
  let [stderr, full, open] = ["", left <= 0, true];
  const writeLine = (line: string) => {
    if (full || line === "") return;
    const bytes = Buffer.byteLength(line) + 1;
    if (bytes > left || line.length > lineCharsMax) {
      full = true;
      writeSync(file, lastLine);
      return;
    }
    left -= bytes;
    writeSync(file, `${line}\n`);
  };
  const keep = (text: string, stream: "stdout" | "stderr") => {
    if (stream === "stderr" && stderr.length < stderrCharsMax) stderr = (stderr + text).slice(0, stderrCharsMax);
    if (stream === "stdout" && text !== "") args.onShown?.(text);
    if (full) return;
    const lines = (rest[stream] + text).split("\n");
    rest[stream] = lines.pop() ?? "";
    for (const line of lines) writeLine(wrap(line, stream));
    if (rest[stream].length > Math.min(lineCharsMax, left)) writeLine(rest[stream]);
  };
  if (args.head) {
    const hider = createSecretHider(args.forms);
    const line = JSON.stringify(args.head);
    writeLine(hider.take(line) + hider.end());
  }
  return {
    take(text: string, stream: "stdout" | "stderr"): void {
      if (open) keep(hiders[stream].take(text), stream);
    },
    /** May be called again. */
    async end(): Promise<{ stderr: string; found: boolean }> {
      if (open) {
        for (const stream of ["stdout", "stderr"] as const) {
          keep(hiders[stream].end(), stream);
          writeLine(wrap(rest[stream], stream));
        }
        open = false;
        closeSync(file);
      }
      return { stderr, found: hiders.stdout.found() || hiders.stderr.found() };
    },
  };
}

/** A line as it is where it is a JSON object; whole lines only. */
function wrap(line: string, stream: "stdout" | "stderr"): string {
  const text = line.trim();
  if (text === "") return "";
  if (stream === "stdout" && text.startsWith("{") && isJson(text)) return text;
  return JSON.stringify({ type: "mos", stream, text });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
