import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { choreValues } from "../../../src/core/chore/chore-values.ts";
import { chores } from "../../../src/core/chore/list-chores.ts";
import { callChore, type HistoryStep, makeHistory } from "../../support/make-chore-world.ts";
import { commitFiles, runGitIn } from "../../support/make-repository.ts";

const made: { remove: () => void }[] = [];
afterEach(() => {
  for (const { remove } of made.splice(0)) remove();
});

const repository = (...steps: HistoryStep[]): string => {
  const history = makeHistory(steps);
  made.push(history);
  return history.path;
};

const find = async (cwd: string, chore: string, env: Readonly<Record<string, string>> = {}) => {
  const { stdout } = await callChore(cwd, ["find", chore], env);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
};

test("PB17: a call that cannot be meant ends in 2 and says how it is used", async () => {
  const cwd = repository({ message: "x" });
  for (const argv of [
    [],
    ["find"],
    ["find", "no-such-chore"],
    ["mend", "changelog"],
    ["fix", "changelog", "path-without-border"],
    ["find", "../x"],
  ]) {
    const { code, stderr } = await callChore(cwd, argv);
    expect(code, argv.join(" ")).toBe(2);
    expect(stderr).toContain("mos-chore find <chore>");
  }
});

test("PB17: several chores in one process name the playbook on each line", async () => {
  const cwd = repository({ message: "x", files: { "README.md": "[gone](gone.md)\n", "wiki/a.md": "# A\n" } });
  const lines = await find(cwd, "broken-links,wiki-index");
  expect(lines.map(({ playbook }) => playbook)).toEqual(["wiki-index", "broken-links"]);
});

test("PB17: a chore that fails does not take the others' findings with it", async () => {
  const cwd = repository({ message: "x", files: { "wiki/a.md": "# A\n" } });
  const broken = { id: "breaks", find: async () => Promise.reject(new Error("no luck")) };
  const list = chores as unknown[];
  list.push(broken);
  try {
    const { code, stdout } = await callChore(cwd, ["find", "breaks,wiki-index"]);
    expect(code).toBe(1);
    expect(stdout).toContain('"playbook":"wiki-index"');
    expect(stdout).toContain('{"playbook":"breaks","error":"Error: no luck"}');
  } finally {
    list.splice(list.indexOf(broken), 1);
  }
});

/** They find nothing: what they do is in their orders. */
const takesOrders = new Set(["wiki-claim", "wiki-cite"]);

test("PB6: every chore that finds says which values it may give", () => {
  for (const { id } of chores.filter(({ id }) => !takesOrders.has(id))) expect(Object.keys(choreValues)).toContain(id);
});

test("PB18: names with quotes, dashes, newlines and globs are data, in a finding and in a fix", async () => {
  const names = ["-rf.md", 'it\'s "quoted".md', "a\nb.md", "[x] *?.md", "Ünïcode 💿.md", "$(touch pwned).md"];
  const files = Object.fromEntries(names.map((name) => [name, "[guide](docs/guide.md)\n"]));
  const cwd = repository(
    { message: "begin", files: { ...files, "docs/guide.md": "# Guide, long enough to be known again after a rename\n" } },
    { message: "move", move: { "docs/guide.md": "docs/manual.md" } },
  );
  const lines = await find(cwd, "broken-links");
  expect(lines.map(({ values }) => values.path).sort()).toEqual([...names].sort());
  for (const { subject, text } of lines) expect(subject + text).not.toMatch(/\p{Cc}/u);
  const { code } = await callChore(cwd, ["fix", "broken-links", "--", ...names]);
  expect(code).toBe(0);
  for (const name of names) expect(readFileSync(join(cwd, name), "utf8")).toBe("[guide](docs/manual.md)\n");
  expect(existsSync(join(cwd, "pwned"))).toBe(false);
});

test("PB19: binary, huge and linked files are never read, and nothing is written through a link", async () => {
  const cwd = repository({
    message: "begin",
    files: { "a.js": "// TODO: small\n", "b.js": "\0// TODO: binary\n", "c.js": `// TODO: huge\n${"x".repeat(3_000_000)}\n` },
  });
  symlinkSync("/etc/hostname", join(cwd, "d.js"));
  mkdirSync(join(cwd, "node_modules"));
  writeFileSync(join(cwd, "node_modules/e.js"), "// TODO: foreign\n");
  expect((await find(cwd, "todo-harvest")).map(({ subject }) => subject)).toEqual(["a.js TODO: small"]);
  mkdirSync(join(cwd, "..", "outside"));
  symlinkSync(join(cwd, "..", "outside"), join(cwd, "threads"));
  await expect(callChore(cwd, ["fix", "todo-harvest"])).rejects.toThrow(/symlink|not a folder/);
  expect(existsSync(join(cwd, "..", "outside", "todo.md"))).toBe(false);
});

test("PB20: the day is given, or the commit's; never the clock's", async () => {
  const cwd = repository({ message: "begin", files: { "threads/a.md": "---\nstatus: active\nupdated: 2026-09-01\n---\n# A\n" } });
  expect((await find(cwd, "dead-threads"))[0].text).toContain("untouched for 61 days");
  expect((await find(cwd, "dead-threads", { MOS_NOW: "2026-12-01T00:00:00.000Z" }))[0].text).toContain("untouched for 91 days");
  await callChore(cwd, ["fix", "dead-threads", "--renew", "--today", "2026-11-30", "--", "threads/a.md"]);
  expect(readFileSync(join(cwd, "threads/a.md"), "utf8")).toContain("updated: 2026-11-30");
});

