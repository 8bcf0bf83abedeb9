import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openCrontab } from "../../src/adapter/host/crontab.ts";
import { applyRhythm, boundRhythmLog, planRemoval, planRhythm, type TimerPlace } from "../../src/app/install-rhythm.ts";
import type { Workspace } from "../../src/contract/config.ts";
import { planCrontab, planSystemd } from "../../src/core/rhythm/plan-timers.ts";
import { makeTemporaryFolder } from "../support/make-repository.ts";

let folder: ReturnType<typeof makeTemporaryFolder>;
beforeEach(() => {
  folder = makeTemporaryFolder("mos-rhythm-");
});
afterEach(() => folder.remove());

const program = ["/usr/bin/node", "/opt/it's 100 %/$mos \"x\\y\\\\z.js"];
const env = { PATH: "/usr/bin:/opt/50%", HOME: "/home/o'b" };
const starts = { program, env };
const domain = (name: string, distill: string, scout = "0 7 * * *") => ({ name, rhythm: { scout, distill } });
const workspace = (domains = [domain("music", "30 18 * * 1-5"), domain("trading", "0 */4 * * *", "15 6 * * *")]) =>
  ({ root: folder.path, stateDir: join(folder.path, ".mos"), domains, operator: domain("operator", "0 20 * * *") }) as unknown as Workspace;

