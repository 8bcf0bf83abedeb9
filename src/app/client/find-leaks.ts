import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

const fileBytesMax = 256 * 1024 ** 2;
const leaksMax = 20;

/**
 * Where in a tree a secret stands: in the content of a file, in a name, in what a link points at. What cannot be looked into
 * is named too. Only what changed since `sinceMs` is read: the kernel's own time of change is not the agent's to set.
 *
 * Reads plain files and folders and follows no link. Encrypted or compressed, a secret is not found: that it was never to be
 * had is what holds.
 */
export function findLeaks(args: { tree: string; forms: readonly string[]; sinceMs: number }): string[] {
  const { tree, forms, sinceMs } = args;
  const leaks: string[] = [];
  const isInText = (text: string) => forms.some((form) => text.includes(form));
  const look = (path: string): void => {
    if (leaks.length >= leaksMax) return;
    const at = join(tree, path);
    const found = lstatSync(at);
    if (isInText(path)) leaks.push(`the name of a file in ${path.split("/").slice(0, -1).join("/") || "."}`);
    if (found.isDirectory()) {
      for (const name of readdirSync(at)) if (path !== "" || name !== ".git") guarded(path === "" ? name : `${path}/${name}`);
    } else if (found.ctimeMs >= sinceMs) {
      if (found.isSymbolicLink()) {
        if (isInText(readlinkSync(at))) leaks.push(path);
      } else if (!found.isFile() || found.size > fileBytesMax) leaks.push(`${path} (cannot be looked into)`);
      else {
        const content = readFileSync(at);
        if (forms.some((form) => content.includes(form))) leaks.push(path);
      }
    }
  };
  const guarded = (path: string): void => {
    try {
      look(path);
    } catch {
      leaks.push(`${path || "."} (cannot be looked into)`);
    }
  };
  if (forms.length > 0) guarded("");
  return leaks;
}
