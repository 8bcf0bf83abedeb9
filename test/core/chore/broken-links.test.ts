import fc from "fast-check";
import { expect, test } from "vitest";
import { collectFileLinks, scanTargets } from "../../../src/core/chore/broken-links/collect-links.ts";

test("PB2: the quick scan misses no link that the parser sees", () => {
  const pieces = [
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "!",
    ":",
    "\n",
    "\n\n",
    " ",
    "a.md",
    "b/c.md",
    "\\",
    "`",
    "```\n",
    "#x",
    "^",
    '"t"',
    "- ",
    "> ",
    "%20",
    "text",
  ];
  const links = [
    "[x](a.md)",
    '[y](<b c.md> "t")',
    "![z](i/(j).svg)",
    "[r]: d.md\n",
    "[q][r]",
    "[^n]: see [in](e.md)",
    "[a [b](f.md) c](g.md)",
    "[h]( k.md )",
  ];
  const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.constantFrom(...links)), { maxLength: 25 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, (markdown) => {
      const scanned = scanTargets(markdown);
      for (const { target } of collectFileLinks(markdown)) expect(scanned).toContain(target);
    }),
    { numRuns: 1500 },
  );
});

test("PB2: the place of a target in the text is exact, whatever stands around it", () => {
  const markdown = 'A [b](c.md "c.md") and ![d](<e f.md>)\n\n[g]: h.md#i "t"\n\n> - [j [k](l.md)](x)\n';
  for (const { raw, start, end } of collectFileLinks(markdown)) expect(markdown.slice(start, end)).toBe(raw);
  expect(collectFileLinks(markdown).map(({ raw, line }) => `${raw} ${line}`)).toEqual(["c.md 1", "e f.md 1", "h.md#i 3", "l.md 5"]);
});
