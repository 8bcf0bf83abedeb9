import type { ChildProcess } from "node:child_process";

/** An object as git holds it. */
export interface ReadObject {
  readonly id: string;
  readonly type: string;
  readonly content: Buffer;
}

export interface ObjectReader {
  /** By the whole name that git resolves; `undefined` for what is not there or over `bytesMax`. */
  read(name: string, bytesMax: number): Promise<ReadObject | undefined>;
}

interface Asked {
  readonly command: "info" | "contents";
  readonly resolve: (answer: { id: string; type: string; size: number; content?: Buffer } | undefined) => void;
  readonly reject: (cause: unknown) => void;
}

const idleMs = 1500;

/**
 * One git that answers for objects until nobody has asked for a while: an answer costs no process. What is read by an id is the
 * same for ever; names that may move are not asked here.
 *
 * @param start  `git cat-file --batch-command` in the repository, with pipes
 */
export function createObjectReader(start: () => ChildProcess): ObjectReader {
  let current: ReturnType<typeof talkTo> | undefined;
  const ask = (command: Asked["command"], name: string) => {
    if (!current?.isOpen()) current = talkTo(start());
    return current.ask(command, name);
  };
  return {
    read: async (name, bytesMax) => {
      if (/[\n\0]/.test(name)) return undefined;
      const info = await ask("info", name);
      if (!info || info.size > bytesMax) return undefined;
      const found = await ask("contents", name);
      return found?.content ? { id: found.id, type: found.type, content: found.content } : undefined;
    },
  };
}

function talkTo(child: ChildProcess) {
  const asked: Asked[] = [];
  let isOpen = true;
  let chunks: Buffer[] = [];
  let held = 0;
  let needed = 1;
  let idle: NodeJS.Timeout | undefined;
  const hold = (keep: boolean) => {
    for (const handle of [child, child.stdin, child.stdout] as unknown as { ref?(): void; unref?(): void }[]) {
      if (keep) handle.ref?.();
      else handle.unref?.();
    }
  };
  const close = (cause?: unknown) => {
    isOpen = false;
    clearTimeout(idle);
    child.stdin?.end();
    for (const one of asked.splice(0)) one.reject(cause ?? new Error("git ended before it had answered"));
  };
  const rest = () => {
    if (asked.length > 0) return;
    hold(false);
    idle = setTimeout(() => close(), idleMs);
    idle.unref();
  };
  const take = () => {
    while (asked.length > 0 && held >= needed) {
      const all = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      chunks = [all];
      const end = all.indexOf(10);
      if (end === -1) {
        needed = held + 1;
        return;
      }
      const head = all.toString("utf8", 0, end);
      const match = /^([0-9a-f]{40,64}) ([a-z]+) (\d+)$/.exec(head);
      const { command, resolve } = asked[0] as Asked;
      const size = match ? Number(match[3]) : 0;
      const whole = end + 1 + (match && command === "contents" ? size + 1 : 0);
      if (held < whole) {
        needed = whole;
        return;
      }
      asked.shift();
      const content = match && command === "contents" ? { content: Buffer.from(all.subarray(end + 1, end + 1 + size)) } : {};
      chunks = held > whole ? [all.subarray(whole)] : [];
      held -= whole;
      needed = 1;
      resolve(match ? { id: match[1] as string, type: match[2] as string, size, ...content } : undefined);
    }
    rest();
  };
  child.stdout?.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    held += chunk.length;
    take();
  });
  child.stdin?.on("error", () => undefined);
  child.once("error", close);
  child.once("close", () => close());
  return {
    isOpen: () => isOpen,
    ask: (command: Asked["command"], name: string) =>
      new Promise<Parameters<Asked["resolve"]>[0]>((resolve, reject) => {
        clearTimeout(idle);
        hold(true);
        asked.push({ command, resolve, reject });
        child.stdin?.write(`${command} ${name}\n`);
      }),
  };
}