describe("K2: systemd's user timers", () => {
  const placeOf = () => ({ kind: "systemd" as const, folder: join(folder.path, "user") });

  test("K2: a timer for each turn of each domain, shown as it will be; a second time there is nothing to write", async () => {
    const place = placeOf();
    const changes = await planRhythm({ workspace: workspace(), place, starts });
    expect(existsSync(place.folder)).toBe(false);
    const names = changes.map(({ file, link }) => `${basename(file).replace(/^mos-[0-9a-f]{8}-/, "")}${link ? " link" : ""}`);
    expect(names).toEqual(
      ["music", "trading", "operator"].flatMap((name) =>
        ["scout", "distill"].flatMap((kind) => [`${kind}-${name}.service`, `${kind}-${name}.timer`, `${kind}-${name}.timer link`]),
      ),
    );
    const textOf = (name: string) => changes.find(({ file, link }) => file.endsWith(name) && !link)?.after ?? "";
    expect(textOf("distill-music.service").split("\n").slice(1)).toEqual([
      "[Unit]",
      `Description=Master OS: distill music (${folder.path})`,
      "",
      "[Service]",
      "Type=oneshot",
      'Environment="PATH=/usr/bin:/opt/50%%"',
      'Environment="HOME=/home/o\'b"',
      `ExecStart=:"/usr/bin/node" "/opt/it's 100 %%/$mos \\"x\\\\y\\\\\\\\z.js" "rhythm" "turn" "distill" "--domain" "music" "--workspace" "${folder.path}" "--no-input"`,
      "Nice=10",
      "",
    ]);
    expect(textOf("distill-music.timer")).toContain("OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 18:30:00\nPersistent=true\n");
    expect(textOf("scout-trading.timer")).toContain("OnCalendar=*-*-* 6:15:00\n");
    await applyRhythm(place, changes);
    for (const { file, after, link } of changes) {
      if (!link) expect(readFileSync(file, "utf8")).toBe(after);
      else expect(lstatSync(file).isSymbolicLink()).toBe(true);
    }
    expect(await planRhythm({ workspace: workspace(), place, starts })).toEqual([]);
  });

  test("K2: a second install says the difference: another time, and what mos.yaml no longer names goes", async () => {
    const place = placeOf();
    await applyRhythm(place, await planRhythm({ workspace: workspace(), place, starts }));
    const changes = await planRhythm({ workspace: workspace([domain("music", "45 18 * * 1-5")]), place, starts });
    const shown = changes.map(({ file, before, after, link }) => [
      basename(file).slice("mos-00000000-".length),
      link ? "link" : "file",
      before === undefined ? "new" : after === undefined ? "gone" : "changed",
    ]);
    expect(shown).toEqual([
      ["distill-music.timer", "file", "changed"],
      ["distill-trading.service", "file", "gone"],
      ["distill-trading.timer", "link", "gone"],
      ["distill-trading.timer", "file", "gone"],
      ["scout-trading.service", "file", "gone"],
      ["scout-trading.timer", "link", "gone"],
      ["scout-trading.timer", "file", "gone"],
    ]);
    expect(changes[0]?.before).toContain("18:30:00");
    expect(changes[0]?.after).toContain("18:45:00");
    await applyRhythm(place, changes);
    expect(readdirSync(place.folder).filter((name) => name.includes("trading"))).toEqual([]);
    expect(readdirSync(join(place.folder, "timers.target.wants")).filter((name) => name.includes("trading"))).toEqual([]);
  });

  test("K2: uninstall takes away what carries the mark, and nothing that only has the name or belongs to another workspace", async () => {
    const place = placeOf();
    const other = { ...workspace(), root: "/elsewhere/os" };
    await applyRhythm(place, await planRhythm({ workspace: other, place, starts }));
    const theirs = readdirSync(place.folder, { recursive: true, encoding: "utf8" }).sort();
    await applyRhythm(place, await planRhythm({ workspace: workspace(), place, starts }));
    const mark = /mos-([0-9a-f]{8})-/.exec(readdirSync(place.folder).find((name) => !theirs.includes(name)) ?? "")?.[1] ?? "";
    const mine = {
      "own.timer": "[Timer]\n",
      [`mos-${mark}-mine.service`]: "[Service]\n",
      [`mos-${mark}-distill-music.service.d/x.conf`]: "[Service]\n",
    };
    for (const [name, text] of Object.entries(mine)) {
      mkdirSync(join(place.folder, name, ".."), { recursive: true });
      writeFileSync(join(place.folder, name), text);
    }
    symlinkSync(join(place.folder, "own.timer"), join(place.folder, `mos-${mark}-link.timer`));
    const changes = await planRemoval({ workspace: workspace(), place });
    expect(changes).toHaveLength(18);
    await applyRhythm(place, changes);
    expect(readdirSync(place.folder, { recursive: true, encoding: "utf8" }).sort()).toEqual(
      [...theirs, ...Object.keys(mine), `mos-${mark}-distill-music.service.d`, `mos-${mark}-link.timer`].sort(),
    );
    expect(await planRemoval({ workspace: workspace(), place })).toEqual([]);
  });

  test("K2: somebody else's file under the name of ours is never written over, nor followed", async () => {
    const place = placeOf();
    const [first] = await planRhythm({ workspace: workspace(), place, starts });
    mkdirSync(place.folder, { recursive: true });
    const victim = join(folder.path, "victim");
    writeFileSync(victim, "mine\n");
    symlinkSync(victim, first?.file ?? "");
    await expect(planRhythm({ workspace: workspace(), place, starts })).rejects.toMatchObject({ code: "rhythm-foreign" });
    rmSync(first?.file ?? "");
    const changes = await planRhythm({ workspace: workspace(), place, starts });
    symlinkSync(victim, `${first?.file}.mos-new`);
    await applyRhythm(place, changes);
    expect(readFileSync(victim, "utf8")).toBe("mine\n");
    expect(lstatSync(first?.file ?? "").isFile()).toBe(true);
  });

  test.skipIf(spawnSync("systemd-analyze", ["--version"]).status !== 0)(
    "K2: systemd itself reads the units, and finds in them what was meant",
    async () => {
      const place = placeOf();
      const tool = join(folder.path, "it's 100 %", '$mos "x\\y');
      mkdirSync(join(tool, ".."));
      writeFileSync(tool, "#!/bin/sh\n");
      chmodSync(tool, 0o755);
      await applyRhythm(place, await planRhythm({ workspace: workspace(), place, starts: { ...starts, program: [tool, ...program] } }));
      const units = readdirSync(place.folder).filter((name) => /\.(?:service|timer)$/.test(name));
      expect(units).toHaveLength(12);
      const verify = spawnSync("systemd-analyze", ["verify", "--user", "--man=no", ...units.map((name) => join(place.folder, name))], {
        encoding: "utf8",
        env: { ...process.env, HOME: folder.path, XDG_RUNTIME_DIR: folder.path, XDG_CONFIG_HOME: folder.path },
      });
      const complaints = verify.stderr.split("\n").filter((line) => line.includes("mos-") || line.includes(folder.path));
      expect(complaints).toEqual([]);
      expect(verify.status).toBe(0);
      // That it would say so: the same with a program that is not there.
      const [service = ""] = units.filter((name) => name.endsWith(".service"));
      const broken = join(place.folder, "broken.service");
      writeFileSync(broken, readFileSync(join(place.folder, service), "utf8").replace(/ExecStart=:"[^"]*it/, 'ExecStart=:"/none'));
      const bad = spawnSync("systemd-analyze", ["verify", "--user", "--man=no", broken], {
        encoding: "utf8",
        env: { ...process.env, HOME: folder.path },
      });
      expect(bad.status).not.toBe(0);
    },
  );
});

