import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeTemporaryFolder } from "../support/make-repository.ts";

const checkout = join(import.meta.dirname, "../..");
const page = readFileSync(join(checkout, "docs/policy-library.md"), "utf8");
const blockOf = (language: string) => new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "m").exec(page)?.[1] ?? "";
const { path: folder, remove } = makeTemporaryFolder("mos-library-");
afterAll(() => remove());

// Somebody else's project, which has the package installed.
mkdirSync(join(folder, "node_modules"));
symlinkSync(checkout, join(folder, "node_modules/master-os"));
writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));

test("P1: the example of docs/policy-library.md runs as it stands and prints what the page says", () => {
  writeFileSync(join(folder, "example.js"), blockOf("js"));
  const printed = execFileSync(process.execPath, ["example.js"], { cwd: folder, encoding: "utf8", timeout: 60_000 });
  expect(printed).toBe(blockOf("text"));
});

test("P1: the types come with it: a decision is told apart, a wrong role is an error", () => {
  writeFileSync(
    join(folder, "typed.ts"),
    [
      'import { type Decision, evaluate, type PolicyAgent, compilePolicy, listPaths, gatherPathFacts } from "master-os/policy";',
      'const policy = compilePolicy({ root: "/w", stateDir: "/w/.mos", home: "/h", programDir: "/p", domains: [] });',
      'const agent: PolicyAgent = { client: "x", role: "scout", boxed: false };',
      'const call = { tool: "Read", input: {}, cwd: "/w" };',
      "const decision: Decision = evaluate(policy, agent, call, gatherPathFacts(listPaths(policy, agent, call)));",
      'export const text: string = decision.decision === "deny" ? decision.remedy : "";',
      "// @ts-expect-error: no such role",
      'export const wrong: PolicyAgent = { client: "x", role: "king", boxed: false };',
    ].join("\n"),
  );
  const tsc = join(checkout, "node_modules/typescript/bin/tsc");
  const compilerOptions = { noEmit: true, strict: true, module: "nodenext", target: "es2022", types: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["typed.ts"] }));
  const check = () => execFileSync(process.execPath, [tsc, "--project", "."], { cwd: folder, encoding: "utf8", timeout: 120_000 });
  expect(run(check)).toBe("");
});

/** What a command said when it failed; nothing when it did not. */
function run(command: () => string): string {
  try {
    command();
    return "";
  } catch (error) {
    return (error as { stdout?: string }).stdout ?? String(error);
  }
}
