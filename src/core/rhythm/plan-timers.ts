import { MosError } from "../../contract/error.ts";
import { readCron, renderCalendar, renderCron } from "./read-cron.ts";

/** One line of the rhythm as the machine's own clock runs it. */
export interface TimerLine {
  readonly kind: "scout" | "distill";
  readonly domain: string;
  /** Five fields, local time. */
  readonly cron: string;
}

export interface TimerPlan {
  /** Absolute; of the workspace. */
  readonly root: string;
  /** Eight letters that follow from the root: two workspaces' timers do not meet. */
  readonly mark: string;
  /** Node and the program, absolute. */
  readonly program: readonly string[];
  /** What it finds its own programs by: a clock starts with hardly any environment. */
  readonly env: Readonly<Record<"PATH" | "HOME", string>>;
  /** Absolute: where cron, which keeps no journal, puts what is said. */
  readonly log: string;
  readonly lines: readonly TimerLine[];
}

/** The first line of every unit that is ours: what begins otherwise is somebody else's, whatever its name. */
export function markLine(mark: string): string {
  return `# mos rhythm ${mark}: written by mos rhythm install, taken away by mos rhythm uninstall`;
}

/** Whether a unit of that text is this workspace's. */
export function isMarked(text: string, mark: string): boolean {
  return text.startsWith(`# mos rhythm ${mark}:`);
}

/** What a unit of this workspace is called. */
export function unitPrefix(mark: string): string {
  return `mos-${mark}-`;
}

/** Files of systemd's for a person's own timers, by name: a service and a timer for each line. */
export function planSystemd(plan: TimerPlan): { readonly name: string; readonly text: string }[] {
  return plan.lines.flatMap((line) => {
    const name = `${unitPrefix(plan.mark)}${line.kind}-${line.domain}`;
    const cron = readCron(line.cron, nameLine(line));
    const service = [
      markLine(plan.mark),
      "[Unit]",
      `Description=Master OS: ${line.kind} ${line.domain} (${refuseControl(plan.root).replace(/%/g, "%%")})`,
      "",
      "[Service]",
      "Type=oneshot",
      ...Object.entries(plan.env).map(([key, value]) => `Environment=${quoteUnit(`${key}=${value}`)}`),
      // The colon: nothing in it is a variable.
      `ExecStart=:${toUnitCommand(commandOf(plan, line)).map(quoteUnit).join(" ")}`,
      "Nice=10",
    ];
    const timer = [
      markLine(plan.mark),
      "[Unit]",
      `Description=The rhythm of ${line.domain}: ${line.kind}`,
      "",
      "[Timer]",
      ...renderCalendar(cron).map((when) => `OnCalendar=${when}`),
      "Persistent=true",
      "",
      "[Install]",
      "WantedBy=timers.target",
    ];
    return [
      { name: `${name}.service`, text: `${service.join("\n")}\n` },
      { name: `${name}.timer`, text: `${timer.join("\n")}\n` },
    ];
  });
}

/**
 * The crontab with this workspace's lines in a block of their own, renewed where it stands and at the end when it is new; all other
 * lines stay to the byte. Without lines the block goes.
 *
 * @throws MosError `crontab-torn` where the block has no end: what is below it may be somebody else's
 */
export function planCrontab(plan: TimerPlan, before: string): string {
  const [from, to] = [`# mos rhythm ${plan.mark} begin`, `# mos rhythm ${plan.mark} end`];
  const own = plan.lines.map((line) => {
    const env = Object.entries(plan.env).map(([key, value]) => `${key}=${quoteCron(value)}`);
    const words = [...env, ...commandOf(plan, line).map(quoteCron), `>>${quoteCron(plan.log)} 2>&1`];
    const command = words.join(" ");
    if (new TextEncoder().encode(command).length > commandBytesMax) throw tooLong(line);
    return `${renderCron(readCron(line.cron, nameLine(line)))} ${command}`;
  });
  const block = own.length === 0 ? [] : [from, ...own, to];
  const kept: string[] = [];
  let [inside, placed] = [false, false];
  for (const line of before === "" ? [] : before.replace(/\n$/, "").split("\n")) {
    if (line === from) {
      if (inside) throw tornBlock(from, to);
      inside = true;
      if (!placed) kept.push(...block);
      placed = true;
    }
    if (!inside) kept.push(line);
    if (line === to) inside = false;
  }
  if (inside) throw tornBlock(from, to);
  const lines = placed ? kept : [...kept, ...block];
  if (!placed && block.length === 0) return before;
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** What Debian's cron takes of one command (MAX_COMMAND, with its end). */
const commandBytesMax = 998;

function tooLong(line: TimerLine): MosError {
  return new MosError({
    code: "rhythm-too-long",
    message: `${nameLine(line)}: with these paths its command is longer than the ${commandBytesMax} bytes that cron takes.`,
    hint: "mos rhythm install --with systemd, or mos daemon start",
  });
}

function tornBlock(from: string, to: string): MosError {
  return new MosError({
    code: "crontab-torn",
    message: `The crontab has "${from}" without its "${to}".`,
    hint: "Put that line back below the lines of the rhythm, or take the first one out: crontab -e",
  });
}

function nameLine({ kind, domain }: TimerLine): string {
  return `The ${kind} rhythm of ${domain}`;
}

function commandOf({ program, root }: TimerPlan, { kind, domain }: TimerLine): string[] {
  return [...program, "rhythm", "turn", kind, "--domain", domain, "--workspace", root, "--no-input"];
}

/** What would end a line, or hide one, has no place in what a machine runs by itself. */
function refuseControl(text: string): string {
  if (!/[\p{Cc}\u2028\u2029]/u.test(text)) return text;
  throw new MosError({
    code: "rhythm-path",
    message: `A timer cannot name ${JSON.stringify(text)}: it holds a line end or a control character.`,
    hint: "Move it to a path without one.",
  });
}

/** systemd starts no program with a quote or a backslash in its name, however it is written; env does. */
function toUnitCommand(command: readonly string[]): readonly string[] {
  return /["'\\]/.test(command[0] ?? "") ? ["/usr/bin/env", ...command] : command;
}

function quoteUnit(text: string): string {
  return `"${refuseControl(text).replace(/%/g, "%%").replace(/\\/g, "\\\\").replace(/"/g, '\\"')}"`;
}

/**
 * For sh, and for cron itself, to which a bare % is the end of the command, within quotes too. Some crons take the backslash away
 * that says otherwise, and one of two that stand together; it stands where both readings are the same.
 */
function quoteCron(text: string): string {
  const forms: Readonly<Record<string, string>> = { "'": "'\\''", "\\": "\\''", "%": "'\\%'" };
  return `'${refuseControl(text).replace(/['\\%]/g, (sign) => forms[sign] ?? sign)}'`;
}
