import type { Config, DomainConfig } from "../../contract/config.ts";
import type { Playbook } from "../../contract/playbook.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { canonicalJson } from "../log/canonical-json.ts";

/** Everything that a scout of one domain is shown. Threads, wiki and DOMAIN.md lie in the trees of the heads. */
export interface ScoutInputs {
  /** The scout's own version. */
  readonly scout: string;
  /** By repository; empty for an unborn branch. */
  readonly heads: Readonly<Record<string, string>>;
  readonly tickets: readonly Pick<Ticket, "id" | "version" | "status">[];
  readonly config: DomainConfig | Config["operator"];
  readonly playbooks: readonly Playbook[];
  /** The last control run of each repository's branch. */
  readonly checks: unknown;
  /** What shapes the judgement of a model, where one is asked. */
  readonly judge?: string;
}

/** The name, for a reader, of what shapes a model's judgement. */
export const judgePart = "the scout's model or prompt";

/** One text (or its digest) for each kind of input. */
export type ScoutParts = Readonly<Record<string, string>>;

/**
 * The inputs as canonical texts, one a kind: equal inputs give equal texts, whatever order they were gathered in (S1).
 * The stage digests them; the fingerprint is the digest of all.
 */
export function listParts(inputs: ScoutInputs): ScoutParts {
  const heads = Object.entries(inputs.heads).map(([repo, id]) => [`main of ${repo}`, id] as const);
  return {
    scout: inputs.scout,
    tickets: canonicalJson(sortBy(inputs.tickets.map(({ id, version, status }) => ({ id, version, state: status.state })))),
    configuration: canonicalJson(inputs.config),
    checks: canonicalJson(inputs.checks),
    playbooks: canonicalJson(sortBy(inputs.playbooks)),
    ...(inputs.judge === undefined ? {} : { [judgePart]: inputs.judge }),
    ...Object.fromEntries(heads),
  };
}

function sortBy<T extends { id: string }>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
