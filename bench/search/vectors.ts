import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openMinilm } from "../../src/adapter/embedder-minilm/open-minilm.ts";
import type { Embedder } from "../../src/port/search.ts";

/**
 * The embedder that an operator would install, from the registry into a folder; texts that were embedded before in that folder
 * are not embedded again, since a text takes it a third of a second.
 *
 * @throws an error where it cannot be had
 */
export async function openCachedEmbedder(folder: string): Promise<Embedder> {
  const open = openMinilm([folder]);
  const absent = await open();
  if (absent.kind === "absent") {
    mkdirSync(folder, { recursive: true });
    const [program, ...args] = absent.remedy.split(" ") as [string, ...string[]];
    execFileSync(program, [...args, "--no-audit", "--no-fund", "--silent"], { stdio: ["ignore", "ignore", "inherit"], timeout: 300_000 });
  }
  const found = await open();
  if (found.kind === "absent") throw new Error(found.reason);
  const { embedder } = found;
  const file = join(folder, "vectors.jsonl");
  const kept = new Map<string, Float32Array>();
  for (const line of existsSync(file) ? readFileSync(file, "utf8").split("\n") : []) {
    if (!line.endsWith("]")) continue;
    const [key, base64] = JSON.parse(line) as [string, string];
    kept.set(key, new Float32Array(Uint8Array.from(Buffer.from(base64, "base64")).buffer));
  }
  const embed = async (text: string) => {
    const key = createHash("sha256").update(`${embedder.name}\n${text}`).digest("base64url");
    const before = kept.get(key);
    if (before !== undefined) return before;
    const [vector] = await embedder.embed([text]);
    if (vector === undefined) throw new Error("the embedder gave no vector");
    kept.set(key, vector);
    const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
    appendFileSync(file, `${JSON.stringify([key, bytes.toString("base64")])}\n`);
    return vector;
  };
  return {
    name: embedder.name,
    embed: async (texts) => {
      const vectors: Float32Array[] = [];
      for (const text of texts) vectors.push(await embed(text));
      return vectors;
    },
  };
}
