// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's.
import fc from "fast-check";
import { forEachChild, parse, type SyntaxNode } from "unbash";
import { expect, test } from "vitest";
import { readShell } from "../../../../src/core/policy/shell/read-shell.ts";
import { generatedShell } from "../../../support/generate-shell.ts";
import { readSteadySeed, scaleRuns } from "../../../support/read-seed.ts";

const seed = readSteadySeed(77);
const fuzzMs = scaleRuns({ short: 10_000, long: 3_600_000 });
/** One reading, on a machine that does other things too. */
const readingMsMax = 3_000;
const start = { cwd: "/w", env: { HOME: "/home/op", PATH: "/bin" } };

const sparks =
  `' " \\ \` $ ( ) { } [ ] < > | & ; # ! ~ * ? = + - , . : % ^ @ \n \t \0 é 𝒳 $( $(( \${ <( >( << <<< <<- && || ;; |& 2>&1 $' $" !( @( ` +
  "if then else fi for in do done while until case esac select function coproc time eval bash -c sh xargs find -exec {} ; env sudo -S cd .. " +
  "set -- shift export local read unset alias trap source . exit return break printf echo -e base64 -d rev git -c alias.x=! config python3 -c os.system('ls') " +
  'awk BEGIN{system("x")} sed s/a/b/e vim +!ls sqlite3 .shell {a,b} {1..9} ${x:-y} ${x%a*} ${x//a/b} ${!x} ${a[@]} $@ $* $# $1 $((x++)) $((1/0)) x=1 x+=2 a=(1 2) a[1]=2 f() { ls; } f EOF \nEOF\n';
const pieces = [...sparks.split(" "), " ", " ", " ", "cat", "a", "/x/y"];
const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(""));
const spaced = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(" "));
const mutated = fc
  .tuple(generatedShell, fc.array(fc.tuple(fc.nat(), fc.constantFrom(...pieces), fc.nat({ max: 6 })), { maxLength: 4 }))
  .map(([{ text }, changes]) =>
    changes.reduce(
      (at, [place, added, cut]) => at.slice(0, place % (at.length + 1)) + added + at.slice((place % (at.length + 1)) + cut),
      text,
    ),
  );
const nested = fc
  .tuple(
    fc.constantFrom(
      "$(",
      "(",
      "{ ",
      "${x:-",
      "`",
      "<(",
      '"$(',
      "if ",
      "while ",
      "eval '",
      'bash -c "',
      "f() { ",
      "$((",
      "[[ ( ",
      "case x in a) ",
      "{a,",
      "xargs ",
      "env ",
      "sudo ",
    ),
    fc.nat({ max: 3_000 }),
    soup,
  )
  .map(([opener, times, end]) => opener.repeat(times) + end);
const anything = fc.oneof(
  { weight: 4, arbitrary: soup },
  { weight: 4, arbitrary: spaced },
  { weight: 4, arbitrary: mutated },
  { weight: 1, arbitrary: nested },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
);

test(`P5.3: no text makes the reader throw, hang or answer twice in two ways (seed ${seed})`, { timeout: fuzzMs * 2 + 60_000 }, () => {
  const end = performance.now() + fuzzMs;
  let count = 0;
  let slowest = { ms: 0, text: "" };
  let unreadable = 0;
  for (let round = 0; performance.now() < end; round++) {
    for (const text of fc.sample(anything, { numRuns: 200, seed: seed + round })) {
      const before = performance.now();
      const reading = readShell(text, start);
      const tookMs = performance.now() - before;
      if (tookMs > slowest.ms) slowest = { ms: tookMs, text };
      if (tookMs > readingMsMax) expect.fail(`${Math.round(tookMs)} ms for ${JSON.stringify(text.slice(0, 400))}`);
      count++;
      if (reading.kind === "unreadable") unreadable++;
      if (count % 10 === 0) expect(JSON.stringify(readShell(text, start))).toBe(JSON.stringify(reading));
    }
  }
  console.log(
    `${count} texts read, ${unreadable} unreadable, the slowest in ${slowest.ms.toFixed(1)} ms: ${JSON.stringify(slowest.text.slice(0, 60))}`,
  );
  expect(count - unreadable).toBeGreaterThan(count / 20);
});

/** Where each simple command of a text stands, as the parser alone sees it. */
function listPlaces(text: string): string[] {
  const found: string[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === "Command" && node.name !== undefined) found.push(text.slice(node.pos, node.end).slice(0, 200));
    if (node.type === "CommandExpansion" && node.text.startsWith("`")) return;
    forEachChild(node, visit);
  };
  visit(parse(text));
  return found;
}

test(`P5.3: every command that stands in a text is in its reading, wherever it stands (seed ${seed})`, () => {
  let checked = 0;
  for (const text of fc.sample(fc.oneof(soup, spaced, mutated), { numRuns: scaleRuns({ short: 4_000, long: 100_000 }), seed })) {
    const reading = readShell(text, start);
    if (reading.kind === "unreadable") continue;
    const read = new Set(reading.commands.map((command) => command.text));
    const missing = listPlaces(text).filter((place) => !read.has(place));
    expect(missing.map((place) => ({ place, text }))).toEqual([]);
    checked++;
  }
  expect(checked).toBeGreaterThan(500);
});
