import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { makeRepository, runGitIn } from "./make-repository.ts";
import { readEnvelope, runMos } from "./run-mos.ts";

/** `mos …` that must end in 0; gives `data`. */
export async function callMos(root: string, args: readonly string[]): Promise<unknown> {
  const run = await runMos([...args, "--json", "--no-input"], { cwd: root });
  if (run.exitCode !== 0) throw new Error(`mos ${args.join(" ")} ended with ${run.exitCode}: ${run.stdout}${run.stderr}`);
  return readEnvelope(run).data;
}

/** A workspace made by the program itself, with these domains on repositories whose checks are `sh check.sh`. */
export async function makeCommandWorkspace(
  folder: string,
  domains: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const root = join(folder, "os");
  writeFileSync(join(folder, ".gitconfig"), "[user]\n\tname = Test Operator\n\temail = operator@example.invalid\n");
  await runMosAt(folder, ["init", root, "--yes"]);
  writeFileSync(join(root, ".gitconfig"), "[user]\n\tname = Test Operator\n\temail = operator@example.invalid\n");
  for (const domain of domains) {
    const repo = join(folder, "repos", domain);
    makeRepository(repo, {
      Makefile: "test:\n\t! grep -rq BROKEN --include=*.txt .\nlint:\n\ttrue\n",
      "a.txt": "a\n",
      "main.c": "int main(void) { return 0; }\n",
      ...files,
    });
    await callMos(root, ["domain", "add", domain, "--path", repo, "--yes"]);
  }
  return root;
}

async function runMosAt(cwd: string, args: readonly string[]): Promise<void> {
  const run = await runMos([...args, "--no-input"], { cwd });
  if (run.exitCode !== 0) throw new Error(`mos ${args.join(" ")} ended with ${run.exitCode}: ${run.stdout}${run.stderr}`);
}

/** Files a draft and makes it ready, as an operator does; gives its id. */
export async function fileTicket(root: string, draft: Record<string, unknown>): Promise<string> {
  const file = join(root, ".mos", "draft.yaml");
  writeFileSync(file, stringify({ accept: ["true"], ...draft }));
  const { id } = (await callMos(root, ["ticket", "new", "--file", file])) as { id: string };
  await callMos(root, ["ticket", "ready", id]);
  return id;
}

/** The tickets that main's first-parent commits since `baseline` say they landed, oldest first. */
export function readLanded(repo: string): string[] {
  const text = runGitIn(repo, "log", "--first-parent", "--reverse", "--format=%(trailers:key=Ticket,valueonly,separator=%x20)", "main");
  return text.split(/[\n ]/).filter((id) => id !== "");
}
