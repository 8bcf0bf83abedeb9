import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { ModelRequest, ScriptedTurn } from "../../src/contract/model-script.ts";
import { createMarks, type Hit, type Marks, type Row } from "./find-marks.ts";
import { makeRepository, makeTemporaryFolder, runGitIn, writeFiles } from "./make-repository.ts";
import { type MosRun, readEnvelope, runMos } from "./run-mos.ts";

/** Everything that a domain can hold a word in, each with one of its own. */
export interface Planted {
  readonly domain: string;
  readonly prefix: string;
  readonly marks: Marks;
  readonly repo: string;
  readonly word: Readonly<Record<(typeof places)[number], string>>;
}

const places = [
  ...(["guide", "text", "name", "message", "author", "branch", "trailer", "token", "thread", "next", "todo"] as const),
  ...(["page", "claim", "title", "body", "made", "printed", "accept", "red", "note", "learned", "doubt"] as const),
  ...(["topic", "question", "answer", "summary", "lesson", "evidence", "edit", "hand"] as const),
] as const;

/** The same text in every wiki: a question in common words finds each domain's own. */
export const commonQuestion = "When does the ledger close?";

export function plantDomain(args: { domain: string; prefix: string; stem: string; folder: string }): Planted {
  const marks = createMarks(args.stem);
  const word = Object.fromEntries(places.map((place) => [place, marks.plant(place)])) as Planted["word"];
  const repo = join(args.folder, "repos", args.domain);
  makeRepository(repo, {
    "DOMAIN.md": `# Domain\n\n## Purpose\n\nAbout ${word.guide}.\n`,
    [`docs/${word.name}.md`]: `# Prose\n\nAll of ${word.text}.\n`,
    // The same in every domain, so that what setup makes has the same hash.
    "setup.sh": 'TOKEN=$(cat token.txt)\nexport TOKEN\necho "token $TOKEN"\nmkdir -p vendor\nprintf \'%s\' "$TOKEN" > vendor/token\n',
    "deps.lock": "one\n",
    "token.txt": `${word.token}\n`,
    ".gitignore": "vendor/\n",
    Makefile: "test:\n\tsh check.sh\nlint:\n\ttrue\n",
    "check.sh": `if [ -e broken.txt ]; then echo "red: ${word.red}"; exit 1; fi\n`,
    "main.c": `int main(void) { return 0; } // TODO ask ${word.todo}\n`,
    "wiki/index.md": `# Wiki\n\n- [Ledger](${word.page}.md)\n`,
    [`wiki/${word.page}.md`]: `---\ntitle: Ledger\nkind: pattern\nowner: operator\nauthority: operator\nupdated: 2026-11-01\n---\n\n# Ledger\n\n- The ledger of ${word.claim} closes at noon.[^c1]\n\n[^c1]: operator 2026-11-01\n`,
    [`threads/${word.thread}.md`]: `---\nstatus: active\nnext: call ${word.next}\nupdated: 2026-01-01\n---\n# The thread of ${word.thread}\n`,
  });
  writeFiles(repo, { "docs/plan.md": "# Plan\n" });
  runGitIn(repo, "add", "-A");
  runGitIn(repo, "commit", "-q", "--author", `${word.author} <a@example.invalid>`, "-m", `docs: plan ${word.message}`);
  return { ...args, marks, repo, word };
}

export interface SealedWorkspace {
  /** What is looked through: the workspace, the repositories, the home and the temporary folder. */
  readonly folder: string;
  readonly root: string;
  /** The test's own, not looked through. */
  readonly own: string;
  readonly temporary: string;
  mos(args: readonly string[], options?: { input?: string; agent?: boolean }): Promise<MosRun>;
  data<T>(...args: string[]): Promise<T>;
  env: Readonly<Record<string, string>>;
  remove(): void;
}

export async function openSealedWorkspace(): Promise<SealedWorkspace> {
  const made = makeTemporaryFolder("mos-sealed-");
  const folder = join(made.path, "machine");
  const own = join(made.path, "own");
  const temporary = join(folder, "tmp");
  const home = join(folder, "home");
  for (const path of [own, temporary, home]) mkdirSync(path, { recursive: true });
  writeFileSync(join(home, ".gitconfig"), "[user]\n\tname = Op\n\temail = op@example.invalid\n");
  const root = join(folder, "os");
  const env = { HOME: home, TMPDIR: temporary, MOS_TEST_KEY: "made-up" };
  const mos: SealedWorkspace["mos"] = (args, { input, agent } = {}) =>
    runMos([...args, "--no-input"], {
      cwd: root,
      env: { ...env, ...(agent ? { CLAUDECODE: "1" } : {}) },
      ...(input === undefined ? {} : { input }),
    });
  const ended = await runMos(["init", root, "--yes"], { cwd: folder, env });
  if (ended.exitCode !== 0) throw new Error(ended.stderr);
  return {
    ...{ folder, root, own, temporary, mos, env, remove: made.remove },
    data: async <T>(...args: string[]) => {
      const run = await mos([...args, "--json"]);
      if (run.stdout === "") throw new Error(`mos ${args.join(" ")}: ${run.exitCode} ${run.stderr}`);
      const { data, error } = readEnvelope(run);
      if (error) throw new Error(`mos ${args.join(" ")}: ${error.message}`);
      return data as T;
    },
  };
}

