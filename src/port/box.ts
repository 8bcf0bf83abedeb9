/** A host path shown in the box. */
export interface Mount {
  readonly from: string;
  readonly to: string;
  readonly writable?: boolean;
}

export interface BoxLimits {
  readonly wallMs: number;
  readonly outputBytes: number;
  readonly memoryBytes: number;
  readonly processes: number;
}

export interface BoxCommand {
  /** Run as it stands, no shell: `["sh", "-c", command]` where a shell is wanted. */
  readonly argv: readonly string[];
  /** Later mounts lie over earlier ones. Nothing else of the host is there but /usr and a few files of /etc. */
  readonly mounts: readonly Mount[];
  /** Folders that hold several of the mounts, when that is known: it saves work, and shows nothing more. */
  readonly roots?: readonly string[];
  /** Empty, writable folders inside the box, gone with it; they lie over the mounts and must exist there. */
  readonly tmpfs?: readonly string[];
  /** Inside the box. */
  readonly cwd: string;
  /** Added to the clean environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly limits: BoxLimits;
  readonly input?: string;
  /** A host file that gets the whole output (bounded by limits), for the record. */
  readonly logFile?: string;
  /** Only for `setup`: the package registries, by a proxy that knows no other host. Default: no network at all. */
  readonly network?: "registries";
  readonly signal?: AbortSignal;
  /** Called with pieces of the output as they come. */
  readonly onOutput?: (text: string) => void;
}

export interface BoxResult {
  /** `null` when it was ended by a signal. */
  readonly exitCode: number | null;
  readonly endedBy: "exit" | "timeout" | "output-limit" | "abort" | "signal";
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
  readonly ms: number;
}

/** The tool box: where commands run (P6). */
export interface Box {
  /** What it can enforce here, found by trying harmless probes; kept for the life of the process. */
  probe(): Promise<{ ok: true; kind: string } | { ok: false; reason: string; remedy: string }>;
  /** Throws `box-unavailable` where `probe` is not ok. A command that fails is a result, not an error. */
  run(command: BoxCommand): Promise<BoxResult>;
}
