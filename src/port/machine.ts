/** What the machine has, and how busy it is: asked before one more test run is begun. */
export interface Machine {
  readonly cores: number;
  /** Since some moment, of all cores together, in milliseconds: the difference of two readings says how busy it was between. */
  coreTimes(): { readonly busyMs: number; readonly allMs: number };
  /** What programs could still take. */
  freeMemoryBytes(): number;
}
