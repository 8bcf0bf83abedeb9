import type { ViaKind } from "../shell-reading.ts";

/** A program that runs the command among its arguments. */
export interface Prefix {
  readonly kind: ViaKind;
  /** One-letter options that take a value. */
  readonly letters: string;
  /** Long ones that do, apart from `--name=value`. */
  readonly long?: readonly string[];
  /** Operands before the command: `timeout 5 CMD`. */
  readonly operands?: number;
  /** `X=1` before the command. */
  readonly assignments?: boolean;
  /** What follows is a text for a shell when it is one word or more: `watch`, `ssh`. */
  readonly asText?: boolean;
  /** Options whose value is a text for a shell: `su -c`. */
  readonly textOptions?: readonly string[];
  /** Options whose value is the folder in which it runs: `env -C`. */
  readonly folderOptions?: readonly string[];
  /** Options with which it runs nothing: `command -v`. */
  readonly inert?: readonly string[];
  /** Builtins of this shell are meant too: `command cd x`. */
  readonly isShell?: boolean;
  /** It is only supposed that it runs a command. */
  readonly isGuess?: boolean;
  /** A word that comes before the command: `docker exec`, `npm exec`. */
  readonly subcommands?: readonly string[];
}

const plain: Prefix = { kind: "wrapper", letters: "" };
const sudo: Prefix = {
  kind: "other-user",
  letters: "ugphCDRrtTUa",
  long: [
    "--user",
    "--group",
    "--prompt",
    "--host",
    "--close-from",
    "--chdir",
    "--chroot",
    "--role",
    "--type",
    "--command-timeout",
    "--other-user",
  ],
  assignments: true,
  folderOptions: ["-D", "--chdir"],
  inert: ["-l", "-v", "-k", "-K", "--list", "--validate"],
};
const su: Prefix = {
  kind: "other-user",
  letters: "csgGwTu",
  long: ["--command", "--session-command", "--shell", "--group", "--supp-group", "--whitelist-environment", "--user"],
  textOptions: ["-c", "--command", "--session-command"],
  operands: 1,
};
const container: Prefix = {
  kind: "elsewhere",
  letters: "vewuplhmnac",
  long: [
    "--volume",
    "--env",
    "--workdir",
    "--user",
    "--name",
    "--mount",
    "--network",
    "--entrypoint",
    "--publish",
    "--env-file",
    "--platform",
    "--memory",
  ],
  operands: 1,
  subcommands: ["run", "exec", "compose", "container"],
};
const runner: Prefix = {
  kind: "wrapper",
  letters: "pcwC",
  long: ["--package", "--call", "--workspace", "--prefix", "--dir", "--cwd", "--filter"],
  textOptions: ["-c", "--call"],
};
const packageRunner: Prefix = { ...runner, subcommands: ["exec", "x", "dlx", "run-script", "run"] };

