import picomatch from "picomatch";

/**
 * Whether a changed path lies within what a ticket declared (T7). No touches: the whole repository. A trailing slash
 * stands for everything below; `*`, `**` and `?` are globs; every other sign stands for itself.
 */
export function isInsideTouches(path: string, touches: readonly string[]): boolean {
  return touches.length === 0 || touches.some((touch) => matcherOf(touch)(path));
}

const matchers = new Map<string, (path: string) => boolean>();
const matchersMax = 2000;

function matcherOf(touch: string): (path: string) => boolean {
  const known = matchers.get(touch);
  if (known !== undefined) return known;
  const matcher = picomatch(toGlob(touch), { dot: true, windows: false, nonegate: true, noextglob: true, nobrace: true });
  if (matchers.size >= matchersMax) matchers.clear();
  matchers.set(touch, matcher);
  return matcher;
}

/** Escapes what picomatch would read as more than our three globs: `[slug]`, `(group)`, `{a,b}`, `!x`, `+page`, `@scope`. */
function toGlob(touch: string): string {
  const below = touch.endsWith("/") ? `${touch}**/*` : touch;
  return below.replace(/[[\](){}!+@|$^.,\\"']/g, "\\$&");
}
