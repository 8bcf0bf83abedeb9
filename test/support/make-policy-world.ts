import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Decision, Policy, PolicyAgent, Role, ToolCall } from "../../src/contract/policy.ts";
import { compilePolicy } from "../../src/core/policy/compile-policy.ts";
import { decideCall } from "../../src/entry/compose-policy.ts";
import { makeTemporaryFolder } from "./make-repository.ts";

/** A workspace on disk, as far as a policy looks at it: folders and files with nothing in them, no git commands. */
export interface PolicyWorld {
  readonly root: string;
  readonly home: string;
  readonly worktree: string;
  readonly policy: Policy;
  readonly agent: PolicyAgent;
  /** Texts with `{{WS}}`, `{{WT}}`, `{{HOME}}` made those of this world. */
  fill<T>(value: T): T;
  decide(call: { tool: string; input: unknown; cwd?: string }, agent?: Partial<PolicyAgent>): Decision;
  /** For an agent that has none of the executor's places. */
  decideAs(call: { tool: string; input: unknown; cwd: string }, agent: PolicyAgent): Decision;
  as(role: Role, boxed?: boolean): PolicyAgent;
  remove(): void;
}

const domains = ["music", "agency", "trading", "tooling", "operator"];
const ticket = "MUS-7";

/** Domain `music` at `{{WS}}/domains/music`, its ticket's worktree at `{{WT}}`; `trading` is sealed. */
export function makePolicyWorld(): PolicyWorld {
  const { path: folder, remove } = makeTemporaryFolder("mos-policy-");
  const root = join(folder, "os");
  const home = join(folder, "home");
  const worktree = join(root, ".mos/worktrees", ticket);
  const write = (path: string, text = "") => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const domain of domains) {
    for (const file of ["README.md", "secret.env", "src/f.js", "wiki/index.md", ".git/HEAD", ".git/config", ".git/refs/heads/main"]) {
      write(join(root, "domains", domain, file));
    }
  }
  for (const file of ["store.db", "policy.json", "run/daemon.json", "tickets/T1.json", "worktrees/TRA-1/src/f.js"])
    write(join(root, ".mos", file));
  for (const file of ["mos.yaml", "playbooks/own.yaml", "notes.txt"]) write(join(root, file));
  for (const file of [".bashrc", ".claude/settings.json", ".ssh/id_ed25519", "letters/a.txt"]) write(join(home, file));
  for (const file of [
    "src/f.js",
    "docs/a.md",
    "trading/cards.json",
    "package.json",
    "wiki/index.md",
    ".claude/settings.json",
    "test/fixtures/settings.json",
  ]) {
    write(join(worktree, file));
  }
  write(join(worktree, ".git"), `gitdir: ${root}/domains/music/.git/worktrees/${ticket}\n`);
  symlinkSync(join(root, "domains/trading/secret.env"), join(worktree, "docs/link.env"));
  symlinkSync("../../../../domains", join(worktree, "docs/up"));
  symlinkSync("../src/f.js", join(worktree, "docs/inside.js"));
  symlinkSync("loop.js", join(worktree, "docs/loop.js"));
  linkSync(join(root, "domains/trading/secret.env"), join(worktree, "docs/twin.env"));
  const policy = compilePolicy({
    root,
    stateDir: join(root, ".mos"),
    home,
    programDir: "/usr/lib/node_modules/master-os",
    domains: domains.map((name) => ({
      name,
      sealed: name === "trading",
      repos: [
        { path: join(root, "domains", name), gitDir: join(root, "domains", name, ".git"), branch: name === "tooling" ? "release" : "main" },
      ],
    })),
  });
  const agent: PolicyAgent = { client: "claude", role: "executor", domain: "music", ticket, worktree, boxed: true };
  const fill = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value).replaceAll("{{WS}}", root).replaceAll("{{WT}}", worktree).replaceAll("{{HOME}}", home)) as T;
  return {
    root,
    home,
    worktree,
    policy,
    agent,
    fill,
    remove,
    decide: (call, other = {}) => decideCall(policy, { ...agent, ...other }, fill({ cwd: worktree, ...call }) as ToolCall),
    decideAs: (call, other) => decideCall(policy, other, fill(call)),
    as: (role, boxed = true) => {
      if (role !== "orchestrator") return { ...agent, role, boxed };
      return { client: "claude", role, boxed };
    },
  };
}
