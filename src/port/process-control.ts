/** A process as leases name it: pid, and machine, boot, pid namespace and start, so that a recycled pid is another one. */
export interface ProcessMark {
  readonly pid: number;
  readonly process: string;
}

/** What may be done to processes of this machine that are known by their mark. Nothing is found, or ended, by a name. */
export interface ProcessControl {
  /** Ctrl-C. False where it is not there, not ours, or not of this machine. */
  interrupt(mark: ProcessMark): boolean;
  /** All that was started by it and by what it started, as it is now, boxes included; never this process or one that it runs in. */
  listBelow(mark: ProcessMark): ProcessMark[];
  /** At once, and that one alone. False as above, and for this process and those that it runs in. */
  kill(mark: ProcessMark): boolean;
}
