import type { Access, Act } from "../act.ts";
import { type Arg, dropStart, plainArg, startOf } from "./arg.ts";
import { type CommandView, usePath } from "./command-view.ts";

const address = /^[a-z][a-z0-9+.-]*:\/\//i;
const embedded = /(?:^|[=:,@+'"(\s])((?:\/|~\/|\.\.\/)[^\s'":,;()]*)/g;

/** An argument of which nobody has said what it means: everything in it that looks like a path is one. */
export function scanWord(view: CommandView, arg: Arg, access: Access): Act[] {
  const start = startOf(arg);
  if (address.test(start) && !/^file:/i.test(start)) return [{ kind: "address", url: start, sends: false, shown: arg.text }];
  const option = /^(?:--?[\w-]+=|[A-Za-z_]\w*=|-[A-Za-z]+(?=[/~]|\.\.))/.exec(start);
  if (option) return scanWord(view, dropStart(arg, option[0].length), access);
  if (start.startsWith("-")) return [];
  const value = arg.value;
  if (value === undefined) return [...usePath(view, arg, { access }), ...scanPieces(view, arg, access)];
  const whole = /[\s'"`$;|<>]/.test(value) ? [] : usePath(view, arg, { access });
  if (!/[=:,@+'"(\s]/.test(value)) return whole;
  return [...whole, ...scanPieces(view, arg, access)];
}

function scanPieces(view: CommandView, arg: Arg, access: Access): Act[] {
  const text = arg.value ?? `${arg.prefix}`;
  return [...text.matchAll(embedded)]
    .filter((found) => found.index > 0 || found[0] !== text)
    .flatMap((found) => {
      const path = found[1] as string;
      // `//host`, a regex between slashes or a lone slash in prose names no file.
      if (path === "/" || path.startsWith("//")) return [];
      return usePath(view, plainArg(path), { access });
    });
}
