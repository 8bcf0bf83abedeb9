import type { Progress } from "../../../port/world.ts";
import type { Paint } from "./paint.ts";
import { stripControl } from "./strip-control.ts";

/** Where the rows go: stderr. */
export interface ProgressSink {
  write(text: string): void;
  readonly columns: number;
}

export interface ProgressView {
  report(progress: Progress): void;
  /** Takes the live rows off the screen, before a prompt or the last word. The next report brings them back. */
  suspend(): void;
}

/**
 * Long work as rows: what is done becomes a line that stays, what is under way is redrawn below it. Piped, or with
 * an agent as the caller, each start and end is one plain line and nothing is redrawn.
 */
export function makeProgressView(args: {
  mode: "live" | "plain" | "silent";
  sink: ProgressSink;
  paint: Paint;
  nowMs: () => number;
}): ProgressView {
  if (args.mode === "silent") return { report: () => {}, suspend: () => {} };
  if (args.mode === "plain") return makePlainView(args.sink);
  return makeLiveView(args);
}

function makePlainView(sink: ProgressSink): ProgressView {
  return {
    report(progress) {
      if (progress.state === "update") return;
      if (isHeading(progress)) return sink.write(`${progress.stage}\n`);
      const who = nameOf(progress);
      sink.write(`${[progress.stage, who, wordOf[progress.state], oneLine(progress.text)].filter((part) => part !== "").join(" ")}\n`);
    },
    suspend: () => {},
  };
}

const wordOf = { start: "…", update: "…", done: "ok", failed: "FAILED", skipped: "skipped" } as const;
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMs = 100;
/** More rows than this are counted, not drawn: a screen redrawn past its height tears. */
const rowsMax = 12;

interface Row {
  progress: Progress;
  readonly startedMs: number;
}

function makeLiveView({ sink, paint, nowMs }: { sink: ProgressSink; paint: Paint; nowMs: () => number }): ProgressView {
  const rows = new Map<string, Row>();
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;

  const erase = () => {
    if (drawn > 0) sink.write(`\u001B[${drawn}A\u001B[0J`);
    drawn = 0;
  };
  const draw = () => {
    erase();
    const all = [...rows.values()];
    const shown = all.slice(0, rowsMax).map((row) => formatRow(row, { paint, nowMs: nowMs(), columns: sink.columns }));
    if (all.length > rowsMax) shown.push(paint.dim(`  … and ${all.length - rowsMax} more`));
    if (shown.length > 0) sink.write(`${shown.join("\n")}\n`);
    drawn = shown.length;
  };
  const rest = () => {
    if (timer !== undefined) clearInterval(timer);
    timer = undefined;
  };

  return {
    report(progress) {
      if (isHeading(progress)) {
        erase();
        sink.write(`${paint.bold(progress.stage)}\n`);
        return draw();
      }
      // A ticket is one row on its whole way; a domain has one in each stage.
      const key = progress.ticket ?? `${progress.stage}/${progress.domain ?? ""}`;
      const row = rows.get(key);
      if (progress.state === "start" || progress.state === "update") {
        if (row === undefined) rows.set(key, { progress, startedMs: nowMs() });
        else row.progress = progress.text === "" ? { ...progress, text: row.progress.text } : progress;
      } else {
        rows.delete(key);
        erase();
        sink.write(
          `${formatEnd(progress, { paint, ms: row === undefined ? undefined : nowMs() - row.startedMs, columns: sink.columns })}\n`,
        );
      }
      draw();
      if (rows.size === 0) rest();
      else if (timer === undefined) timer = setInterval(draw, frameMs).unref();
    },
    suspend() {
      rest();
      erase();
    },
  };
}

function formatRow(row: Row, args: { paint: Paint; nowMs: number; columns: number }): string {
  const frame = frames[Math.floor(args.nowMs / frameMs) % frames.length] as string;
  const age = formatSeconds(args.nowMs - row.startedMs);
  const text = fitWidth(`${row.progress.stage} ${nameOf(row.progress)} ${oneLine(row.progress.text)}`, args.columns - 4 - age.length);
  return `${args.paint.cyan(frame)} ${text} ${args.paint.dim(age)}`;
}

function formatEnd(progress: Progress, args: { paint: Paint; ms: number | undefined; columns: number }): string {
  const age = args.ms === undefined ? "" : formatSeconds(args.ms);
  const text = fitWidth(`${progress.stage} ${nameOf(progress)} ${oneLine(progress.text)}`, args.columns - 4 - age.length);
  const mark =
    progress.state === "done" ? args.paint.green("✔") : progress.state === "failed" ? args.paint.red("✖") : args.paint.yellow("↷");
  return `${mark} ${text}${age === "" ? "" : ` ${args.paint.dim(age)}`}`;
}

/** A stage of a session begins: a line above what it does. */
function isHeading({ domain, ticket, state }: Progress): boolean {
  return domain === undefined && ticket === undefined && state === "start";
}

/** Left out where the text begins with it already. */
function nameOf(progress: Progress): string {
  const name = oneLine(progress.ticket ?? progress.domain ?? "");
  return name !== "" && oneLine(progress.text).startsWith(name) ? "" : name;
}

function oneLine(text: string): string {
  return stripControl(text).replace(/\s+/g, " ").trim();
}

function fitWidth(text: string, width: number): string {
  const characters = [...text.replace(/ {2,}/g, " ")];
  return characters.length <= Math.max(width, 20) ? characters.join("") : `${characters.slice(0, Math.max(width, 20) - 1).join("")}…`;
}

function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
