import type { Access, Act } from "../act.ts";
import { type Arg, plainArg } from "./arg.ts";
import { type CommandView, usePath } from "./command-view.ts";
import { hasOption, type Meaning, type OptionValues, type ReadArgs, readOptions, useOptions } from "./read-options.ts";

/** How a program treats its arguments. */
export interface FileSpec {
  /** What its positionals are. */
  readonly all: Meaning;
  /** Another meaning of the first, and of the last of at least two. */
  readonly first?: Meaning;
  readonly last?: Meaning;
  readonly values?: OptionValues;
  /** Reads or changes all that is below: always, or with one of these options. */
  readonly deep?: true | readonly string[];
  /** The last link is not followed: the name itself is removed or made. */
  readonly unfollowed?: true;
  /** With one of these options the positionals are written. */
  readonly writesWith?: readonly string[];
  /** Without a positional it looks at the folder it is in. */
  readonly here?: true;
  /** With one of these options, all positionals mean `all`: a target folder is named, a first one is no mode. */
  readonly plainWith?: readonly string[];
}

export function readFileCommand(view: CommandView, spec: FileSpec): Act[] {
  const values = spec.values ?? {};
  const read = readOptions(view.args, values);
  const deep = spec.deep === true || (spec.deep !== undefined && hasOption(read, ...spec.deep));
  const writes =
    spec.writesWith !== undefined &&
    read.options.some(({ name }) => spec.writesWith?.some((one) => name === one || name.startsWith(`${one}=`)));
  const given = read.positionals.length === 0 && spec.here ? [plainArg(".")] : read.positionals;
  return [
    ...useOptions(view, read, values),
    ...given.flatMap((arg, at) => {
      const meaning = meaningAt({ spec, read, at, count: given.length });
      if (meaning === "data") return [];
      return usePathAs(view, arg, writes ? "write" : meaning, { deep, unfollowed: spec.unfollowed === true });
    }),
  ];
}

function meaningAt(args: { spec: FileSpec; read: ReadArgs; at: number; count: number }): Meaning {
  const { spec, read, at, count } = args;
  if (spec.plainWith !== undefined && hasOption(read, ...spec.plainWith)) return spec.all;
  if (spec.first !== undefined && at === 0) return spec.first;
  if (spec.last !== undefined && at === count - 1 && at > 0) return spec.last;
  return spec.all;
}

function usePathAs(view: CommandView, arg: Arg, access: Access, how: { deep: boolean; unfollowed: boolean }): Act[] {
  const unfollowed = how.unfollowed && access === "remove";
  return usePath(view, arg, { access, deep: how.deep, ...(unfollowed ? { unfollowed: true } : {}) });
}
