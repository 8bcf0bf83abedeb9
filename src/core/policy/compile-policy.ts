import type { Policy, PolicyDomain } from "../../contract/policy.ts";

/** What a policy is made of. All paths absolute and as the kernel resolves them. */
export interface PolicyFacts {
  readonly root: string;
  /** `<root>/.mos` */
  readonly stateDir: string;
  /** `operator` is one of them. A repository's git folder is the common one, not a worktree's. */
  readonly domains: readonly PolicyDomain[];
  /** The operator's home folder. */
  readonly home: string;
  /** Where Master OS's own program lies. */
  readonly programDir: string;
  /** More places that may be read: where a compiler lives, say. */
  readonly readable?: readonly string[];
  /** More that may be written. */
  readonly writable?: readonly string[];
  /** More that guards protect: absolute, or a name that is protected in any folder. */
  readonly protectedPaths?: readonly string[];
}

/** The policy of a workspace. Pure: the same facts give the same text. Throws nothing; `evaluate` refuses what makes no sense. */
export function compilePolicy(facts: PolicyFacts): Policy {
  const { root, stateDir, domains, home, programDir } = facts;
  return {
    schemaVersion: 1,
    root,
    stateDir,
    domains,
    home,
    protectedPaths: [
      ...protectedNames,
      ...protectedInHome.map((name) => `${home}/${name}`),
      ...protectedOnMachine,
      ...(facts.protectedPaths ?? []),
    ],
    programDir,
    readable: [...readable, ...(facts.readable ?? [])],
    writable: [...writable, ...(facts.writable ?? [])],
  };
}

/** In any folder: settings, hooks and rules of agent clients, and git's own. A client reads them where it is started. */
const protectedNames = [
  ...[".git", ".gitmodules"],
  ...[".claude", ".claude.json", ".claude-plugin", ".mcp.json", "managed-settings.json", "managed-settings.d", "managed-mcp.json"],
  ...[
    ".codex",
    ".gemini",
    ".opencode",
    "opencode.json",
    "opencode.jsonc",
    ".agents",
    ".cursor",
    ".cursorrules",
    ".aider.conf.yml",
    ".goosehints",
  ],
  ...[".bashrc", ".bash_profile", ".bash_login", ".bash_logout", ".profile", ".zshrc", ".zshenv", ".zprofile", ".gitconfig"],
];

/** A star at the end: every name that begins so. */
const protectedInHome = [
  ...[
    ".claude*",
    ".codex*",
    ".gemini*",
    ".opencode*",
    ".config/opencode",
    ".config/claude*",
    ".config/codex",
    ".config/gemini",
    ".cursor",
    ".aider*",
  ],
  ...[".bash*", ".profile", ".zsh*", ".zprofile", ".config/fish", ".inputrc", ".pam_environment", ".xprofile", ".config/environment.d"],
  ...[
    ".gitconfig",
    ".config/git",
    ".git-credentials",
    ".npmrc",
    ".config/npm",
    ".yarnrc*",
    ".config/pip",
    ".pip",
    ".pydistutils.cfg",
    ".config/gh",
  ],
  ...[
    ".ssh",
    ".gnupg",
    ".netrc",
    ".aws",
    ".config/gcloud",
    ".kube",
    ".docker",
    ".config/systemd",
    ".config/autostart",
    ".local/bin",
    "bin",
  ],
];

/** `/tmp/home` is the home folder of both boxes: a client's login may lie there. */
const protectedOnMachine = [
  "/tmp/home",
  "/etc/claude-code",
  "/etc/codex",
  "/etc/opencode",
  "/etc/gemini-cli",
  "/etc/profile*",
  "/etc/bash*",
  "/etc/zsh*",
  "/etc/environment",
  "/etc/gitconfig",
  "/etc/cron*",
  "/etc/systemd",
  "/etc/sudoers*",
  "/etc/shadow*",
  "/etc/ssh",
  "/etc/ld.so.preload",
];

/** Programs and what they need to run; of /etc only what tells nothing of the operator. */
const readable = [
  ...["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix/store"],
  ...["/System/Library", "/Library/Developer/CommandLineTools"],
  ...[
    "hosts",
    "hostname",
    "os-release",
    "debian_version",
    "issue",
    "passwd",
    "group",
    "nsswitch.conf",
    "resolv.conf",
    "services",
    "protocols",
  ].map((name) => `/etc/${name}`),
  ...[
    "ssl",
    "ca-certificates",
    "pki",
    "alternatives",
    "localtime",
    "timezone",
    "mime.types",
    "locale.gen",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "shells",
    "fonts",
    "terminfo",
    "python3",
    "npmrc",
  ].map((name) => `/etc/${name}`),
  ...["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/stdin", "/dev/stdout", "/dev/stderr"],
  ...["/sys/fs/cgroup", "/sys/devices/system/cpu"],
];

const writable = ["/tmp", "/var/tmp", "/dev/null", "/dev/full", "/dev/tty", "/dev/stdout", "/dev/stderr", "/dev/shm"];
