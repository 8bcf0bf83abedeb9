import { readFileSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { expect, test } from "vitest";
import { parse } from "yaml";

const root = join(import.meta.dirname, "../..");
const changesets = globSync(".changeset/*.md", { cwd: root, dot: true }).filter((path) => !path.endsWith("README.md"));
const { name } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { name: string };

test("each changeset can be read at the release: this package, a kind of release, and words for users", () => {
  for (const path of changesets) {
    const [, matter = "", text = ""] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(readFileSync(join(root, path), "utf8")) ?? [];
    expect({ path, kinds: parse(matter) as unknown }).toEqual({ path, kinds: { [name]: expect.stringMatching(/^(major|minor|patch)$/) } });
    expect(text.trim().length).toBeGreaterThan(20);
  }
});
