/** One line of the rhythm as the machine's own clock runs it. */
export interface TimerLine {
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
  readonly lines: readonly TimerLine[];
}

/** Files of systemd's for a person's own timers, by name: a service and a timer for each line. */
export function planSystemd(plan: TimerPlan): { readonly name: string; readonly text: string }[] {
  return plan.lines.flatMap((line) => {
    const name = `mos-${plan.mark}-distill-${line.domain}`;
    const service = [
      "[Unit]",
      `Description=Master OS distils ${line.domain} (${quoteUnit(plan.root, "")})`,
      "",
      "[Service]",
      "Type=oneshot",
      `ExecStart=${argumentsOf(plan, line.domain)
        .map((one) => quoteUnit(one, '"'))
        .join(" ")}`,
      "Nice=10",
    ];
    const timer = [
      "[Unit]",
      `Description=The rhythm of ${line.domain}: ${line.cron}`,
      "",
      "[Timer]",
      ...toCalendar(line.cron).map((when) => `OnCalendar=${when}`),
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

/** The crontab with this workspace's lines, in a block of their own at its end; all others stay to the byte. */
export function planCrontab(plan: TimerPlan, before: string): string {
  const [from, to] = [`# mos rhythm ${plan.mark} begin`, `# mos rhythm ${plan.mark} end`];
  const kept: string[] = [];
  let inside = false;
  for (const line of before === "" ? [] : before.replace(/\n$/, "").split("\n")) {
    if (line === from) inside = true;
    if (!inside) kept.push(line);
    if (line === to) inside = false;
  }
  if (inside) throw new Error(`the crontab has "${from}" and no "${to}"`);
  const own = plan.lines.map(({ cron, domain }) => `${cron} ${argumentsOf(plan, domain).map(quoteCron).join(" ")} >/dev/null`);
  return `${[...kept, from, ...own, to].join("\n")}\n`;
}

/**
 * A cron line as systemd says it; two where cron means either a day of the month or one of the week.
 *
 * @throws Error for a line that has not five fields of the plain kind
 */
export function toCalendar(cron: string): string[] {
  const [minute, hour, day, month, weekday, ...rest] = cron.trim().split(/\s+/);
  if (minute === undefined || hour === undefined || day === undefined || month === undefined || weekday === undefined || rest.length > 0) {
    throw new Error(`"${cron}" has not five fields`);
  }
  const [m, h, d, mo] = [toField(minute, 0), toField(hour, 0), toField(day, 1), toField(month, 1, monthNames)];
  const time = `${h}:${m}:00`;
  if (weekday === "*" || weekday === "?") return [`*-${mo}-${d} ${time}`];
  const days = `${toWeekdays(weekday)} *-${mo}-* ${time}`;
  return d === "*" ? [days] : [`*-${mo}-${d} ${time}`, days];
}

const monthNames = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const weekdayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

function toField(field: string, first: number, names: readonly string[] = []): string {
  const named = field.toLowerCase().replace(/[a-z]{3}/g, (name) => (names.includes(name) ? String(names.indexOf(name) + 1) : name));
  const parts = named.split(",").map((part) => {
    const [, range = "", step] = /^(\*|\?|\d+(?:-\d+)?)(?:\/(\d+))?$/.exec(part) ?? [];
    if (range === "") throw new Error(`"${field}" is no field that systemd can say`);
    if (range === "*" || range === "?") return step === undefined ? "*" : `${first}/${step}`;
    return `${range.replace("-", "..")}${step === undefined ? "" : `/${step}`}`;
  });
  return parts.includes("*") ? "*" : parts.join(",");
}

function toWeekdays(field: string): string {
  const names = weekdayNames.map((name) => name.toLowerCase());
  const numbered = field.toLowerCase().replace(/[a-z]{3}/g, (name) => (names.includes(name) ? String(names.indexOf(name)) : name));
  const days = numbered.split(",").flatMap((part) => {
    const [, from, to, step] = /^(\*|[0-7])(?:-([0-7]))?(?:\/([1-7]))?$/.exec(part) ?? [];
    if (from === undefined) throw new Error(`"${field}" is no field of weekdays that systemd can say`);
    const [low, high] = from === "*" ? [0, 6] : [Number(from), to === undefined ? (step === undefined ? Number(from) : 6) : Number(to)];
    const found: string[] = [];
    for (let day = low; day <= high; day += Number(step ?? 1)) found.push(weekdayNames[day] as string);
    return found;
  });
  return [...new Set(days)].join(",");
}

function argumentsOf({ program, root }: TimerPlan, domain: string): string[] {
  return [...program, "distill", "--domain", domain, "--workspace", root, "--no-input"].map((one) => {
    if (/[\n\r\0]/.test(one)) throw new Error(`a timer cannot say ${JSON.stringify(one)}`);
    return one;
  });
}

function quoteUnit(text: string, quote: '"' | ""): string {
  const safe = text.replace(/%/g, "%%");
  return quote === "" ? safe : `"${safe.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\$/g, "$$$$")}"`;
}

/** For sh, and for cron itself, to which a bare % is the end of the line. */
function quoteCron(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`.replace(/%/g, "'\\%'");
}
