import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { editConfig } from "../../../src/adapter/workspace/edit-config.ts";
import { makeTemporaryFolder } from "../../support/make-repository.ts";
import { readSeed, scaleRuns } from "../../support/read-seed.ts";

const seed = readSeed();
let place: ReturnType<typeof makeTemporaryFolder>;
beforeAll(() => {
  place = makeTemporaryFolder("mos-edit-fuzz-");
});
afterAll(() => place.remove());

const name = fc.constantFrom("a", "b", "c", "d", "e", "f");
const entry = (one: string) => ({ prefix: `P${one.toUpperCase()}`, home: { path: one } });

/** A file as people write them: blocks and flow maps, comments anywhere, two or four spaces, with or without a last newline. */
const file = fc
  .record({
    indent: fc.constantFrom(2, 4),
    domains: fc.uniqueArray(fc.record({ name, flow: fc.boolean(), above: fc.boolean(), beside: fc.boolean(), below: fc.boolean() }), {
      selector: (one) => one.name,
    }),
    limitsFirst: fc.boolean(),
    gap: fc.boolean(),
    ends: fc.boolean(),
  })
  .map(({ indent, domains, limitsFirst, gap, ends }) => {
    const pad = (depth: number) => " ".repeat(indent * depth);
    const blocks = domains.map(({ name: one, flow, above, beside, below }) => {
      const { prefix, home } = entry(one);
      const head = above ? `${pad(1)}# above ${one}\n` : "";
      if (flow) return `${head}${pad(1)}${one}: { prefix: ${prefix}, home: { path: ${home.path} } }${beside ? ` # beside ${one}` : ""}\n`;
      const body = `${pad(1)}${one}:\n${pad(2)}prefix: ${prefix}${beside ? `   # beside ${one}` : ""}\n${pad(2)}home:\n${pad(3)}path: "${home.path}"\n`;
      return head + body + (below ? `${pad(2)}# below ${one}\n` : "");
    });
    const listed = blocks.length === 0 ? "domains: {}\n" : `domains:\n${blocks.join(gap ? "\n" : "")}`;
    const limits = `limits: # of all\n${pad(1)}reworks: 1\n`;
    const text = `# first\nversion: 1\n${limitsFirst ? limits : ""}${gap ? "\n" : ""}${listed}${limitsFirst ? "" : limits}# last\n`;
    return ends ? text : text.trimEnd();
  });

const edit = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), name }),
  fc.record({ kind: fc.constant("remove" as const), name }),
  fc.record({ kind: fc.constant("path" as const), name, to: fc.constantFrom("x y", "ü", "#no", "- no", "'q'") }),
  fc.record({ kind: fc.constant("reworks" as const), to: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ kind: fc.constant("check" as const), name }),
);

test(`W5: any edits of any file: it means what was asked, and no comment of what stays is lost; seed ${seed}`, {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(file, fc.array(edit, { minLength: 1, maxLength: 4 }), async (text, edits) => {
      writeFileSync(join(place.path, "mos.yaml"), text);
      const meant = parse(text) as { domains: Record<string, Record<string, unknown>>; limits: { reworks: number } };
      const touched = new Set<string>();
      await editConfig(place.path, (draft) => {
        for (const one of edits) {
          if (one.kind === "reworks") {
            draft.set(["limits", "reworks"], one.to);
            meant.limits.reworks = one.to;
            continue;
          }
          const at = ["domains", one.name];
          const there = meant.domains[one.name];
          if (one.kind === "add" && !there) {
            draft.set(at, entry(one.name));
            meant.domains[one.name] = entry(one.name);
          } else if (one.kind === "remove" && there) {
            draft.remove(at);
            delete meant.domains[one.name];
            touched.add(one.name);
          } else if (one.kind === "path" && there) {
            const path = `${one.to} ${one.name}`;
            draft.set([...at, "home", "path"], path);
            there.home = { ...(there.home as object), path };
          } else if (one.kind === "check" && there) {
            const checks = [{ name: "test", run: `echo '${one.name}: #1'` }];
            draft.set([...at, "home", "checks"], checks);
            there.home = { ...(there.home as object), checks };
          }
        }
      });
      const after = readFileSync(join(place.path, "mos.yaml"), "utf8");
      expect(parse(after)).toEqual(meant);
      if (isDeepStrictEqual(parse(text), meant)) expect(after).toBe(text);
      for (const [comment, owner] of [...text.matchAll(/# (?:above|beside|below|first|last|of) ?(\w*)/g)].map((match) => [
        match[0],
        match[1],
      ])) {
        if (!touched.has(owner as string)) expect(after).toContain(comment as string);
      }
    }),
    { seed, numRuns: scaleRuns({ short: 60, long: 2000 }) },
  );
});
