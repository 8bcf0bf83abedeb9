import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { createSecretHider } from "../../core/secret/hide-secrets.ts";

const stderrCharsMax = 20_000;

/** What a client prints, as it comes, into one file that only its owner reads: bounded, and with secrets hidden. */
export function openTranscript(args: { file: string; forms: readonly string[]; bytesMax: number }) {
  mkdirSync(dirname(args.file), { recursive: true, mode: 0o700 });
  const file = openSync(args.file, "w", 0o600);
  const hiders = { stdout: createSecretHider(args.forms), stderr: createSecretHider(args.forms) };
  let left = args.bytesMax;
  let stderr = "";
  let open = true;
  const write = (text: string) => {
    if (text === "" || left <= 0) return;
    const bytes = Buffer.from(text, "utf8").subarray(0, left);
    writeSync(file, bytes);
    left -= bytes.length;
  };
  const keep = (text: string, stream: "stdout" | "stderr") => {
    if (stream === "stdout") write(text);
    else if (stderr.length < stderrCharsMax) stderr = (stderr + text).slice(0, stderrCharsMax);
  };
  return {
    take(text: string, stream: "stdout" | "stderr"): void {
      if (open) keep(hiders[stream].take(text), stream);
    },
    /** May be called again. */
    async end(): Promise<{ stderr: string; found: boolean }> {
      if (open) {
        keep(hiders.stdout.end(), "stdout");
        keep(hiders.stderr.end(), "stderr");
        open = false;
        closeSync(file);
      }
      return { stderr, found: hiders.stdout.found() || hiders.stderr.found() };
    },
  };
}
