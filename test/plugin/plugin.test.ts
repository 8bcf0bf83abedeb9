import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { readMatter } from "../../src/core/knowledge/read-matter.ts";
import { orchestratorTools } from "../../src/entry/mcp/orchestrator/tools.ts";
import { makeTemporaryFolder } from "../support/make-repository.ts";

const root = join(import.meta.dirname, "../..");
const plugin = join(root, "plugin");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const json = (path: string) => JSON.parse(read(path));
const skills = readdirSync(join(plugin, "skills"));

describe("the plugin as it ships", () => {
  test("M8: manifest and marketplace name one plugin, in the package's version, and the package holds both", () => {
    const { name, version } = json("plugin/.claude-plugin/plugin.json");
    expect({ name, version }).toEqual({ name: "mos", version: manifest.version });
    expect(json(".claude-plugin/marketplace.json")).toMatchObject({
      name: "master-os",
      plugins: [{ name: "mos", source: "./plugin", version: manifest.version }],
    });
    expect(manifest.files).toEqual(expect.arrayContaining(["plugin", ".claude-plugin"]));
  });

  test("M8: the guard stands before every tool, in exec form, and blocks when it fails; the greeting cannot fail a session", () => {
    const { hooks } = json("plugin/hooks/hooks.json");
    expect(Object.keys(hooks).sort()).toEqual(["PreToolUse", "SessionStart"]);
    const script = (name: string) => ({ type: "command", command: `\${CLAUDE_PLUGIN_ROOT}/scripts/${name}`, args: [] });
    expect(hooks.PreToolUse).toEqual([{ matcher: "*", hooks: [{ ...script("guard"), timeout: 30, onFailure: "block" }] }]);
    expect(hooks.SessionStart).toMatchObject([{ hooks: [script("greet")] }]);
    for (const name of ["guard", "greet", "mos"]) expect(statSync(join(plugin, "scripts", name)).mode & 0o111).toBe(0o111);
    expect(json("plugin/.mcp.json")).toEqual({
      mcpServers: { mos: { command: script("mos").command, args: ["mcp", "--orchestrator"] } },
    });
  });

  test.each(skills)("M8: the skill %s has its matter, and names tools that are there", (name) => {
    const text = read(`plugin/skills/${name}/SKILL.md`);
    expect(readMatter(text)?.data).toMatchObject({ name, description: expect.stringMatching(/^.{20,300}$/) });
    const known = orchestratorTools.map((tool) => tool.name);
    const named = [...text.matchAll(/`([a-z]+_[a-z]+)`/g)].map((match) => match[1]);
    expect(named.filter((tool) => !known.includes(tool as string))).toEqual([]);
    expect(known.some((tool) => text.includes(`\`${tool}\``))).toBe(true);
  });

  test("M8: it has nothing to install or build, and no code but its scripts", () => {
    const files = execFileSync("find", [plugin, "-type", "f"], { encoding: "utf8" }).trim().split("\n");
    const odd = files
      .map((path) => path.slice(plugin.length + 1))
      .filter((path) => !/\.(md|json)$|^scripts\/(mos|greet|guard)$/.test(path));
    expect(odd).toEqual([]);
    expect(files.every((path) => statSync(path).size < 10_000)).toBe(true);
  });
});

describe("the scripts, from a copy as an installed plugin is one", () => {
  let folder: ReturnType<typeof makeTemporaryFolder> | undefined;
  afterEach(() => {
    folder?.remove();
    folder = undefined;
  });

  /** The plugin alone, a workspace with a folder in it, and a folder for programs. */
  function copy() {
    folder = makeTemporaryFolder("mos-scripts-");
    const at = (name: string) => join(folder?.path ?? "", name);
    execFileSync("cp", ["-r", plugin, at("plugin")]);
    for (const name of ["os/music", "plain", "bin", "dist"]) mkdirSync(at(name), { recursive: true });
    writeFileSync(at("os/mos.yaml"), "version: 1\n");
    const run = (script: string, cwd: string, env: Record<string, string> = {}) =>
      spawnSync(at(`plugin/scripts/${script}`), ["a b", "c"], {
        cwd: at(cwd),
        env: { PATH: `${at("bin")}:/usr/bin:/bin`, ...env },
        encoding: "utf8",
        input: "{}",
      });
    const program = (path: string, text: string) => {
      writeFileSync(at(path), `#!/bin/sh\n${text}\n`);
      chmodSync(at(path), 0o755);
    };
    return { at, run, program };
  }

  test("M9: outside a workspace the guard says nothing and allows", () => {
    const { run } = copy();
    expect(run("guard", "plain")).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  test("M9: inside one, without mos, it denies in both forms, wherever the session went", () => {
    const { run, at } = copy();
    for (const { status, stdout } of [run("guard", "os/music"), run("guard", "plain", { CLAUDE_PROJECT_DIR: at("os") })]) {
      expect(status).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "deny" } });
    }
  });

  test("M9: it asks the hook beside mos on PATH, as the orchestrator, for the outermost workspace; no variable names another", () => {
    const { run, at, program } = copy();
    program("dist/mos.mjs", "exit 0");
    program("dist/mos-hook", 'printf "%s\\n" "$@"; cat; exit 2');
    symlinkSync(at("dist/mos.mjs"), at("bin/mos"));
    mkdirSync(at("os/music/inner"));
    writeFileSync(at("os/music/inner/mos.yaml"), "version: 1\n");
    program("false-mos", "exit 0");
    const { status, stdout } = run("guard", "os/music/inner", { MOS_PROGRAM: at("false-mos") });
    expect({ status, stdout }).toEqual({ status: 2, stdout: `claude\n--role\norchestrator\n--workspace\n${at("os")}\n{}` });
  });

  test("M9: mos is what MOS_PROGRAM names, else the one on PATH; without any it says what to do", () => {
    const { run, at, program } = copy();
    const missing = run("mos", "plain");
    expect([missing.status, missing.stderr]).toEqual([3, expect.stringContaining("npm install -g master-os")]);
    program("bin/mos", 'echo path "$@"');
    expect(run("mos", "plain").stdout).toBe("path a b c\n");
    program("named", 'echo named "$@"');
    expect(run("mos", "plain", { MOS_PROGRAM: at("named") }).stdout).toBe("named a b c\n");
  });

  test("M9: a greeting that fails fails nothing, and says nothing", () => {
    const { run, program } = copy();
    expect(run("greet", "os")).toMatchObject({ status: 0, stdout: "", stderr: "" });
    program("bin/mos", "echo broken >&2; exit 1");
    expect(run("greet", "os")).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });
});

test("M8: what the plugin is said to offer is there", () => {
  const text = read("plugin/README.md");
  expect([...text.matchAll(/`\/mos:([a-z]+)`/g)].map((match) => match[1]).filter((name) => !skills.includes(name as string))).toEqual([]);
  for (const name of skills) expect(text).toContain(`/mos:${name}`);
  expect(existsSync(join(plugin, "README.md"))).toBe(true);
});
