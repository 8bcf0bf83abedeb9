import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

/** A thread that hangs is ended; an honest text takes less than a second. */
const answerMsMax = 120_000;
const idleMsMax = 60_000;

interface Answer {
  readonly id: number;
  readonly vector?: Float32Array;
  readonly error?: string;
}

interface Pending {
  resolve(vector: Float32Array): void;
  reject(error: Error): void;
}

/**
 * Runs the engine in a thread, since a text takes it a tenth of a second or more, in which nothing else of a process would run.
 * The thread begins with the first text, keeps no process alive, and is begun again after it ended.
 */
export function startWorker(modules: readonly string[]): { embed(text: string): Promise<Float32Array> } {
  const pending = new Map<number, Pending>();
  let next = 0;
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  const end = (error: Error) => {
    const ended = worker;
    worker = undefined;
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
    void ended?.terminate();
  };
  const rest = () => {
    worker?.unref();
    idle = setTimeout(() => end(new Error("the embedder rests")), idleMsMax);
    idle.unref();
  };
  const begin = () => {
    const begun = new Worker(program, { eval: true, workerData: modules.map((path) => pathToFileURL(path).href), env: {} });
    begun.on("message", ({ id, vector, error }: Answer) => {
      const asked = pending.get(id);
      pending.delete(id);
      if (pending.size === 0) rest();
      if (vector === undefined) asked?.reject(new Error(error ?? "the embedder gave no vector"));
      else asked?.resolve(vector);
    });
    begun.on("error", (error) => begun === worker && end(error as Error));
    begun.on("exit", () => begun === worker && end(new Error("the embedder ended")));
    return begun;
  };
  return {
    embed: async (text) => {
      clearTimeout(idle);
      worker ??= begin();
      worker.ref();
      const id = next;
      next += 1;
      const asked = worker;
      const timer = setTimeout(() => asked === worker && end(new Error("the embedder does not answer")), answerMsMax);
      try {
        return await new Promise<Float32Array>((resolve, reject) => {
          pending.set(id, { resolve, reject });
          asked.postMessage({ id, text });
        });
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** It is given no key, so the engine has no way to any server; its environment is empty. */
const program = `
const { parentPort, workerData } = require("node:worker_threads");
const made = Promise.all(workerData.map((url) => import(url))).then(([engine, weights]) => engine.createEmbedder({ model: weights.default }));
parentPort.on("message", async ({ id, text }) => {
  try {
    const [vector] = await (await made).embed([text]);
    parentPort.postMessage({ id, vector: Float32Array.from(vector) });
  } catch (error) {
    parentPort.postMessage({ id, error: String(error) });
  }
});
made.catch(() => undefined);
`;
