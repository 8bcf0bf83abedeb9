import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadWorkspace } from "../../../src/adapter/workspace/load-workspace.ts";
import { makeTemporaryFolder } from "../../support/make-repository.ts";

let place: ReturnType<typeof makeTemporaryFolder>;
beforeEach(() => {
  place = makeTemporaryFolder("mos-load-");
});
afterEach(() => place.remove());

const load = (text: string) => {
  writeFileSync(join(place.path, "mos.yaml"), text);
  return loadWorkspace(place.path);
};
const domain = (name: string, prefix: string, path = name) => `  ${name}:\n    prefix: ${prefix}\n    home:\n      path: ${path}\n`;

describe("a mos.yaml that is right", () => {
  test("W1: paths come out absolute, lanes and defaults filled in, in the file's order", async () => {
    const text = `version: 1\ndomains:\n${domain("zoo", "ZOO", "'my zoo ünï'")}${domain("app", "APP", "/elsewhere/app")}    repos:\n      site: { path: ../site, branch: trunk }\n`;
    const workspace = await load(text);
    expect(workspace.domains.map(({ name }) => name)).toEqual(["zoo", "app"]);
    expect(workspace.domains[0]?.home).toMatchObject({ path: join(place.path, "my zoo ünï"), lane: "zoo", branch: "main", checks: [] });
    expect(workspace.domains[1]?.repos.map(({ lane, path, branch }) => [lane, path, branch])).toEqual([
      ["app", "/elsewhere/app", "main"],
      ["app/site", join(place.path, "..", "site"), "trunk"],
    ]);
    expect(workspace.operator.prefix).toBe("OPS");
    expect(workspace.stateDir).toBe(join(place.path, ".mos"));
  });

  test("W1: a missing folder is no error here; the doctor names it", async () => {
    expect((await load(`version: 1\ndomains:\n${domain("gone", "GON")}`)).domains).toHaveLength(1);
  });
});

