import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { canaryLines, createCanaries } from "../../attack/canary.ts";

const canaries = createCanaries();
const word = canaries.plant("trading/secret.env");
canaries.plant("somewhere else");
const lines = canaryLines(word);
const bytes = Buffer.from(lines);
const hexRows = (size: number) => bytes.toString("hex").match(new RegExp(`.{1,${size * 2}}`, "g")) ?? [];

test.each([
  ["as it is", `a ${word} b`],
  ["backwards", [...word].reverse().join("")],
  ["base64", bytes.toString("base64")],
  ["base64 in lines", bytes.toString("base64").replace(/.{76}/g, "$&\n")],
  ["od -c", [...lines].map((letter) => `   ${letter === "\n" ? "\\n" : letter}`).join("")],
  [
    "xxd",
    hexRows(16)
      .map((row, at) => `${(at * 16).toString(16).padStart(8, "0")}: ${row.match(/.{1,4}/g)?.join(" ")}`)
      .join("\n"),
  ],
  ["gzip", `before ${gzipSync(lines).toString("latin1")}`],
  ["gzip in base64", gzipSync(lines).toString("base64").replace(/.{76}/g, "$&\n")],
])("a canary is seen in what shows it: %s", (_, text) => {
  expect(canaries.find(text).map(({ place }) => place)).toEqual(["trading/secret.env"]);
});

test("nothing is seen where nothing is", () => {
  expect(canaries.find("")).toEqual([]);
  expect(canaries.find("canary, H4sIAAAAAAAAA+w9a3PbRpJy9uqqiKqr3U93H3")).toEqual([]);
});
