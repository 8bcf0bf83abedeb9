import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { openCrontab } from "../adapter/host/crontab.ts";
import type { TimerPlace } from "../app/install-rhythm.ts";
import { MosError } from "../contract/error.ts";

/** What this machine runs by the clock, and how it starts this program. */
export function findTimerPlace(want: "systemd" | "cron" | undefined): TimerPlace {
  const crontab = findProgram("crontab");
  const kind = want ?? (existsSync("/run/systemd/system") || crontab === undefined ? "systemd" : "cron");
  const config = process.env.XDG_CONFIG_HOME;
  const home = config !== undefined && isAbsolute(config) ? config : join(homedir(), ".config");
  if (kind === "systemd") return { kind, folder: join(home, "systemd", "user") };
  if (crontab !== undefined) return { kind, crontab: openCrontab(crontab, process.env) };
  throw new MosError({ code: "no-crontab", message: "There is no crontab on this machine.", hint: "mos rhythm install --with systemd" });
}

export function findOwnProgram(): readonly string[] {
  return [process.execPath, realpathSync(process.argv[1] as string)];
}

function findProgram(name: string): string | undefined {
  const places = (process.env.PATH ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  return places
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
