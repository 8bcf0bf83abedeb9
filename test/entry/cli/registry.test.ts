import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { buildProgram, camelCase } from "../../../src/entry/cli/build-program.ts";
import { registry } from "../../../src/entry/cli/registry/registry.ts";
import { writeReference } from "./write-reference.ts";

describe("the registry of commands", () => {
  test("docs/cli.md is made from it", async () => {
    await expect(writeReference()).toMatchFileSnapshot(join(import.meta.dirname, "../../../docs/cli.md"));
  });

  test("no path stands twice, and a command stands before what is nested in it", () => {
    const paths = registry.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths.filter((one) => one.includes(" "))) {
      const outer = paths.indexOf(path.split(" ")[0] as string);
      expect(outer).toBeLessThan(paths.indexOf(path));
    }
  });

  test("the help says of each group what it is about", () => {
    const { commands } = buildProgram({ version: "0", call: async () => {} });
    expect(commands.map((command) => command.description()).filter((words) => !/^\w/.test(words))).toEqual([]);
  });

  test.each(registry.map((row) => [row.path, row] as const))("mos %s: what it declares is what it parses", async (_path, row) => {
    const { command } = await row.load();
    const declared = [...(row.args ?? []).map(({ name }) => name), ...(row.options ?? []).map(({ name }) => camelCase(name))].sort();
    expect(Object.keys((command.input as z.ZodObject).shape).sort()).toEqual(declared);
    expect(command.kind).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(row.summary).toMatch(/^[^A-Z].*[^.]$/);
  });

  test("what CONTRACT promises of this part is there", () => {
    const paths = new Set(registry.map(({ path }) => path));
    expect(promised.filter((path) => !paths.has(path))).toEqual([]);
  });
});

const promised = [
  "init", "domain add", "domain list", "start", "brief",
  "ticket new", "ticket list", "ticket show", "ticket ready", "ticket block", "ticket unblock", "ticket withdraw", "ticket answer", "ticket adopt",
  "run", "gate status", "gate receipt", "doctor", "sandbox exec", "distill", "review", "review list", "review approve", "review release", "rhythm install", "rhythm uninstall", "rhythm turn", "review reject",
  "wiki check", "wiki stats", "note add", "ask", "log", "log verify", "status", "lane pause", "lane resume", "stop", "demo clean", "completion", "guard install", "guard status",
]; // biome-ignore format: a table
