import type { Config, Workspace } from "../contract/config.ts";

/** mos.yaml as it is being changed. Comments and order of what is not named stay as they are. */
export interface ConfigDraft {
  /** What stood in the file when the edit began. */
  readonly config: Config;
  /** `["domains", "music"]` → the value (an object replaces the whole). */
  set(at: readonly string[], value: unknown): void;
  remove(at: readonly string[]): void;
  /** What the file would mean as changed so far. Throws `config-invalid`. */
  validate(): Promise<Workspace>;
}

/** The workspace's mos.yaml. Errors: `config-invalid`, `config-busy`, `config-changed`, `config-unwritable`, `no-workspace`. */
export interface ConfigFile {
  readonly root: string;
  load(): Promise<Workspace>;
  /**
   * One edit at a time among all processes: locked, validated, written atomically. If `change` or the write fails,
   * the file is as it was. Not repeated by itself.
   */
  edit(change: (draft: ConfigDraft) => Promise<void> | void): Promise<Workspace>;
}
