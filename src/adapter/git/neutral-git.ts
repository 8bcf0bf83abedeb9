import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Runs `body` with a git folder that says nothing: over `objects`, but without settings, attributes, merge drivers, grafts,
 * replacements and a shallow file, neither of the repository nor of the person. Whatever a commit's parents and trees are,
 * git then sees (G1a). Gone afterwards.
 *
 * @param refsOf  a git folder whose refs are to be seen
 * @param body  gets the environment, and settings to give to git before its verb
 */
export async function withNeutralGit<T>(
  args: { objects: string; sha256: boolean; refsOf?: string },
  body: (env: Record<string, string>, settings: readonly string[]) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), "mos-neutral-"));
  try {
    mkdirSync(join(dir, "objects"));
    if (args.refsOf === undefined) mkdirSync(join(dir, "refs"));
    else
      for (const name of ["refs", "packed-refs"]) {
        const at = join(args.refsOf, name);
        if (existsSync(at)) symlinkSync(at, join(dir, name));
      }
    writeFileSync(join(dir, "HEAD"), "ref: refs/heads/none\n");
    const format = args.sha256
      ? "\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n"
      : "\trepositoryformatversion = 0\n";
    // Bare: the attributes of a working tree that happens to be the current folder count in no merge.
    writeFileSync(join(dir, "config"), `[core]\n\tbare = true\n${format}`);
    const env = {
      GIT_DIR: dir,
      GIT_OBJECT_DIRECTORY: args.objects,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_ATTR_NOSYSTEM: "1",
    };
    return await body(env, ["-c", "core.attributesFile=/dev/null", "-c", "core.commitGraph=false"]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
