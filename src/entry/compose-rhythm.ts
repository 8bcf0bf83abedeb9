import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { openCrontab } from "../adapter/host/crontab.ts";
import type { TimerPlace, TimerProgram } from "../app/install-rhythm.ts";
import type { Workspace } from "../contract/config.ts";
import { MosError } from "../contract/error.ts";
import { clientNames } from "../port/agent-client.ts";

/** What this machine runs by the clock. */
export function findTimerPlace(want: "systemd" | "cron" | undefined): TimerPlace {
  const crontab = findProgram("crontab");
  const kind = want ?? (existsSync("/run/systemd/system") || crontab === undefined ? "systemd" : "cron");
  if (kind === "systemd") return systemdPlace();
  if (crontab !== undefined) return { kind, crontab: openCrontab(crontab, process.env) };
  throw new MosError({ code: "no-crontab", message: "There is no crontab on this machine.", hint: "mos rhythm install --with systemd" });
}

/** Every place in which something of ours may be. */
export function findTimerPlaces(): TimerPlace[] {
  const crontab = findProgram("crontab");
  return [systemdPlace(), ...(crontab === undefined ? [] : [{ kind: "cron" as const, crontab: openCrontab(crontab, process.env) }])];
}

/** How it starts this program: nothing of the shell that installs it is taken over but where programs are found. */
export function findTimerProgram({ config }: Pick<Workspace, "config">): TimerProgram {
  const program = [process.execPath, realpathSync(process.argv[1] as string)];
  const agents = Object.values(config.runtimes).flatMap((runtime) => (runtime.kind === "acp" ? (runtime.command[0] ?? []) : []));
  const found = ["git", "bwrap", ...clientNames, ...agents].flatMap((name) => findProgram(name) ?? []);
  const folders = [dirname(process.execPath), ...found.map((file) => dirname(file)), "/usr/local/bin", "/usr/bin", "/bin"];
  return { program, env: { PATH: [...new Set(folders)].join(delimiter), HOME: homedir() } };
}

function systemdPlace(): TimerPlace {
  const config = process.env.XDG_CONFIG_HOME;
  const home = config !== undefined && isAbsolute(config) ? config : join(homedir(), ".config");
  return { kind: "systemd", folder: join(home, "systemd", "user") };
}

/** Absolute; never in a folder that everybody may write to. */
function findProgram(name: string): string | undefined {
  if (name.includes("/")) return undefined;
  const places = (process.env.PATH ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  return places
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile() && (statSync(dirname(file)).mode & 0o002) === 0;
      } catch {
        return false;
      }
    });
}
