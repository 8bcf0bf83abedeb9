import { type PolicyAgent, roles } from "../../contract/policy.ts";
import { type HookClient, hookClients, isHookClient } from "./client-form.ts";

/** What the hook was started with: fixed by whoever installed it, never by the agent. */
export interface HookArguments {
  readonly client: HookClient;
  readonly agent: PolicyAgent;
  /** Absent: looked for. */
  readonly workspace?: string;
  /** The policy's file where it does not lie in the workspace: in a client's box. */
  readonly policy?: string;
  /** Where a refusal's trace is left, when not below the workspace. */
  readonly spool?: string;
}

/** What the command line says of the agent, before it is believed. */
export interface AgentWords {
  readonly client: string;
  readonly role?: string | undefined;
  readonly domain?: string | undefined;
  readonly ticket?: string | undefined;
  readonly worktree?: string | undefined;
  readonly boxed: boolean;
}

const valued = ["role", "domain", "ticket", "worktree", "workspace", "policy", "spool"] as const;
type Valued = (typeof valued)[number];
const switches = ["boxed", "json", "no-input", "no-color"] as const;

/**
 * `CLIENT --role R --domain D [--ticket T] [--worktree W] [--workspace DIR] [--policy FILE] [--spool DIR] [--boxed]`.
 *
 * @throws Error whose message says what is wrong
 */
export function parseArguments(argv: readonly string[]): HookArguments {
  const values = new Map<Valued, string>();
  const words: string[] = [];
  let boxed = false;
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] as string;
    if (!word.startsWith("-")) {
      words.push(word);
      continue;
    }
    const [, name = "", inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if ((switches as readonly string[]).includes(name) && inline === undefined) {
      if (name === "boxed") boxed = true;
      continue;
    }
    if (!(valued as readonly string[]).includes(name)) throw new Error(`${word} is not an option of the hook`);
    if (inline === undefined) at += 1;
    const value = inline ?? argv[at];
    if (value === undefined || value === "") throw new Error(`--${name} has no value`);
    if (values.has(name as Valued)) throw new Error(`--${name} is given twice`);
    values.set(name as Valued, value);
  }
  const [client, ...more] = words;
  if (client === undefined || more.length > 0) throw new Error("it takes one client");
  const { client: known, agent } = readAgent({
    client,
    role: values.get("role"),
    domain: values.get("domain"),
    ticket: values.get("ticket"),
    worktree: values.get("worktree"),
    boxed,
  });
  return { client: known, agent, ...only("workspace", values), ...only("policy", values), ...only("spool", values) };
}

/**
 * The agent that these words describe.
 *
 * @throws Error whose message says what is wrong
 */
export function readAgent(words: AgentWords): { client: HookClient; agent: PolicyAgent } {
  const { client, role, domain, ticket, worktree, boxed } = words;
  if (!isHookClient(client)) throw new Error(`the client is none of ${hookClients.join(", ")}`);
  const known = roles.find((one) => one === role);
  if (known === undefined) throw new Error(`--role is none of ${roles.join(", ")}`);
  if (domain === undefined && known !== "orchestrator") throw new Error("--domain is missing");
  if (worktree !== undefined && !worktree.startsWith("/")) throw new Error("--worktree is not an absolute path");
  if (Object.values(words).some((value) => typeof value === "string" && /\p{Cc}/u.test(value)))
    throw new Error("an option holds a control character");
  return {
    client,
    agent: {
      client,
      role: known,
      // Who works on a ticket in its worktree was started by Master OS, and has no shell but the tool box.
      boxed: boxed || (ticket !== undefined && worktree !== undefined),
      ...(domain === undefined ? {} : { domain }),
      ...(ticket === undefined ? {} : { ticket }),
      ...(worktree === undefined ? {} : { worktree }),
    },
  };
}

function only<Name extends Valued>(name: Name, values: ReadonlyMap<Valued, string>): { readonly [key in Name]?: string } {
  const value = values.get(name);
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]: string });
}