/** Each row: what is wrong, the file, what the message holds, what the remedy holds. */
const broken: [string, string, string[], string][] = [
  ["an empty file", "", ["mos.yaml:1:1", "empty"], "version: 1"],
  ["no map", "- a\n", ["mos.yaml:1:1", "must be a map"], "map of keys"],
  ["a tab", "version: 1\ndomains:\n\tmusic: 1\n", ["mos.yaml:3:1"], "Mend the YAML"],
  ["an open quote", 'version: 1\ndomains:\n  music: "x\n', ["mos.yaml:"], "Mend the YAML"],
  ["a second document", "version: 1\n---\nversion: 1\n", ["mos.yaml:2"], "Mend the YAML"],
  ["another version", "version: 2\n", ["mos.yaml:1:10: version: must be 1, not 2"], "Write one of: 1"],
  ["no version", "domains: {}\n", ["version: is missing"], "Add version: 1"],
  ["a misspelt key", "version: 1\ndomians: {}\n", ["mos.yaml:2:1: unknown key 'domians'"], "Did you mean 'domains'?"],
  [
    "a misspelt key far down",
    `version: 1\ndomains:\n${domain("music", "MUS")}      knowlegeOnly: true\n`,
    ["mos.yaml:7:7: domains.music.home: unknown key 'knowlegeOnly'"],
    "Did you mean 'knowledgeOnly'?",
  ],
  [
    "a check without its command",
    `version: 1\ndomains:\n${domain("music", "MUS")}      checks:\n        - name: test\n`,
    ["mos.yaml:8:11: domains.music.home.checks[0].run: is missing"],
    "Add run: text",
  ],
  [
    "a check with an empty command",
    `version: 1\ndomains:\n${domain("music", "MUS")}      checks:\n        - { name: test, run: "" }\n`,
    ["mos.yaml:8:30: domains.music.home.checks[0].run: must not be empty"],
    "run",
  ],
  [
    "a kind that there is not",
    `version: 1\ndomains:\n${domain("music", "MUS")}      checks:\n        - { name: test, run: x, kind: tset }\n`,
    ["must be test or lint or other, not 'tset'"],
    "Did you mean 'test'?",
  ],
  [
    "two checks of one name",
    `version: 1\ndomains:\n${domain("music", "MUS")}      checks:\n        - { name: test, run: a }\n        - { name: test, run: b }\n`,
    ["mos.yaml:9:19: domains.music.home.checks[1].name: there are two checks 'test'"],
    "its own name",
  ],
  [
    "a bad domain name",
    `version: 1\ndomains:\n${domain("Music", "MUS")}`,
    ["mos.yaml:3:3: domains.Music: ", "lower-case"],
    "Rename 'Music'",
  ],
  ["the operator's name", `version: 1\ndomains:\n${domain("operator", "XYZ")}`, ["mos.yaml:3:3", "cross-domain"], "another name"],
  ["the operator's prefix", `version: 1\ndomains:\n${domain("music", "OPS")}`, ["mos.yaml:4:13", "operator"], "another prefix"],
  [
    "a text for a number",
    "version: 1\nlimits: { maxParallel: many }\n",
    ["mos.yaml:2:24: limits.maxParallel: must be a number, not 'many'"],
    "number",
  ],
  [
    "a number out of bounds",
    "version: 1\nlimits:\n  maxParallel: 0\n",
    ["mos.yaml:3:16: limits.maxParallel: must be at least 1"],
    "at least 1",
  ],
  [
    "a bad cron line",
    `version: 1\ndomains:\n${domain("music", "MUS")}    rhythm:\n      scout: every day\n`,
    ["mos.yaml:8:14: domains.music.rhythm.scout: 'every day' is not a cron line"],
    "five fields",
  ],
  [
    "a domain twice",
    `version: 1\ndomains:\n${domain("music", "MUS")}${domain("agency", "AGE")}${domain("music", "MUX")}`,
    ["mos.yaml:11:3: domains.music: stands twice, on lines 3 and 11"],
    "lines 3 and 11",
  ],
  [
    "a prefix twice",
    `version: 1\ndomains:\n${domain("music", "MUS")}${domain("museum", "MUS")}`,
    ["mos.yaml:8:13: domains.museum.prefix: 'MUS' is the prefix of 'music' too (line 4)"],
    "'museum'",
  ],
  [
    "a repository twice",
    `version: 1\ndomains:\n${domain("a", "AAA", "x")}${domain("b", "BBB", "./x/")}`,
    ["mos.yaml:10:13", "'a'"],
    "of its own",
  ],
  [
    "nested repositories",
    `version: 1\ndomains:\n${domain("a", "AAA", "x/y")}${domain("b", "BBB", "x")}`,
    ["one inside the other", "'a'"],
    "of its own",
  ],
  ["the operator's repository", `version: 1\ndomains:\n${domain("a", "AAA", "operator")}`, ["operator.home.path", "'a'"], "of its own"],
  ["the workspace itself", `version: 1\ndomains:\n${domain("a", "AAA", ".")}`, ["holds the workspace"], "beside or inside"],
  ["the state folder", `version: 1\ndomains:\n${domain("a", "AAA", ".mos/a")}`, ["state folder"], "Move the repository"],
  [
    "a role's runtime that nobody described",
    `version: 1\nroles:\n  scout: { runtime: nope }\n`,
    ["mos.yaml:3:21: roles.scout.runtime: there is no runtime 'nope'"],
    "claude, codex, opencode, gemini",
  ],
  [
    "one that is misspelt, in a domain",
    `version: 1\ndomains:\n${domain("music", "MUS")}    roles:\n      executor: { runtime: cladue }\n`,
    ["domains.music.roles.executor.runtime: there is no runtime 'cladue'"],
    "'claude'",
  ],
  ["a role that there is not", `version: 1\nroles:\n  poet: { runtime: claude }\n`, ["roles: unknown key 'poet'"], "scout, executor"],
  [
    "a runtime with a built-in one's name",
    `version: 1\nruntimes:\n  codex: { kind: model, provider: openai, model: x }\n`,
    ["runtimes.codex: is the name of a runtime that is built in"],
    "another name",
  ],
  [
    "an alias bomb",
    `version: 1\na: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n`,
    ["mos.yaml:"],
    "alias",
  ],
];

describe("a mos.yaml that is wrong", () => {
  test.each(broken)("W4: %s is named with its line, its column and the remedy", async (_, text, said, remedy) => {
    const error = await load(text).catch((caught) => caught);
    expect(error).toMatchObject({ code: "config-invalid" });
    for (const words of said) expect(error.message).toContain(words);
    expect(error.message).toMatch(/^mos\.yaml:\d+:\d+: /);
    expect(error.hint).toContain(remedy);
  });

  test("W4: every problem is named, not the first alone", async () => {
    const error = await load("version: 1\nlimits: { maxParallel: 0, reworks: 99 }\nfoo: 1\n").catch((caught) => caught);
    expect(error.message.split("\n")).toHaveLength(3);
  });

  test("W4: two domains that reach one repository through a symbolic link", async () => {
    mkdirSync(join(place.path, "real"));
    symlinkSync(join(place.path, "real"), join(place.path, "link"));
    await expect(load(`version: 1\ndomains:\n${domain("a", "AAA", "real")}${domain("b", "BBB", "link")}`)).rejects.toThrow("'a'");
  });

  test("W1: none at all, and one that is a folder", async () => {
    await expect(loadWorkspace(place.path)).rejects.toMatchObject({ code: "no-workspace", hint: expect.stringContaining("mos init") });
    mkdirSync(join(place.path, "mos.yaml"));
    await expect(loadWorkspace(place.path)).rejects.toMatchObject({ code: "config-unreadable" });
  });
});
