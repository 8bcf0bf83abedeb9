import { chmodSync, linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findLeaks } from "../../src/app/client/find-leaks.ts";
import { listSecretForms } from "../../src/core/secret/hide-secrets.ts";
import { makeTemporaryFolder, writeFiles } from "../support/make-repository.ts";
import { withoutRoot } from "../support/without-root.ts";

const key = "canary-key-0123456789";
const forms = listSecretForms([key]);

describe("a secret in a tree", () => {
  test("C9: is found in content, names and links, plain and encoded, in binary files too, and nowhere else", () => {
    const { path: tree, remove } = makeTemporaryFolder("mos-leak-");
    try {
      writeFiles(tree, {
        "clean.txt": "canary-key-0123\n456789",
        "a/plain.txt": `x${key}y`,
        "a/encoded.txt": Buffer.from(`user:${key}`).toString("base64"),
        "b/clean.md": "nothing",
        ".git": `gitdir: ${key}`,
      });
      writeFileSync(join(tree, "binary.bin"), Buffer.concat([Buffer.from([0, 255, 254]), Buffer.from(key), Buffer.from([0])]));
      symlinkSync(`/nowhere/${key}`, join(tree, "link"));
      symlinkSync(tree, join(tree, "loop"));
      mkdirSync(join(tree, "c"));
      writeFileSync(join(tree, "c", key), "");
      expect(findLeaks({ tree, forms, sinceMs: 0 }).sort()).toEqual([
        "a/encoded.txt",
        "a/plain.txt",
        "binary.bin",
        "link",
        "the name of a file in c",
      ]);
    } finally {
      remove();
    }
  });

  test("C9: is found whatever time a file claims to be of, and what was there before is not read again", () => {
    const { path: tree, remove } = makeTemporaryFolder("mos-leak-");
    try {
      writeFiles(tree, { "old.txt": key });
      utimesSync(join(tree, "old.txt"), 0, 0);
      expect(findLeaks({ tree, forms, sinceMs: Date.now() - 60_000 })).toEqual(["old.txt"]);
      expect(findLeaks({ tree, forms, sinceMs: Date.now() + 60_000 })).toEqual([]);
      linkSync(join(tree, "old.txt"), join(tree, "again.txt"));
      expect(findLeaks({ tree, forms, sinceMs: 0 })).toHaveLength(2);
    } finally {
      remove();
    }
  });

  test("C9: what cannot be looked into is named", async () => {
    const { path: tree, remove } = makeTemporaryFolder("mos-leak-");
    try {
      chmodSync(tree, 0o755);
      writeFiles(tree, { "shut.txt": "x", "folder/in.txt": "x" });
      chmodSync(join(tree, "shut.txt"), 0);
      chmodSync(join(tree, "folder"), 0);
      expect(await withoutRoot(async () => findLeaks({ tree, forms, sinceMs: 0 }))).toEqual([
        "folder (cannot be looked into)",
        "shut.txt (cannot be looked into)",
      ]);
    } finally {
      chmodSync(join(tree, "folder"), 0o755);
      remove();
    }
  });
});
