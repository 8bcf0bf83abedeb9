/** Of a call: a tool that writes a file says all of it. */
export const inputBytesMax = 4 * 1024 * 1024;

/**
 * All of stdin. As a stream, not by file: a read that waits in libuv's threads would hold up the exit.
 *
 * @throws Error whose message says what is wrong: closed, too large, not UTF-8
 */
export function readInput(stdin: NodeJS.ReadStream): Promise<string> {
  return new Promise((settle, fail) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    stdin.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > inputBytesMax) fail(new Error("it is too large"));
      else chunks.push(chunk);
    });
    stdin.on("error", () => fail(new Error("it cannot be read")));
    stdin.on("end", () => {
      try {
        settle(decodeInput(Buffer.concat(chunks)));
      } catch (error) {
        fail(error);
      }
    });
  });
}

/** Throws where the bytes are not UTF-8: a decoder that mends them would judge another text than the client's. */
export function decodeInput(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("it is not UTF-8");
  }
}
