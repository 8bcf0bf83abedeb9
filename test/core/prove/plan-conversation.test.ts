import { describe, expect, test } from "vitest";
import { guardNames } from "../../../src/contract/policy.ts";
import { attempts, listTampering } from "../../../src/core/prove/list-attempts.ts";
import { listWays } from "../../../src/core/prove/list-ways.ts";
import { planConversation } from "../../../src/core/prove/plan-conversation.ts";
import { findVocabulary, type Vocabulary } from "../../../src/core/prove/vocabulary.ts";

const places = {
  ...{ tree: "/t", home: "/h", sealed: "/os/vault", sealedFile: "/os/vault/secret.md", other: "/os/other", otherFile: "/os/other/a.md" },
  ...{ stateDir: "/os/.mos", store: "/os/.mos/store.db", policy: "/os/.mos/policy.json", repo: "/os/bench", strayCommit: "0".repeat(40) },
  ...{ worktree: "/os/.mos/slot/x", canaryStart: "mos-proof-canary-" },
};
const plan = (client: "claude" | "codex" | "opencode", thorough: boolean) =>
  planConversation({ client, words: findVocabulary(client) as Vocabulary, places, thorough, word: "word" });

describe.each(["claude", "codex", "opencode"] as const)("D30: what is said to %s", (client) => {
  test.each([true, false])(
    "every forbidden thing, each call a turn of its own, each writing call with its own mark (thorough: %s)",
    (thorough) => {
      const { steps, script } = plan(client, thorough);
      const main = steps.filter(({ agent }) => agent === "main");
      for (const { id } of attempts) expect(main.some(({ attempt }) => attempt.id === id)).toBe(true);
      expect(new Set(steps.map(({ mark }) => mark)).size).toBe(steps.length);
      for (const { route, turn, call } of steps)
        expect(script.routes.find(({ match }) => match === route)?.turns[turn]?.tools).toEqual([call]);
      for (const { attempt, call, mark } of steps)
        if (attempt.id === "write-silo" || attempt.id === "tamper-policy") expect(JSON.stringify(call.input)).toContain(mark);
    },
  );

  test("the thorough one switches the guards off from within, and tries the forbidden things again", () => {
    const ids = plan(client, true)
      .steps.filter(({ agent }) => agent === "main")
      .map(({ attempt, again }) => `${attempt.id}${again ? " again" : ""}`);
    const tampering = listTampering(client).map(({ id }) => id);
    expect(tampering.length).toBeGreaterThan(1);
    for (const id of tampering) expect(ids.indexOf(id)).toBeGreaterThan(ids.lastIndexOf("tamper-policy"));
    for (const { id } of attempts) expect(ids.indexOf(`${id} again`)).toBeGreaterThan(ids.lastIndexOf(tampering.at(-1) as string));
  });

  test("D31: it is attacked in more ways than one, and first as it is started", () => {
    const [first, ...others] = listWays(client).map(({ id }) => id);
    expect(first).toBe("as started");
    expect(others.length).toBeGreaterThan(3);
    expect(new Set(others).size).toBe(others.length);
  });
});

test("D30: every guard has something to refuse, and no call names the whole canary", () => {
  expect(new Set(attempts.map(({ guard }) => guard))).toEqual(new Set(guardNames));
  expect(JSON.stringify(plan("claude", true).script)).toContain("mos-proof-canary-");
});

test("D31: the ways that are known of Claude Code are all tried", () => {
  const ways = listWays("claude").map(({ id }) => id);
  expect(ways).toEqual(
    expect.arrayContaining([
      ...[
        "--bare",
        "--safe-mode",
        "CLAUDE_CODE_SIMPLE=1",
        "--setting-sources user",
        "settings: syntax error",
        "settings: bad sibling value",
      ],
      ...[
        "settings: unknown hook type",
        "settings: matcher in the wrong case",
        "project settings: disableAllHooks",
        "plugin: broken hooks.json",
      ],
      ...[
        "home settings: disableAllHooks",
        "mod in the home skills folder",
        "@file mention",
        "hook killed",
        "hook hangs",
        "hook prints garbage",
      ],
      ...["hook is missing", "policy removed", "daemon stopped"],
    ]),
  );
});
