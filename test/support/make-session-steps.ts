import type { StartArgs } from "../../src/app/start-session.ts";
import type { DecisionCandidate, Finding } from "../../src/contract/brief.ts";
import type { Domain } from "../../src/contract/config.ts";
import { TicketDraft } from "../../src/contract/ticket.ts";
import type { World } from "../../src/port/world.ts";
import { healthy } from "./open-world.ts";

/** A session's doctor who finds nothing, and a chore that finds TODO lines; `looked` has the domains it looked at. */
export function makeSessionSteps(): Pick<StartArgs, "diagnose" | "tools"> & { looked: string[] } {
  const looked: string[] = [];
  return {
    looked,
    diagnose: async () => healthy,
    tools: {
      detectFindings: async (world, args) => {
        looked.push(args.domain.name);
        return findTodos(world, args);
      },
      decideFromFindings: ({ domain, findings }) => findings.map((finding) => askAboutTodo(domain, finding)),
    },
  };
}

/** One finding for each line of the form `TODO name` or `TODO name after other`, in any file of any repository. */
async function findTodos(world: World, args: { domain: Domain; heads: Readonly<Record<string, string>> }): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [repo, commit] of Object.entries(args.heads)) {
    const git = world.git.at(args.domain.repos.find((handle) => handle.name === repo)?.path ?? "");
    for (const { path } of await git.listTree(commit)) {
      const lines = ((await git.readFile(commit, path)) ?? "").split("\n");
      lines.forEach((quote, index) => {
        const found = /^TODO (\S+)(?: after (\S+))?$/.exec(quote);
        if (found?.[1] === undefined) return;
        const values: Record<string, string> = found[2] === undefined ? { path } : { path, after: found[2] };
        findings.push({
          playbook: "todo",
          subject: found[1],
          text: quote,
          repo,
          evidence: [{ repo, commit, path, line: index + 1, quote }],
          values,
        });
      });
    }
  }
  return findings;
}

function askAboutTodo(domain: Domain, finding: Finding): DecisionCandidate {
  const path = String(finding.values.path);
  const draft = (title: string, run: string) =>
    TicketDraft.parse({
      title,
      domain: domain.name,
      repo: finding.repo,
      touches: [path],
      run: [run],
      accept: [`! grep -q 'TODO ${finding.subject}' ${path}`],
    });
  const after = finding.values.after === undefined ? [] : [`todo:${String(finding.values.after)}`];
  return {
    key: `todo:${finding.subject}`,
    question: `Do ${finding.subject}?`,
    why: "",
    score: 10,
    options: [
      {
        id: "do",
        label: "Do it",
        detail: "",
        tickets: [{ key: "1", after, draft: draft(`Do ${finding.subject}`, `sed -i '/TODO ${finding.subject}/d' ${path}`) }],
      },
      {
        id: "ask",
        label: "Ask around first",
        detail: "",
        tickets: [{ key: "1", after: [], draft: draft(`Ask about ${finding.subject}`, `echo asked >> ${path}`) }],
      },
      { id: "leave", label: "Leave it", detail: "", tickets: [] },
    ],
    evidence: finding.evidence,
    source: "playbook",
    playbook: "todo",
    dependsOn: [],
  };
}
