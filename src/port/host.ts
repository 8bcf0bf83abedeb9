/** The machine, as far as the doctor asks it. */
export interface Host {
  /** `20.20.2`. */
  nodeVersion(): string;
  /** Free for this user on the file system of `path`. */
  freeBytes(path: string): Promise<number>;
}
