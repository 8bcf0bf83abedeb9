import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { dirname } from "node:path";

/** After this many times the kept bytes, a command that floods its output is ended. */
const floodFactor = 64;

/**
 * Keeps the head and the tail of one stream, up to `bytesMax` in all, and writes the same share to the log.
 *
 * @param onFlood  called once when the stream has given 64 times `bytesMax`
 */
export function createOutputKeeper(args: { bytesMax: number; onFlood: () => void }) {
  const half = Math.floor(args.bytesMax / 2);
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  let total = 0;
  let flooded = false;
  return {
    take(chunk: Buffer): void {
      total += chunk.length;
      let rest = chunk;
      if (head.length < half) {
        const room = half - head.length;
        head = Buffer.concat([head, rest.subarray(0, room)]);
        rest = rest.subarray(room);
      }
      if (rest.length > 0) {
        tail = Buffer.concat([tail, rest]);
        if (tail.length > half * 2) tail = tail.subarray(tail.length - half);
      }
      if (!flooded && total > args.bytesMax * floodFactor) {
        flooded = true;
        args.onFlood();
      }
    },
    isTruncated: () => total > args.bytesMax,
    text(): string {
      const kept = tail.length > half ? tail.subarray(tail.length - half) : tail;
      const dropped = total - head.length - kept.length;
      return dropped > 0
        ? `${head.toString("utf8")}\n[… ${dropped} bytes left out …]\n${kept.toString("utf8")}`
        : head.toString("utf8") + kept.toString("utf8");
    },
  };
}

/** The record of a whole run, bounded to `bytesMax`. */
export function openLog(file: string | undefined, bytesMax: number): { write(chunk: Buffer): void; end(): Promise<void> } {
  if (file === undefined) return { write: () => undefined, end: async () => undefined };
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const stream: WriteStream = createWriteStream(file, { mode: 0o600 });
  let left = bytesMax;
  stream.on("error", () => {
    left = 0;
  });
  return {
    write(chunk) {
      if (left <= 0) return;
      stream.write(chunk.subarray(0, left));
      left -= chunk.length;
    },
    end: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}
