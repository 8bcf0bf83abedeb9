import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { gatherPathFacts } from "../../../src/adapter/path-facts/gather-path-facts.ts";
import { makeTemporaryFolder } from "../../support/make-repository.ts";

const { path: folder, remove } = makeTemporaryFolder("mos-facts-");
afterAll(() => remove());
mkdirSync(join(folder, "a/b"), { recursive: true });
mkdirSync(join(folder, "far/away"), { recursive: true });
writeFileSync(join(folder, "a/file"), "");
writeFileSync(join(folder, "a/twin"), "");
linkSync(join(folder, "a/twin"), join(folder, "a/twin-too"));
symlinkSync("../far/away", join(folder, "a/link"));
symlinkSync("link", join(folder, "a/hop"));
symlinkSync(join(folder, "a/file"), join(folder, "far/back"));
symlinkSync("round", join(folder, "round"));
symlinkSync("/proc/self/root", join(folder, "a/proc"));

const fact = (path: string) => {
  const [found] = gatherPathFacts([path.startsWith("/") ? path : `${folder}/${path}`]);
  return { path: found?.path.replace(folder, ""), kind: found?.kind, links: found?.links };
};

test("P4: what is there is named as the kernel resolves it", () => {
  expect(fact("a/file")).toEqual({ path: "/a/file", kind: "file", links: 1 });
  expect(fact("a/twin")).toEqual({ path: "/a/twin", kind: "file", links: 2 });
  expect(fact("a/hop/")).toEqual({ path: "/far/away", kind: "folder", links: 1 });
  expect(fact("far/back")).toEqual({ path: "/a/file", kind: "file", links: 1 });
  expect(fact("a//./b/../file")).toEqual({ path: "/a/file", kind: "file", links: 1 });
  expect(fact("/")).toEqual({ path: "/", kind: "folder", links: 1 });
});

test("P4: .. counts from where a link leads, not from its name", () => {
  expect(fact("a/link/../x")).toEqual({ path: "/far/x", kind: "absent", links: 1 });
  expect(fact("a/link/../../a/file")).toEqual({ path: "/a/file", kind: "file", links: 1 });
});

test("P4: what is not there is appended to the deepest folder that is", () => {
  expect(fact("a/hop/new/deep.txt")).toEqual({ path: "/far/away/new/deep.txt", kind: "absent", links: 1 });
  expect(fact("a/none/../../../up")).toEqual({ path: fact("../up").path, kind: "absent", links: 1 });
  expect(fact("a/file/below").kind).toBe("absent");
});

test("P4.1: a circle ends, and nothing below /proc is followed", () => {
  expect(fact("round/x").kind).toBe("unreadable");
  expect(fact("/proc/self/cwd/x")).toEqual({ path: "/proc/self/cwd/x", kind: "other", links: 1 });
  expect(fact("a/proc/etc/hosts").path).toBe("/proc/self/root/etc/hosts");
  expect(fact("/dev/fd/0").path).toBe("/proc/self/fd/0");
});

test("P1.1: more paths than can be looked up in time are left out", () => {
  expect(gatherPathFacts(Array.from({ length: 20_001 }, () => "/"))).toHaveLength(20_000);
});
