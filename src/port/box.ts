/** A host path shown in the box. */
export interface Mount {
  readonly from: string;
  readonly to: string;
  readonly writable?: boolean;
}

export interface BoxLimits {
  readonly wallMs: number;
  readonly outputBytes: number;
  /** Of each process at once, by the kernel; of all together with what lies in temporary folders, looked at a few times a second. */
  readonly memoryBytes: number;
  /** In the box; other boxes do not count. */
  readonly processes: number;
  /** Written to disk, looked at a few times a second. Default 16 GiB. */
  readonly diskBytes?: number;
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
  /** Given to its standard input, which is closed after it. Pieces are sent as they come, for a run that is spoken with. */
  readonly input?: string | AsyncIterable<string>;
  /** A host file that gets the whole output (bounded by limits), for the record. */
  readonly logFile?: string;
  /**
   * Default: no network at all. `registries`, only for `setup`: the package registries, by a proxy that knows no other
   * host. `relay`, only for a client's run: what comes to 127.0.0.1:3129 in the box is carried to that unix socket of
   * the host, and nothing else is there.
   */
  readonly network?: "registries" | { readonly relay: string };
  /** The uid and gid of the host that it runs as, where Master OS is root. Default 20001. Inside it is 20001 in any case. */
  readonly asUid?: number;
  /** Whether it may make unix sockets. Default no, but where `network` needs them. */
  readonly unixSockets?: boolean;
  readonly signal?: AbortSignal;
  /** Called with pieces of the output as they come, whole characters each. */
  readonly onOutput?: (text: string, stream: "stdout" | "stderr") => void;
}

export interface BoxResult {
  /** `null` when it was ended by a signal. */
  readonly exitCode: number | null;
  readonly endedBy: "exit" | "timeout" | "output-limit" | "memory-limit" | "disk-limit" | "abort" | "signal";
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
  readonly ms: number;
}

/** Something that the box is to hold, and whether it did when it was tried. */
export interface BoxProperty {
  readonly name: string;
  readonly enforced: boolean;
  /** Without it nothing runs. */
  readonly essential: boolean;
  /** What was seen instead, or what it would need. */
  readonly detail?: string;
}

export type BoxProbe =
  | { readonly ok: true; readonly kind: string; readonly properties?: readonly BoxProperty[] }
  | { readonly ok: false; readonly reason: string; readonly remedy: string; readonly properties?: readonly BoxProperty[] };

/** The tool box: where commands run (P6). */
export interface Box {
  /** What it can enforce here, found by trying harmless probes; kept for the life of the process. */
  probe(): Promise<BoxProbe>;
  /** Throws `box-unavailable` where `probe` is not ok. A command that fails is a result, not an error. */
  run(command: BoxCommand): Promise<BoxResult>;
}