/** Kept as data: a program is one row. */
export const prefixes: Readonly<Record<string, Prefix>> = {
  env: {
    kind: "wrapper",
    letters: "uCSaP",
    long: ["--unset", "--chdir", "--split-string", "--argv0"],
    assignments: true,
    folderOptions: ["-C", "--chdir"],
  },
  nice: { kind: "wrapper", letters: "n", long: ["--adjustment"] },
  ionice: { kind: "wrapper", letters: "cnpPu", long: ["--class", "--classdata", "--pid"] },
  nohup: plain,
  timeout: { kind: "wrapper", letters: "ks", long: ["--kill-after", "--signal"], operands: 1 },
  stdbuf: { kind: "wrapper", letters: "ioe", long: ["--input", "--output", "--error"] },
  setsid: plain,
  time: { kind: "wrapper", letters: "fo", long: ["--format", "--output"] },
  command: { kind: "wrapper", letters: "", inert: ["-v", "-V"], isShell: true },
  builtin: { kind: "wrapper", letters: "", isShell: true },
  exec: { kind: "wrapper", letters: "a" },
  coproc: plain,
  busybox: { kind: "wrapper", letters: "", inert: ["--list", "--help", "--install"] },
  toybox: plain,
  sudo,
  sudoedit: { ...sudo, inert: ["-e"] },
  doas: { kind: "other-user", letters: "uCa", assignments: true },
  pkexec: { kind: "other-user", letters: "u", long: ["--user"] },
  su,
  runuser: su,
  sg: { kind: "other-user", letters: "", operands: 1, textOptions: ["-c"], asText: true },
  gosu: { kind: "other-user", letters: "", operands: 1 },
  setpriv: { kind: "other-user", letters: "d", long: ["--reuid", "--regid", "--groups", "--inh-caps", "--ambient-caps", "--bounding-set"] },
  watch: { kind: "wrapper", letters: "nd", long: ["--interval"], asText: true },
  hyperfine: {
    kind: "wrapper",
    letters: "wmMrpcsn",
    long: ["--warmup", "--runs", "--prepare", "--cleanup", "--setup"],
    asText: true,
    textOptions: ["-p", "-c", "--prepare", "--setup", "--cleanup"],
  },
  flock: {
    kind: "wrapper",
    letters: "wEc",
    long: ["--timeout", "--wait", "--command", "--conflict-exit-code"],
    operands: 1,
    textOptions: ["-c", "--command"],
  },
  taskset: { kind: "wrapper", letters: "p", operands: 1 },
  chrt: { kind: "wrapper", letters: "TPD", operands: 1 },
  numactl: { kind: "wrapper", letters: "mNCipl", long: ["--membind", "--cpunodebind", "--interleave"] },
  prlimit: { kind: "wrapper", letters: "p" },
  choom: { kind: "wrapper", letters: "np" },
  setarch: { kind: "wrapper", letters: "", operands: 1 },
  linux32: plain,
  linux64: plain,
  i386: plain,
  strace: { kind: "wrapper", letters: "eopsaPEIuUSXbO", long: ["--trace", "--output", "--env"] },
  ltrace: { kind: "wrapper", letters: "eopsnalDuxFA" },
  perf: { kind: "wrapper", letters: "eopcFg", subcommands: ["stat", "record", "trace"] },
  valgrind: plain,
  gdb: { kind: "wrapper", letters: "xd", long: ["--command", "--directory"] },
  unbuffer: plain,
  chronic: plain,
  ts: plain,
  rlwrap: { kind: "wrapper", letters: "acfHC" },
  catchsegv: plain,
  fakeroot: { kind: "wrapper", letters: "lisb" },
  eatmydata: plain,
  proxychains: { kind: "wrapper", letters: "f" },
  proxychains4: { kind: "wrapper", letters: "f" },
  torsocks: plain,
  "xvfb-run": { kind: "wrapper", letters: "nsef", long: ["--server-args", "--server-num"] },
  "dbus-run-session": { kind: "wrapper", letters: "", long: ["--config-file"] },
  dotenv: { kind: "wrapper", letters: "efvc" },
  direnv: { kind: "wrapper", letters: "", subcommands: ["exec"], operands: 1 },
  mise: { kind: "wrapper", letters: "C", subcommands: ["exec", "x"] },
  unshare: { kind: "elsewhere", letters: "RwSG", long: ["--root", "--wd", "--setuid", "--setgid", "--propagation"] },
  nsenter: { kind: "elsewhere", letters: "tSGrw", long: ["--target", "--setuid", "--setgid"] },
  chroot: { kind: "elsewhere", letters: "", long: ["--userspec", "--groups"], operands: 1 },
  bwrap: { kind: "elsewhere", letters: "" },
  firejail: { kind: "elsewhere", letters: "" },
  proot: { kind: "elsewhere", letters: "rbwqk" },
  "systemd-run": {
    kind: "elsewhere",
    letters: "pGMHtuE",
    long: ["--unit", "--property", "--slice", "--uid", "--gid", "--working-directory", "--setenv"],
  },
  "systemd-inhibit": plain,
  ip: { kind: "elsewhere", letters: "n", subcommands: ["netns"], operands: 2 },
  ssh: { kind: "elsewhere", letters: "bcDEeFIiJLlmOopQRSWw", operands: 1, asText: true },
  docker: container,
  podman: container,
  nerdctl: container,
  kubectl: { kind: "elsewhere", letters: "nc", operands: 1, subcommands: ["exec", "run"] },
  screen: { kind: "elsewhere", letters: "ScehptTX" },
  tmux: {
    kind: "elsewhere",
    letters: "cfLSntsF",
    subcommands: ["new-session", "new", "new-window", "neww", "run-shell", "split-window", "respawn-pane"],
    asText: true,
  },
  at: { kind: "elsewhere", letters: "fqt", inert: ["-l"] },
  npx: runner,
  bunx: runner,
  uvx: runner,
  pipx: { ...runner, subcommands: ["run"] },
  npm: { ...packageRunner, subcommands: ["exec", "x"] },
  pnpm: { ...packageRunner, subcommands: ["exec", "dlx"] },
  yarn: { ...packageRunner, subcommands: ["exec", "dlx"] },
  uv: { ...packageRunner, subcommands: ["run"] },
  poetry: { ...packageRunner, subcommands: ["run"] },
  pipenv: { ...packageRunner, subcommands: ["run"] },
  pdm: { ...packageRunner, subcommands: ["run"] },
  hatch: { ...packageRunner, subcommands: ["run"] },
  conda: { ...packageRunner, letters: "np", subcommands: ["run"] },
  bundle: { ...packageRunner, subcommands: ["exec"] },
  rbenv: { ...packageRunner, subcommands: ["exec"] },
  pyenv: { ...packageRunner, subcommands: ["exec"] },
  entr: plain,
};
