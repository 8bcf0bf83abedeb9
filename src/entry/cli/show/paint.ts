/** Colours that vanish where they are not wanted. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

export function makePaint(colour: boolean): Paint {
  const wrap = (open: number, close: number) => (text: string) => (colour ? `\u001B[${open}m${text}\u001B[${close}m` : text);
  return { bold: wrap(1, 22), dim: wrap(2, 22), red: wrap(31, 39), green: wrap(32, 39), yellow: wrap(33, 39), cyan: wrap(36, 39) };
}

/** no-color.org first, then FORCE_COLOR, then whether a person is looking. */
export function wantsColour(args: { env: Readonly<Record<string, string | undefined>>; isTerminal: boolean; noColour: boolean }): boolean {
  if (args.noColour || (args.env.NO_COLOR ?? "") !== "") return false;
  const force = args.env.FORCE_COLOR;
  if (force !== undefined && force !== "") return force !== "0";
  return args.isTerminal && args.env.TERM !== "dumb";
}
