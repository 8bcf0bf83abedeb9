import { chmodSync, existsSync, lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Cron } from "croner";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openCrontab } from "../../src/adapter/host/crontab.ts";
import { applyRhythm, planRhythm } from "../../src/app/install-rhythm.ts";
import type { Workspace } from "../../src/contract/config.ts";
import { planCrontab, planSystemd, toCalendar } from "../../src/core/rhythm/plan-timers.ts";
import { makeTemporaryFolder } from "../support/make-repository.ts";

let folder: ReturnType<typeof makeTemporaryFolder>;
beforeEach(() => {
  folder = makeTemporaryFolder("mos-rhythm-");
});
afterEach(() => folder.remove());

const program = ["/usr/bin/node", "/opt/it's 100 %/$mos.js"];
const domain = (name: string, distill: string) => ({ name, rhythm: { scout: "0 6 * * *", distill } });
const workspace = () =>
  ({
    root: folder.path,
    domains: [domain("music", "30 18 * * 1-5"), domain("trading", "0 */4 * * *")],
    operator: domain("operator", "0 20 * * *"),
  }) as unknown as Workspace;

test.each([
  ["30 18 * * *", ["*-*-* 18:30:00"]],
  ["0 */4 * * *", ["*-*-* 0/4:0:00"]],
  ["*/15 8-17 * * 1-5", ["Mon,Tue,Wed,Thu,Fri *-*-* 8..17:0/15:00"]],
  ["0 9 1,15 * *", ["*-*-1,15 9:0:00"]],
  ["0 9 1 jan-mar mon", ["*-1..3-1 9:0:00", "Mon *-1..3-* 9:0:00"]],
  ["5 0 * 8 7", ["Sun *-8-* 0:5:00"]],
])("K2: the rhythm %j is for systemd %j", (cron, calendar) => {
  expect(toCalendar(cron)).toEqual(calendar);
  // A line that mos.yaml takes.
  expect(() => new Cron(cron, { paused: true, mode: "5-part" })).not.toThrow();
});

test.each(["0 18 L * *", "@daily", "0 0 * * MON#2", "0 0 0 * * *"])("K2: %j is refused, for systemd has no word for it", (cron) => {
  expect(() => toCalendar(cron)).toThrow();
});

test("K2: a timer for each domain, shown as it will be; a second time there is nothing to write", async () => {
  const place = { kind: "systemd" as const, folder: join(folder.path, "user") };
  const changes = await planRhythm({ workspace: workspace(), place, program });
  expect(existsSync(place.folder)).toBe(false);
  expect(changes.map(({ file }) => file.replace(/^.*mos-[0-9a-f]{8}-/, ""))).toEqual(
    ["music", "trading", "operator"].flatMap((name) => [`distill-${name}.service`, `distill-${name}.timer`]),
  );
  expect(changes[0]?.after).toContain(
    `ExecStart="/usr/bin/node" "/opt/it's 100 %%/$$mos.js" "distill" "--domain" "music" "--workspace" "${folder.path}" "--no-input"\n`,
  );
  expect(changes[1]?.after).toContain("OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 18:30:00\nPersistent=true\n");
  await applyRhythm(place, changes);
  for (const { file, after } of changes) expect(readFileSync(file, "utf8")).toBe(after);
  const link = join(place.folder, "timers.target.wants", (changes[1]?.file ?? "").slice(place.folder.length + 1));
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(await planRhythm({ workspace: workspace(), place, program })).toEqual([]);
});

test("K2: in a crontab the workspace's lines are a block of their own, renewed in place; all others stay", async () => {
  const kept = join(folder.path, "kept");
  const tool = join(folder.path, "crontab");
  writeFileSync(
    tool,
    `#!/bin/sh\nif [ "$1" = -l ]; then cat "${kept}" 2>/dev/null || { echo "no crontab for me" >&2; exit 1; }; else cat > "${kept}"; fi\n`,
  );
  chmodSync(tool, 0o755);
  const place = { kind: "cron" as const, crontab: openCrontab(tool, process.env) };
  await applyRhythm(place, await planRhythm({ workspace: workspace(), place, program }));
  const first = readFileSync(kept, "utf8");
  expect(first.split("\n")[1]).toBe(
    `30 18 * * 1-5 '/usr/bin/node' '/opt/it'\\''s 100 '\\%'/$mos.js' 'distill' '--domain' 'music' '--workspace' '${folder.path}' '--no-input' >/dev/null`,
  );
  expect(await planRhythm({ workspace: workspace(), place, program })).toEqual([]);
  writeFileSync(kept, `MAILTO=me\n${first}1 1 * * * mine\n`);
  const changes = await planRhythm({ workspace: { ...workspace(), domains: [] }, place, program });
  await applyRhythm(place, changes);
  const second = readFileSync(kept, "utf8");
  expect(second.startsWith("MAILTO=me\n1 1 * * * mine\n# mos rhythm ")).toBe(true);
  expect(second).not.toContain("music");
  expect(second.match(/'distill'/g)).toHaveLength(1);
});

test("K2: a block that is torn is not written over", () => {
  const plan = { root: "/w", mark: "0".repeat(8), program, lines: [] };
  expect(() => planCrontab(plan, "# mos rhythm 00000000 begin\n1 1 * * * mine\n")).toThrow(/no "# mos rhythm/);
  expect(() => planSystemd({ ...plan, root: "/w\nExecStart=/bin/sh", lines: [{ domain: "music", cron: "0 1 * * *" }] })).toThrow(
    /cannot say/,
  );
});