describe("K2: a crontab", () => {
  /** As Debian's: what is installed is given back, without one it says so. */
  function openOwn(): { place: TimerPlace & { kind: "cron" }; kept: string } {
    const kept = join(folder.path, "kept");
    const tool = join(folder.path, "crontab");
    writeFileSync(
      tool,
      `#!/bin/sh\nif [ "$1" = -l ]; then cat "${kept}" 2>/dev/null || { echo "no crontab for me" >&2; exit 1; }; else cat > "${kept}"; fi\n`,
    );
    chmodSync(tool, 0o755);
    return { place: { kind: "cron", crontab: openCrontab(tool, process.env) }, kept };
  }

  test("K2: the workspace's lines are a block of their own, renewed in place; all others stay", async () => {
    const { place, kept } = openOwn();
    await applyRhythm(place, await planRhythm({ workspace: workspace(), place, starts }));
    const first = readFileSync(kept, "utf8");
    expect(first.split("\n")).toHaveLength(9);
    expect(first.split("\n")[2]).toMatch(
      /^30 18 \* \* 1-5 PATH='.*' '\/usr\/bin\/node' .* 'rhythm' 'turn' 'distill' '--domain' 'music' .* >>'.*\/\.mos\/rhythm\.log' 2>&1$/,
    );
    expect(await planRhythm({ workspace: workspace(), place, starts })).toEqual([]);
    writeFileSync(kept, `MAILTO=me\n${first}1 1 * * * mine % \\\n`);
    const changes = await planRhythm({ workspace: workspace([]), place, starts });
    await applyRhythm(place, changes);
    const second = readFileSync(kept, "utf8");
    expect(second).toMatch(/^MAILTO=me\n# mos rhythm [0-9a-f]{8} begin\n/);
    expect(second.endsWith(" end\n1 1 * * * mine % \\\n")).toBe(true);
    expect(second).not.toContain("music");
    expect(second.match(/'distill'/g)).toHaveLength(1);
    await applyRhythm(place, await planRemoval({ workspace: workspace(), place }));
    expect(readFileSync(kept, "utf8")).toBe("MAILTO=me\n1 1 * * * mine % \\\n");
    expect(await planRemoval({ workspace: workspace(), place })).toEqual([]);
  });

  test("K2: one that was changed since it was shown is not written over; one that is torn is refused", async () => {
    const { place, kept } = openOwn();
    const changes = await planRhythm({ workspace: workspace(), place, starts });
    writeFileSync(kept, "1 1 * * * new\n");
    await expect(applyRhythm(place, changes)).rejects.toMatchObject({ code: "rhythm-changed" });
    expect(readFileSync(kept, "utf8")).toBe("1 1 * * * new\n");
    const plan = { root: "/w", mark: "0".repeat(8), program, env, log: "/w/log", lines: [] };
    for (const torn of [
      "# mos rhythm 00000000 begin\n1 1 * * * mine\n",
      "# mos rhythm 00000000 begin\n# mos rhythm 00000000 begin\n# mos rhythm 00000000 end\n",
    ]) {
      expect(() => planCrontab(plan, torn)).toThrow(/without its "# mos rhythm/);
    }
    expect(() =>
      planCrontab({ ...plan, program: ["x".repeat(1000)], lines: [{ kind: "scout", domain: "music", cron: "0 1 * * *" }] }, ""),
    ).toThrow(/longer/);
  });

  test("K2: the command that cron hands to sh has the very arguments, whichever way its cron reads a backslash", async () => {
    const tool = join(folder.path, "it's 100 %", '$mos "x\\y\\\\z');
    mkdirSync(join(tool, ".."));
    writeFileSync(tool, '#!/bin/sh\nprintf "%s\\n" "$PATH" "$HOME" "$@" > "$OUT"\n');
    chmodSync(tool, 0o755);
    const plan = {
      root: join(folder.path, "50%% \\% o's"),
      mark: "0".repeat(8),
      program: [tool],
      env,
      log: join(folder.path, "a %\\ log"),
      lines: [],
    };
    const text = planCrontab({ ...plan, lines: [{ kind: "scout", domain: "music", cron: "0 1 * * *" }] }, "");
    const command = (text.split("\n")[1] ?? "").split(" ").slice(5).join(" ");
    for (const takes of [false, true]) {
      const out = join(folder.path, `out-${takes}`);
      execFileSync("/bin/sh", ["-c", readAsCron(command, takes)], { env: { OUT: out, PATH: "/usr/bin:/bin" } });
      expect(readFileSync(out, "utf8").split("\n")).toEqual([
        env.PATH,
        env.HOME,
        "rhythm",
        "turn",
        "scout",
        "--domain",
        "music",
        "--workspace",
        plan.root,
        "--no-input",
        "",
      ]);
      expect(existsSync(plan.log)).toBe(true);
    }
  });

  /** Vixie's cron leaves the backslash before a % for sh; cronie takes it away, and one of two. A bare % ends the command. */
  function readAsCron(command: string, takes: boolean): string {
    let read = "";
    for (let at = 0; at < command.length; at += 1) {
      const [sign, next = ""] = [command[at] as string, command[at + 1]];
      if (sign === "%") return read;
      if (sign === "\\" && next !== "") {
        read += takes && (next === "%" || next === "\\") ? next : sign + next;
        at += 1;
      } else read += sign;
    }
    return read;
  }
});

test("K2: what the lines say is kept to a mebibyte and the one before; a turn that is being written loses nothing", () => {
  const { stateDir } = workspace();
  mkdirSync(stateDir);
  boundRhythmLog({ stateDir });
  const file = join(stateDir, "rhythm.log");
  writeFileSync(file, "a".repeat(1_048_576));
  boundRhythmLog({ stateDir });
  expect(readdirSync(stateDir)).toEqual(["rhythm.log"]);
  const written = openSync(file, "a");
  writeSync(written, "\nsecond\n");
  boundRhythmLog({ stateDir });
  writeSync(written, "the rest\n");
  closeSync(written);
  expect(readdirSync(stateDir)).toEqual(["rhythm.log.1"]);
  expect(readFileSync(`${file}.1`, "utf8").split("\n").slice(1)).toEqual(["second", "the rest", ""]);
  writeFileSync(file, "b".repeat(1_048_577));
  boundRhythmLog({ stateDir });
  expect(readdirSync(stateDir)).toEqual(["rhythm.log.1"]);
  expect(readFileSync(`${file}.1`, "utf8")).toBe("b".repeat(1_048_577));
});

test("K2: nothing of mos.yaml or of a path makes a line of its own", () => {
  const line = { kind: "distill" as const, domain: "music", cron: "0 1\n* *\n*" };
  const plan = { root: "/w", mark: "0".repeat(8), program, env, log: "/w/log", lines: [line] };
  expect(planCrontab(plan, "").split("\n")).toHaveLength(4);
  expect(planSystemd(plan)[1]?.text).toContain("OnCalendar=*-*-* 1:0:00\n");
  for (const bad of [
    { root: "/w\nExecStart=/bin/sh" },
    { env: { ...env, PATH: "/usr\r/bin" } },
    { program: ["/x\u0000y"] },
    { log: "/w\n* * * * * sh" },
  ]) {
    if (!("log" in bad)) expect(() => planSystemd({ ...plan, ...bad })).toThrow(/line end or a control character/);
    expect(() => planCrontab({ ...plan, ...bad }, "")).toThrow(/line end or a control character/);
  }
});
