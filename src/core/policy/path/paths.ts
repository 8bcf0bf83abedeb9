/** Paths as text. Only the kernel knows where a path leads (P4): what is decided here is decided again on what it says. */

/** Absolute, with `..` kept: where a link stands before it, only the kernel knows what it means. */
export function joinPath(folder: string, path: string): string {
  if (path.startsWith("/")) return path;
  if (path === "" || path === ".") return folder;
  return folder.endsWith("/") ? folder + path : `${folder}/${path}`;
}

/** `.` and `..` and doubled slashes taken out, as text. Absolute in, absolute out. */
export function normalisePath(path: string): string {
  if (!/\/\.{0,2}(\/|$)/.test(path)) return path;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** Whether `path` is `folder` or lies in it. Both normalised. */
export function isInside(path: string, folder: string): boolean {
  if (!path.startsWith(folder)) return false;
  return path.length === folder.length || folder === "/" || path.charCodeAt(folder.length) === 47;
}

export function parentOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at <= 0 ? "/" : path.slice(0, at);
}

export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What comes after `folder/`; empty for the folder itself. */
export function relativeTo(folder: string, path: string): string {
  return path.length === folder.length ? "" : path.slice(folder === "/" ? 1 : folder.length + 1);
}

/** `~` is the operator's home; another user's is looked for where homes are. */
export function expandTilde(path: string, home: string): string {
  if (!path.startsWith("~")) return path;
  if (path === "~" || path.startsWith("~/")) return home + path.slice(1);
  const user = path.slice(1).split("/")[0] as string;
  if (!/^[a-z_][a-z0-9_-]*$/i.test(user)) return path;
  return `${user === "root" ? "/root" : `/home/${user}`}${path.slice(1 + user.length)}`;
}

/** One name as a file system that ignores case and invisible characters compares it: `.GIT` is `.git`. */
export function foldName(name: string): string {
  return /^[\x20-\x7e]*$/.test(name)
    ? name.toLowerCase()
    : name
        .normalize("NFKC")
        .replace(/\p{Cf}/gu, "")
        .toLowerCase();
}

/** How paths of a machine begin: `/etc/hosts` is one, `/api/users` and `/vercel/next.js` are other things with a slash. */
export const systemRoot =
  /^\/(etc|root|home|var|boot|dev|sys|mnt|media|srv|run|proc|usr|opt|tmp|bin|sbin|lib\d*|work|Users|private|Volumes|Library|System|nix)(\/|$)/;
