import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { treeProgram } from "../../../src/adapter/runtime-model/tool/tree-program.ts";
import { makeTemporaryFolder } from "../../support/make-repository.ts";

let folder: ReturnType<typeof makeTemporaryFolder>;
beforeEach(() => {
  folder = makeTemporaryFolder("mos-tree-");
});
afterEach(() => folder.remove());

const put = (name: string, content: string | Buffer) => {
  mkdirSync(join(folder.path, name, ".."), { recursive: true });
  writeFileSync(join(folder.path, name), content);
};
const call = (input: Record<string, unknown>): { ok: boolean; text: string } => {
  const run = spawnSync(process.execPath, ["--input-type=commonjs", "-e", treeProgram], {
    cwd: folder.path,
    input: JSON.stringify(input),
    encoding: "utf8",
    timeout: 20_000,
  });
  return JSON.parse(run.stdout);
};

describe("the tools on a tree", () => {
  test("RT30: read gives numbered lines, a part of them on request, and lists folders", () => {
    put("a/song.txt", "one\ntwo\nthree\n");
    expect(call({ tool: "read", path: "a/song.txt" })).toEqual({ ok: true, text: "1\tone\n2\ttwo\n3\tthree" });
    expect(call({ tool: "read", path: "a/song.txt", offset: 2, limit: 1 }).text).toBe("2\ttwo\n[1 more lines; read on with offset 3]");
    expect(call({ tool: "read", path: "." }).text).toBe("a/");
    expect(call({ tool: "read", path: "no" })).toEqual({ ok: false, text: "no is not there." });
  });

  test("RT30: what is read is bounded, by lines, by their length and by size; what is no text is not read", () => {
    put("long", "x".repeat(100_000));
    put("many", "line\n".repeat(5000));
    put("binary", Buffer.from([1, 0, 2]));
    put("huge", Buffer.alloc(9 * 1024 * 1024, 65));
    expect(call({ tool: "read", path: "long" }).text.length).toBeLessThan(3000);
    expect(call({ tool: "read", path: "many" }).text).toContain("[4000 more lines; read on with offset 1001]");
    for (const path of ["binary", "huge"]) expect(call({ tool: "read", path }).ok).toBe(false);
  });

  test("RT30: a device or a pipe is no file", () => {
    spawnSync("mkfifo", [join(folder.path, "pipe")]);
    symlinkSync("/dev/zero", join(folder.path, "zero"));
    for (const path of ["pipe", "zero"]) {
      expect(call({ tool: "read", path })).toMatchObject({ ok: false });
      expect(call({ tool: "write", path, content: "x" })).toMatchObject({ ok: false });
    }
    put("a.txt", "x");
    expect(call({ tool: "search", pattern: "x" })).toEqual({ ok: true, text: "a.txt:1: x" });
  });

  test("RT30: search finds by expression, in a folder, by the end of names; not in .git or packages", () => {
    put("a.ts", "const one = 1;\n");
    put("b.md", "one\n");
    put(".git/config", "one\n");
    put("node_modules/p/a.ts", "one\n");
    expect(call({ tool: "search", pattern: "\\bone\\b" }).text).toBe("a.ts:1: const one = 1;\nb.md:1: one");
    expect(call({ tool: "search", pattern: "one", files: ".ts" }).text).toBe("a.ts:1: const one = 1;");
    expect(call({ tool: "search", pattern: "none" }).text).toBe("[nothing matches]");
    expect(call({ tool: "search", pattern: "(" })).toMatchObject({ ok: false, text: expect.stringContaining("cannot be read") });
    put("many", "one\n".repeat(5000));
    expect(call({ tool: "search", pattern: "one" }).text).toContain("[there is more");
  });

  test("RT30: edit replaces what stands once, says how often it stands otherwise, and takes no pattern for one", () => {
    put("a.ts", "let a = $1;\nlet b = 1;\n");
    expect(call({ tool: "edit", path: "a.ts", old: "$1", new: "$& $' 2" }).ok).toBe(true);
    expect(readFileSync(join(folder.path, "a.ts"), "utf8")).toBe("let a = $& $' 2;\nlet b = 1;\n");
    expect(call({ tool: "edit", path: "a.ts", old: "let", new: "const" }).text).toContain("stands 2 times");
    expect(call({ tool: "edit", path: "a.ts", old: "let", new: "const", all: true }).text).toBe("a.ts: 2 places changed.");
    expect(call({ tool: "edit", path: "a.ts", old: "absent", new: "x" }).ok).toBe(false);
    put("latin", Buffer.from([0x61, 0xe9, 0x62]));
    expect(call({ tool: "edit", path: "latin", old: "a", new: "b" }).ok).toBe(false);
    expect(readFileSync(join(folder.path, "latin"))).toEqual(Buffer.from([0x61, 0xe9, 0x62]));
  });

  test("RT30: write makes a file with its folders, replaces one, and says which", () => {
    expect(call({ tool: "write", path: "x/y/z.txt", content: "1" }).text).toBe("x/y/z.txt made.");
    expect(call({ tool: "write", path: "x/y/z.txt", content: "2" }).text).toBe("x/y/z.txt replaced.");
    expect(readFileSync(join(folder.path, "x/y/z.txt"), "utf8")).toBe("2");
    expect(call({ tool: "write", path: "x", content: "2" }).ok).toBe(false);
  });

  test("RT30: a call that is no call is answered all the same", () => {
    expect(call({ tool: "constructor" }).ok).toBe(false);
    expect(call({}).ok).toBe(false);
  });
});