/** The domains, with a setup that prints, and a model that plays in those that are named. */
export async function configure(
  at: SealedWorkspace,
  args: { all: readonly (Planted & { sealed?: boolean })[]; model: string },
): Promise<void> {
  for (const { domain, prefix, repo, sealed } of args.all) {
    const run = await at.mos(["domain", "add", domain, "--path", repo, "--prefix", prefix, ...(sealed ? ["--sealed"] : []), "--yes"]);
    if (run.exitCode !== 0) throw new Error(run.stderr);
  }
  const file = join(at.root, "mos.yaml");
  const document = parseDocument(readFileSync(file, "utf8"));
  const own = { kind: "model", provider: "anthropic", model: "scripted", baseUrl: `${args.model}/v1`, keyEnv: "MOS_TEST_KEY" };
  document.setIn(["runtimes"], { own });
  document.setIn(["limits"], { reworks: 0 });
  for (const { domain } of args.all) {
    document.setIn(["domains", domain, "home", "setup"], "sh setup.sh deps.lock");
    document.setIn(["domains", domain, "roles"], { scout: { runtime: "own" }, executor: { runtime: "own" }, verifier: { runtime: "own" } });
  }
  writeFileSync(file, String(document));
}

/** What the model says in each domain, told apart by the words of its request; each request is kept. */
export function playDomains(all: readonly Planted[]): {
  onTurn(request: ModelRequest): ScriptedTurn | undefined;
  readonly bodies: string[];
} {
  const bodies: string[] = [];
  const written = new Set<string>();
  const handIn = (output: Record<string, unknown>): ScriptedTurn => ({ text: "Here it is.", tools: [{ name: "hand_in", input: output }] });
  return {
    bodies,
    onTurn({ body }) {
      const text = JSON.stringify(body);
      bodies.push(text);
      if (text.includes("You are the scout of")) return handIn({ facts: [], decisions: [] });
      const at = all.find(({ word }) => text.includes(word.topic) || text.includes(word.title) || text.includes(word.made));
      if (text.includes("You are the verifier of")) {
        const points = [{ point: "it is there", pass: true, evidence: `seen: ${at?.word.evidence}` }];
        return handIn({ outcome: "pass", points });
      }
      if (at === undefined) return handIn({ outcome: "done", summary: "It is done." });
      if (!text.includes(at.word.answer))
        return handIn({ outcome: "question", summary: "A word is missing.", question: `Which ${at.word.question}?` });
      if (!written.has(at.domain)) {
        written.add(at.domain);
        return { text: "Going on.", tools: [{ name: "write", input: { path: "docs/asked.md", content: `Asked.\n` } }] };
      }
      const learned = [`The desk of ${at.word.lesson} opens at nine.`];
      return handIn({ outcome: "done", summary: `It is ${at.word.summary}.`, learned });
    },
  };
}

/** What of a machine is a domain's own: places below its folder, once its rows are known, and rows of the store. */
export function judgeOwners() {
  /** Of what lies below the folder, what is a domain's own. */
  const isOwnPlace =
    ({ domain, prefix }: Planted) =>
    ({ where }: Hit) =>
      [
        new RegExp(`^repos/${domain}(/| )`),
        new RegExp(`^os/\\.mos/(slot|setup|conversation)/${domain}/`),
        new RegExp(`^os/\\.mos/search/${domain}\\.db`),
        new RegExp(`^os/\\.mos/log/ticket/${prefix}-\\d+/`),
        new RegExp(`^os/\\.mos/log/(gate|base|setup)/${domain}/`),
        ...runsOf(domain).map((run) => new RegExp(`^os/\\.mos/log/run/${run}\\.jsonl$`)),
      ].some((own) => own.test(where));

  const ownRuns = new Map<string, string[]>();
  const runsOf = (domain: string) => ownRuns.get(domain) ?? [];

  const isOwnRow =
    ({ domain, prefix }: Planted) =>
    (table: string, row: Row) => {
      const ticket = new RegExp(`(^|[:/])${prefix}-\\d+($|[:/])`);
      const named = new RegExp(`(^|[:/])${domain}($|[:/@])`);
      if (table === "agentRuns" && row.domain === domain) ownRuns.set(domain, [...runsOf(domain), String(row.id)]);
      if (typeof row.domain === "string") return row.domain === domain;
      if (typeof row.ticket === "string") return row.ticket.startsWith(`${prefix}-`);
      if (typeof row.lane === "string") return row.lane.split("/")[0] === domain;
      return table === "numbers" ? row.name === prefix : typeof row.id === "string" && (ticket.test(row.id) || named.test(row.id));
    };

  return { isOwnPlace, isOwnRow };
}