test("PB2: a thread that was renewed is not closed, whatever is said of it", async () => {
  const cwd = repository({ message: "begin", files: { "threads/a.md": "---\nstatus: active\nupdated: 2026-09-01\n---\n# A\n" } });
  await callChore(cwd, ["fix", "dead-threads", "--renew", "--", "threads/a.md"]);
  expect(await callChore(cwd, ["check", "dead-threads", "--", "threads/a.md"])).toMatchObject({ code: 0 });
  expect(await callChore(cwd, ["check", "dead-threads", "--close", "--", "threads/a.md"])).toMatchObject({ code: 1 });
});

test("PB21: in a repository that keeps changesets, entries become one, and are not told again", async () => {
  const cwd = repository(
    {
      message: "chore: begin",
      files: { "package.json": '{ "name": "@me/app" }\n', ".changeset/config.json": "{}\n", ".changeset/README.md": "# Changesets\n" },
    },
    { message: "feat(ui): dark mode", files: { "a.js": "1\n" } },
    { message: "fix: no [flash](x) at start\n\nBREAKING CHANGE: needs Node 20", files: { "b.js": "1\n" } },
  );
  const lines = await find(cwd, "changelog");
  expect(lines).toHaveLength(2);
  const ids = lines.map(({ values }) => values.id);
  await callChore(cwd, ["fix", "changelog", `--file=${lines[0].values.file}`, "--", ...ids]);
  expect(readFileSync(join(cwd, lines[0].values.file), "utf8")).toBe(
    `---\n"@me/app": major\n---\n\n2 changes\n\n- ui: dark mode (${ids[0].slice(0, 10)})\n- **Breaking:** no \\[flash\\](x) at start (${ids[1].slice(0, 10)})\n`,
  );
  expect(await callChore(cwd, ["check", "changelog", "--", ...ids])).toMatchObject({ code: 0 });
  commitFiles(cwd, {}, "Tell of 2 changes");
  expect(await find(cwd, "changelog")).toEqual([]);
  const late = commitFiles(cwd, { "c.js": "1\n" }, "feat: after that");
  expect((await find(cwd, "changelog")).map(({ values }) => values.id)).toEqual([late]);
});

test("PB21: a change that landed beside the changelog's own ticket is told of the next time", async () => {
  const cwd = repository(
    {
      message: "chore: begin",
      files: { "package.json": '{ "name": "app" }\n', "CHANGELOG.md": "# Changelog\n\n## Unreleased\n\n- By hand\n" },
    },
    { message: "feat: the first of two", files: { "a.js": "1\n" } },
  );
  const [first] = await find(cwd, "changelog");
  runGitIn(cwd, "checkout", "-q", "-b", "beside");
  const beside = commitFiles(cwd, { "b.js": "1\n" }, "feat: the second of two");
  runGitIn(cwd, "checkout", "-q", "main");
  await callChore(cwd, ["fix", "changelog", "--file=CHANGELOG.md", "--", first.values.id]);
  runGitIn(cwd, "commit", "-q", "-a", "-m", "Tell of 1 change");
  runGitIn(cwd, "merge", "-q", "--no-ff", "-m", "Beside", "beside");
  expect((await find(cwd, "changelog")).map(({ values }) => values.id)).toEqual([beside]);
});

test("PB21: a new changelog begins with three changes, not with one; a version's tag ends what is told", async () => {
  const cwd = repository({ message: "feat: one thing", files: { "package.json": '{ "name": "app" }\n' } });
  expect(await find(cwd, "changelog")).toEqual([]);
  for (const name of ["two", "three"]) commitFiles(cwd, { [`${name}.js`]: "1\n" }, `feat: ${name} things`);
  expect(await find(cwd, "changelog")).toHaveLength(3);
  await callChore(cwd, ["fix", "changelog"]);
  expect(readFileSync(join(cwd, "CHANGELOG.md"), "utf8")).toMatch(
    /^# Changelog\n\n## Unreleased\n\n### Added\n\n- one thing \([0-9a-f]{10}\)\n- two things/,
  );
  runGitIn(cwd, "checkout", "-q", "--", ".");
  runGitIn(cwd, "clean", "-qfd");
  runGitIn(cwd, "tag", "v1.0.0");
  expect(await find(cwd, "changelog")).toEqual([]);
});

test("PB22: failing tests of the home are reported, and no ticket can be made of them", async () => {
  const cwd = repository({ message: "feat: begin", files: { "lib/a.py": "x = 1\n" } });
  const checks = JSON.stringify([
    { name: "test", run: "echo 'File \"lib/a.py\", line 1'; echo 1 failed; exit 1" },
    { name: "slow", run: "sleep 20", timeoutSeconds: 1 },
  ]);
  const lines = await find(cwd, "failing-tests", { MOS_CHECKS: checks });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ subject: "test", evidence: [{ path: "lib/a.py", line: 1 }] });
  expect(lines[0].text).toContain("1 failed");
  expect(lines[0].values.report).toBeUndefined();
});

test("PB23: commands of the repository run on a copy: the tree is as it was, and no process is left", async () => {
  const cwd = repository({
    message: "feat: begin",
    files: {
      "package.json": '{ "scripts": { "format": "sh format.sh" } }\n',
      "format.sh": "echo changed > a.txt; echo new > b.txt; sleep 300 >/dev/null 2>&1 &\n",
      "a.txt": "before\n",
    },
  });
  const started = Date.now();
  expect((await find(cwd, "format-lint")).map(({ subject }) => subject)).toEqual(["a.txt"]);
  expect(Date.now() - started).toBeLessThan(20_000);
  expect(runGitIn(cwd, "status", "--porcelain")).toBe("");
});
