import { DecisionCandidate, type Evidence, Fact, type PlannedTicket } from "../../contract/brief.ts";
import type { ProposedTicket, ScoutOutput } from "../../contract/role.ts";
import { findSecrets } from "../gate/find-secrets.ts";
import { cleanLine, cleanText } from "../role/fence.ts";
import { weighText } from "./rank-by-priorities.ts";
import type { Priority } from "./read-priorities.ts";

type Claims = ScoutOutput["facts"][number]["evidence"];

/** What a model's output comes to once its claims were looked up; what is left out is counted. */
export interface ReadJudgement {
  readonly facts: readonly Fact[];
  /** Ranked no further than by their own score. */
  readonly decisions: readonly DecisionCandidate[];
  readonly dropped: { readonly evidence: number; readonly facts: number; readonly decisions: number };
}

/** How much of a question's score its weight of 0 to 100 is: as much at the most as DOMAIN.md's first priority, or a thread that is late. */
const weightShare = 0.4;
const factScores = { risk: 15, change: 10, thread: 10 } as const;

/** The score that a model's weight stands for; priorities add theirs. */
export function scoreWeight(weight: number): number {
  return Math.round(weight * weightShare * 100) / 100;
}

/**
 * A scout's output as facts and questions of a brief (S21). What has no evidence that was found, repeats a key, holds a secret
 * or nothing that a reader could see is left out and counted. Texts lose what no reader sees.
 *
 * @param repo  whose tree the model saw
 * @param prove  gives back what of the claims is there
 */
export async function readJudgement(args: {
  output: ScoutOutput;
  domain: string;
  repo: string;
  runtime: string;
  priorities: readonly Priority[];
  prove: (claims: Claims) => Promise<Evidence[]>;
}): Promise<ReadJudgement> {
  const { output, repo, priorities } = args;
  let evidenceDropped = 0;
  const prove = async (claims: Claims): Promise<Evidence[]> => {
    const found = await args.prove(claims);
    evidenceDropped += claims.length - found.length;
    return found;
  };
  const facts: Fact[] = [];
  for (const { kind, text: said, evidence: claims } of output.facts) {
    const evidence = await prove(claims);
    const text = cleanLine(said, 1000);
    const fact = Fact.safeParse({ kind, text, evidence, score: factScores[kind] + weighText(text, priorities), judged: { repo } });
    if (fact.success && evidence.length > 0 && !holdsSecret(said)) facts.push(fact.data);
  }
  const decisions = new Map<string, DecisionCandidate>();
  for (const said of output.decisions) {
    const evidence = await prove(said.evidence);
    const candidate = evidence.length === 0 || holdsSecret(said) ? undefined : readDecision(args, said, evidence);
    if (candidate !== undefined && !decisions.has(candidate.key)) decisions.set(candidate.key, candidate);
  }
  return {
    facts,
    decisions: [...decisions.values()],
    dropped: {
      evidence: evidenceDropped,
      facts: output.facts.length - facts.length,
      decisions: output.decisions.length - decisions.size,
    },
  };
}

/** A model's question has a name of its own kind: it never takes a playbook's or a thread's place. */
export function nameJudged(repo: string, key: string): string {
  return repo === "home" ? `judged:${key}` : `judged:${repo}/${key}`;
}

function readDecision(
  args: Omit<Parameters<typeof readJudgement>[0], "prove">,
  said: ScoutOutput["decisions"][number],
  evidence: readonly Evidence[],
): DecisionCandidate | undefined {
  const { repo, output } = args;
  if (new Set(said.options.map(({ id }) => id)).size < said.options.length) return undefined;
  const keys = new Set(output.decisions.map(({ key }) => key));
  const rename = (name: string): string => {
    const [key = "", ...ticket] = name.split("#");
    return keys.has(key) ? [nameJudged(repo, key), ...ticket].join("#") : name;
  };
  const options = said.options.map((option) => ({
    id: option.id,
    label: cleanLine(option.label, 120),
    detail: cleanLine(option.detail, 500),
    tickets: numberTickets(option.tickets).map((ticket) => readTicket(args, ticket, { siblings: option.tickets, rename })),
  }));
  const parsed = DecisionCandidate.safeParse({
    key: nameJudged(repo, said.key),
    question: cleanLine(said.question, 300),
    why: cleanLine(said.why, 1000),
    score: scoreWeight(said.weight),
    options,
    evidence: evidence.slice(0, 20),
    source: "judgement",
    judged: { repo, weight: said.weight },
  });
  return parsed.success ? parsed.data : undefined;
}

/** Tickets of one option that were all given the same key, and that nothing names, are numbered. */
function numberTickets(tickets: readonly ProposedTicket[]): readonly ProposedTicket[] {
  const isClear = new Set(tickets.map(({ key }) => key)).size === tickets.length;
  const isNamed = tickets.some(({ after }) => after.some((name) => tickets.some(({ key }) => key === name)));
  return isClear || isNamed ? tickets : tickets.map((ticket, index) => ({ ...ticket, key: String(index + 1) }));
}

function readTicket(
  { domain, repo: seen, runtime }: Pick<Parameters<typeof readJudgement>[0], "domain" | "repo" | "runtime">,
  said: ProposedTicket,
  { siblings, rename }: { siblings: readonly ProposedTicket[]; rename: (name: string) => string },
): PlannedTicket {
  const { key, after, title, body, repo, touches, creates, accept } = said;
  return {
    key,
    after: after.map((name) => (siblings.some((sibling) => sibling.key === name) ? name : rename(name))),
    creates,
    draft: {
      ...{ title: cleanLine(title, 200), body: cleanText(body), domain, runtime },
      // The one that it saw, where it names none.
      repo: repo === "home" ? seen : repo,
      touches: [...new Set([...touches, ...creates])],
      accept: accept.map(({ text, run }) => ({ text: cleanLine(text, 500), ...(run === undefined ? {} : { run: cleanText(run) }) })),
      ...{ appends: [], generates: [], dependsOn: [], role: "executor", run: [], priority: 50 },
    },
  };
}

function holdsSecret(said: unknown): boolean {
  return findSecrets(typeof said === "string" ? said : JSON.stringify(said)).length > 0;
}
