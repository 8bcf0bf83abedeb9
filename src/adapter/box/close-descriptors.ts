import { readdirSync, readFileSync } from "node:fs";

const closeOnExec = 0o2000000;

/**
 * A prefix that closes what this process inherited and would pass on: an open folder is a way out of a box. Descriptors
 * that Node opens itself close on exec; those of whoever started Master OS may not. Empty when there are none.
 *
 * @param kept  descriptors that the command needs
 */
export function closeInheritedArgv(kept: readonly number[]): string[] {
  const open = listInheritable().filter((descriptor) => !kept.includes(descriptor));
  if (open.length === 0) return [];
  // A bash whose input is a socket takes itself for a remote shell, and would run the start file of whoever started us.
  return ["/bin/bash", "--norc", "-c", `exec ${open.map((descriptor) => `${descriptor}>&-`).join(" ")}; exec "$@"`, "mos-close"];
}

function listInheritable(): number[] {
  return readdirSync("/proc/self/fd").flatMap((name) => {
    try {
      const flags = /^flags:\s+([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, "utf8"))?.[1] ?? "0";
      return (Number.parseInt(flags, 8) & closeOnExec) === 0 ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
