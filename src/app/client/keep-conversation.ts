import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { findLeaks } from "./find-leaks.ts";

const bytesMax = 64 * 1024 ** 2;
const filesMax = 2000;
const keptMax = 200;
const keptMs = 30 * 86_400_000;
const named = /^[A-Za-z0-9][A-Za-z0-9_-]{7,99}$/;

/** Where the conversations of one client in one domain lie: no run of another domain is ever shown one of them. */
export interface ConversationPlace {
  readonly stateDir: string;
  readonly domain: string;
  readonly client: string;
}

/** What a client kept of a conversation, for one run: a copy, which takes the place of what was there when the run has ended. */
export interface OpenConversation {
  /** A host folder that the box may write. */
  readonly folder: string;
  /** The client's own name of it, when it is there to go on with. */
  readonly resume?: string;
  /** What the client had reported of its cost before this run; absent: unknown, so its report says nothing of this run. */
  readonly usdBefore?: number;
  /**
   * Keeps what the client left. Never throws: a conversation that cannot be kept, holds a secret or is too large is forgotten,
   * and a run begins anew.
   *
   * @returns the name to go on with
   */
  keep(args: { conversation: string | undefined; usd: number | undefined; forms: readonly string[] }): string | undefined;
}

/**
 * @param runDir  a folder of this run's own
 * @param owner  the uid that the box runs as, where it is another one
 */
export function openConversation(
  place: ConversationPlace,
  args: { runDir: string; resume?: string | undefined; owner?: number | undefined },
): OpenConversation {
  const root = join(place.stateDir, "conversation", place.domain, place.client);
  const folder = join(args.runDir, "conversation");
  const kept = args.resume !== undefined && named.test(args.resume) ? join(root, args.resume) : undefined;
  const resumed = kept !== undefined && existsSync(kept) && copyTree(join(kept, "files"), folder);
  if (!resumed) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (args.owner !== undefined) giveTo(folder, args.owner);
  const usdBefore = resumed && kept !== undefined ? readUsd(kept) : 0;
  return {
    folder,
    ...(resumed && args.resume !== undefined ? { resume: args.resume } : {}),
    ...(usdBefore === undefined ? {} : { usdBefore }),
    keep: ({ conversation, usd, forms }) => {
      if (conversation === undefined || !named.test(conversation)) return undefined;
      try {
        if (findLeaks({ tree: folder, forms, sinceMs: 0 }).length > 0) return undefined;
        mkdirSync(root, { recursive: true, mode: 0o700 });
        prune(root);
        const next = join(root, `.${conversation}-${process.pid}`);
        rmSync(next, { recursive: true, force: true });
        mkdirSync(next, { mode: 0o700 });
        if (!copyTree(folder, join(next, "files"))) {
          rmSync(next, { recursive: true, force: true });
          return undefined;
        }
        writeFileSync(join(next, "reported.json"), JSON.stringify(usd === undefined ? {} : { usd }), { mode: 0o600 });
        const at = join(root, conversation);
        rmSync(at, { recursive: true, force: true });
        renameSync(next, at);
        return conversation;
      } catch {
        return undefined;
      }
    },
  };
}

/** Plain files and folders alone, bounded: a box wrote them. */
function copyTree(from: string, to: string): boolean {
  let [bytes, files] = [0, 0];
  const copy = (source: string, target: string): boolean => {
    const found = lstatSync(source, { throwIfNoEntry: false });
    if (!found) return false;
    if (found.isDirectory()) {
      mkdirSync(target, { mode: 0o700 });
      return readdirSync(source).every((name) => copy(join(source, name), join(target, name)));
    }
    if (!found.isFile()) return true;
    bytes += found.size;
    files += 1;
    if (bytes > bytesMax || files > filesMax) return false;
    copyFileSync(source, target);
    chmodSync(target, 0o600);
    return true;
  };
  return copy(from, to);
}

function giveTo(path: string, owner: number): void {
  chownSync(path, owner, owner);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) giveTo(join(path, name), owner);
}

function readUsd(kept: string): number | undefined {
  try {
    const { usd } = JSON.parse(readFileSync(join(kept, "reported.json"), "utf8")) as { usd?: unknown };
    return typeof usd === "number" ? usd : undefined;
  } catch {
    return undefined;
  }
}

/** The oldest go first; what is older than a month goes in any case. */
function prune(root: string): void {
  const now = Date.now();
  const all = readdirSync(root)
    .map((name) => ({ path: join(root, name), ms: statSync(join(root, name)).mtimeMs }))
    .sort((one, other) => other.ms - one.ms);
  for (const { path } of all.filter(({ ms }, at) => at >= keptMax || now - ms > keptMs)) rmSync(path, { recursive: true, force: true });
}
