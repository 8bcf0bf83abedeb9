import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeControl, stripControl } from "../../../../src/entry/cli/show/strip-control.ts";

describe("untrusted text at the terminal", () => {
  test.each([
    ["colours", "a\u001B[31mred\u001B[0mb", "aredb"],
    ["a title", "a\u001B]0;owned\u0007b", "ab"],
    ["a link", "a\u001B]8;;http://x\u001B\\text\u001B]8;;\u001B\\b", "atextb"],
    ["a clipboard write", "\u001B]52;c;aGk=\u0007", ""],
    ["8-bit sequences", "a\u009B2Jb\u009D0;x\u009Cc", "abc"],
    ["a carriage return that overwrites", "safe\rrm -rf", "saferm -rf"],
    ["a bell and a backspace", "a\u0007\bb", "ab"],
    ["marks that turn a line round", "a\u202Eb\u2066c", "abc"],
    ["tabs and line ends stay", "a\tb\nc", "a\tb\nc"],
    ["an unfinished sequence", "a\u001B[", "a"],
  ])("%s", (_what, text, shown) => {
    expect(stripControl(text)).toBe(shown);
  });

  test("whatever comes in, nothing that steers a terminal comes out", () => {
    const noise = fc.array(
      fc.constantFrom("\u001B", "[", "]", "0", ";", "m", "\u0007", "\\", "P", "\u009B", "\u009D", "\u009C", "a", "\r", "\u202E", " ", "J"),
    );
    fc.assert(
      fc.property(noise, (parts) => {
        expect(stripControl(parts.join(""))).not.toMatch(/(?![\t\n])\p{Cc}|\p{Bidi_Control}/u);
      }),
    );
  });

  test("JSON keeps every character, written so that it does nothing", () => {
    const data = { text: "a\u009B2Jb\u007F\u202Ec\u001B[31m" };
    const written = escapeControl(JSON.stringify(data));
    expect(written).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
    expect(JSON.parse(written)).toEqual(data);
  });
});
