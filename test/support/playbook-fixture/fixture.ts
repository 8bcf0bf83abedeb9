import type { HistoryStep } from "../make-chore-world.ts";

/** A playbook's fixture: a repository in which it finds something real, and one in which it finds nothing. */
export interface PlaybookFixture {
  readonly id: string;
  readonly found: readonly HistoryStep[];
  readonly clean: readonly HistoryStep[];
  /** Subjects, in any order. */
  readonly subjects: readonly string[] | ((root: string) => readonly string[]);
  /** The repository's name in its domain; default `home`. */
  readonly repo?: string;
  /** The option that is taken; default the first. */
  readonly option?: string;
  /** Texts that the files hold afterwards; `undefined`: the file is gone. */
  readonly after: Readonly<Record<string, string | undefined>> | ((root: string) => Readonly<Record<string, string | undefined>>);
  /** It cannot be mended by script: found again, and settled by what was written. */
  readonly remains?: boolean;
  /** What `detect` is told. */
  readonly env?: Readonly<Record<string, string>>;
}

export const now = { MOS_NOW: "2026-11-23T08:00:00.000Z" } as const;
