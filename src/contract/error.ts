/** Exit codes of every command, in one table. */
export const exitCode = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  needsLogin: 4,
  findings: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/**
 * A failure that a person or a program can act on: what is wrong (naming the thing) and what to do about it.
 * Expected outcomes are values, not errors.
 *
 * @param code  stable, kebab-case, for programs: `config-invalid`
 * @param hint  the remedy, one sentence
 * @param exit  the process exit code, when this ends a command
 */
export class MosError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly exit: ExitCode;

  constructor(args: { code: string; message: string; hint: string; exit?: ExitCode; cause?: unknown }) {
    super(args.message, args.cause === undefined ? undefined : { cause: args.cause });
    this.name = "MosError";
    this.code = args.code;
    this.hint = args.hint;
    this.exit = args.exit ?? exitCode.failure;
  }
}

/** The end of a switch over a union: a case that the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
