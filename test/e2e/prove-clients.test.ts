import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Proof } from "../../src/contract/proof.ts";
import { clientFolder, whyNoClient } from "../support/find-clients.ts";
import { makeTemporaryFolder } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { readEnvelope, runMos } from "../support/run-mos.ts";

const long = process.env.MOS_TEST_LONG === "1";
const identity = "[user]\n\tname = Test Operator\n\temail = operator@example.invalid\n";
let folder: ReturnType<typeof makeTemporaryFolder>;
let root: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = makeTemporaryFolder("mos-prove-");
  root = join(folder.path, "os");
  env = { HOME: join(folder.path, "home"), TMPDIR: join(folder.path, "tmp"), PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };
  for (const made of [env.HOME, env.TMPDIR]) mkdirSync(made as string);
  writeFileSync(join(env.HOME as string, ".gitconfig"), identity);
  expect((await runMos(["init", root, "--yes"], { cwd: folder.path, env })).exitCode).toBe(0);
});
afterAll(() => folder.remove());

async function prove(...args: string[]) {
  const run = await runMos(["doctor", "--prove", ...args, "--json"], { cwd: root, env });
  const { data } = readEnvelope(run) as { data: { grade: string; proofs: Proof[] } };
  return { exitCode: run.exitCode, ...data };
}

/** Ways whose refusal the acceptance names, and one of each other kind; all of them in the long run. */
const ways = (chosen: readonly string[]) => (long ? [] : ["--way", ...chosen]);

describe.skipIf(!boxAvailable)("mos doctor --prove and the real clients", () => {
  test.skipIf(whyNoClient("claude"))(
    "P7 D30 D31 D34: Claude Code is refused every forbidden thing, however its guards are attacked",
    async () => {
      const chosen = ["--bare", "settings: syntax error", "hook killed", "daemon stopped"];
      const { exitCode, grade, proofs } = await prove("--client", "claude", "--clients", clientFolder, ...ways(chosen));
      const [proof] = proofs;
      expect(proof?.rows.filter(({ outcome }) => outcome !== "refused")).toEqual([]);
      expect(proof).toMatchObject({ client: "claude", state: "proven", version: "2.1.330" });
      expect(proof?.rows.map(({ way }) => way)).toEqual(expect.arrayContaining(["as started", ...chosen]));
      const voices = proof?.rows.filter(({ attempt }) => attempt === "the guard's own words").map(({ guard }) => guard);
      expect(voices?.sort()).toEqual(["boundary-guard", "hook-tamper-guard", "pre-merge-gate", "ticket-state-guard", "worktree-cleanup"]);
      // The hook itself speaks to both sessions; where it was taken away, what it stood before still refuses.
      for (const agent of ["main", "subagent"])
        expect(
          proof?.rows.find(
            (row) => row.profile === "executor" && row.agent === agent && row.way === "as started" && row.attempt.startsWith("read"),
          )?.layers,
        ).toContain("hook");
      expect({ exitCode, grade }).toEqual({ exitCode: 0, grade: "A" });
    },
  );

  test.skipIf(whyNoClient("codex"))("D30: Codex", async () => {
    const { proofs } = await prove("--client", "codex", "--clients", clientFolder, ...ways(["as started"]));
    expect(proofs[0]?.rows.filter(({ outcome }) => outcome !== "refused")).toEqual([]);
    expect(proofs[0]).toMatchObject({ client: "codex", state: "proven", version: "0.169.0" });
  });

  test.skipIf(whyNoClient("opencode") || !long)("D30: OpenCode (in the long run: it takes its time)", async () => {
    const { proofs } = await prove("--client", "opencode", "--clients", clientFolder);
    expect(proofs[0]?.rows.filter(({ outcome }) => outcome !== "refused")).toEqual([]);
    expect(proofs[0]).toMatchObject({ client: "opencode", state: "proven", version: "1.18.33" });
  });

  test("D35 D37: what is not there is named and is not green", async () => {
    const { exitCode, grade, proofs } = await prove();
    expect(proofs.map(({ client, state }) => `${client} ${state}`)).toEqual([
      "claude absent",
      "codex absent",
      "opencode absent",
      "gemini absent",
    ]);
    for (const { fix } of proofs) expect(fix).not.toBe("");
    expect({ exitCode, grade }).toEqual({ exitCode: 5, grade: "A" });
  });

  test("D36: nothing of it is left, and nothing of the workspace is other than before", () => {
    expect(readdirSync(env.TMPDIR as string)).toEqual([]);
    expect(readdirSync(env.HOME as string)).toEqual([".gitconfig"]);
  });

  test("what is said about clients without --prove is a mistake", async () => {
    const run = await runMos(["doctor", "--client", "claude", "--json"], { cwd: root, env });
    expect([run.exitCode, readEnvelope(run).error?.hint]).toEqual([2, "Add --prove."]);
  });
});
