import { chmod, lstat, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { refLogName } from "../../core/gate/ref-log.ts";
import type { Repo } from "../../port/git.ts";

/** What became of the alarm in one repository. `path` is the hook's. */
export interface RefAlarm {
  readonly kind: "present" | "missing" | "stale" | "taken";
  readonly path: string;
}

const hookName = "reference-transaction";
const mark = "# Master OS: an alarm, no gate.";

/**
 * Whether git tells, in this repository, who moves its main outside a landing. `taken`: a hook of the operator's own is there,
 * or hooks lie elsewhere (`core.hooksPath`); neither is touched, and the watch over the tips still sees what moved.
 */
export async function examineRefAlarm(repo: Repo, args: { branch: string; adopt: string }): Promise<RefAlarm> {
  const path = join(await repo.gitDir(), "hooks", hookName);
  const elsewhere = (await repo.run(["config", "--local", "--get", "core.hooksPath"], { okExit: [0, 1] })).stdout.trim();
  if (elsewhere !== "") return { kind: "taken", path: `core.hooksPath ${elsewhere}` };
  const there = await lstat(path).catch(() => undefined);
  if (!there) return { kind: "missing", path };
  const text = there.isFile() ? await readFile(path, "utf8").catch(() => "") : "";
  if (!text.includes(mark)) return { kind: "taken", path };
  return { kind: text === writeHook(args) && (there.mode & 0o111) !== 0 ? "present" : "stale", path };
}

/** Puts the hook there, unless a hook of somebody else's is. May be repeated. Gives how it was found. */
export async function installRefAlarm(repo: Repo, args: { branch: string; adopt: string }): Promise<RefAlarm> {
  const found = await examineRefAlarm(repo, args);
  if (found.kind === "present" || found.kind === "taken") return found;
  await mkdir(join(found.path, ".."), { recursive: true });
  const next = `${found.path}.${process.pid}.mos`;
  await writeFile(next, writeHook(args));
  await chmod(next, 0o755);
  await rename(next, found.path);
  return found;
}

/** Takes back what `installRefAlarm` put there; somebody else's stays. */
export async function removeRefAlarm(repo: Repo): Promise<void> {
  const path = join(await repo.gitDir(), "hooks", hookName);
  if ((await readFile(path, "utf8").catch(() => "")).includes(mark)) await rm(path, { force: true });
}

/**
 * Runs after each ref transaction of any git but Master OS's own, which runs no hooks. It refuses nothing and never fails: what it
 * knows goes into a bounded file of the git folder, which the sweep reads, and a line tells the person what to do.
 */
function writeHook({ branch, adopt }: { branch: string; adopt: string }): string {
  return `#!/bin/sh
${mark} It notes who moves ${JSON.stringify(branch)} outside a landing.
case $1 in prepared | committed) ;; *) exit 0 ;; esac
log=\${0%/*}/../${refLogName}
moved=
while read -r old new ref; do
  case $ref in
    ${quote(`refs/heads/${branch}`)} | refs/mos/*) ;;
    *) continue ;;
  esac
  # Git says neither whether a ref is only being packed nor always what it was. Before: what it is. After: whether it is gone.
  now=$(git rev-parse -q --verify "$ref" 2>/dev/null)
  case $new in *[!0]*) gone= ;; *) gone=1 ;; esac
  if [ "$1" = prepared ]; then
    if [ -n "$gone" ] || [ "$now" = "$new" ]; then continue; fi
  elif [ -z "$gone" ] || [ -n "$now" ]; then continue; fi
  case $ref in refs/heads/*) moved=1 ;; esac
  if [ -f "$log" ] && [ "$(wc -c <"$log")" -gt 262144 ]; then continue; fi
  caller=$(tr '\\000\\n' '  ' <"/proc/$PPID/cmdline" 2>/dev/null | cut -c1-200)
  printf '%s %s %s %s %s %s\\n' "$(date +%s)" "$(id -u)" "\${now:-$old}" "$new" "$ref" "$caller" >>"$log" 2>/dev/null
done
[ -z "$moved" ] || printf 'mos: %s moved outside a landing. Bring it in: %s\\n' ${quote(branch)} ${quote(adopt)} >&2
exit 0
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
