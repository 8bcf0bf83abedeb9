import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";

const removeMsMax = 600_000;

/**
 * Removes a folder that a ticket's or setup's commands could write; none that is there is no error. Node gives up at folders that
 * they have closed and at paths longer than the kernel takes: these the system's own tools open and remove, which go from folder
 * to folder and follow no link.
 */
export function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    const options = { stdio: "ignore", timeout: removeMsMax } as const;
    try {
      execFileSync("chmod", ["-R", "u+rwX", "--", path], options);
    } catch {
      // What is another's cannot be opened, and may be removed all the same.
    }
    execFileSync("rm", ["-rf", "--", path], options);
  }
}
