import { MosError } from "../contract/error.ts";
import type { World } from "../port/world.ts";
import { type AuditSource, auditLog, createLogMemory, type LogMemory, type LogReport } from "./audit-log.ts";

/**
 * Walks the workspace's chained log and holds every main against its receipts, in git and in the store, and those against
 * the log (G2e, I8). Receipts from before a repository's baseline belong to another workspace's log.
 *
 * @param memory  kept between calls: what it holds is not looked at again, the store's copies neither
 */
export function verifyLog(world: World, memory: LogMemory = createLogMemory()): Promise<LogReport> {
  return auditLog(sourceOf(world), memory);
}

const pageSize = 1000;

function sourceOf(world: World): AuditSource {
  const { git, store, workspace } = world;
  return {
    git,
    log: {
      verify: (after) => store.verifyLog(after),
      events: async function* (since) {
        for (let after: number | undefined = since; after !== undefined; ) {
          const page = await readPage(world, after);
          yield page;
          after = page.at(-1)?.seq;
        }
      },
    },
    lanes: async () => {
      const repos = [...workspace.domains, workspace.operator].flatMap((domain) => domain.repos);
      const unread: { lane: string; reason: string }[] = [];
      const lanes = await Promise.all(
        repos.map(async ({ lane, path, baseline, branch }) => {
          try {
            return [{ lane, gitDir: await git.at(path).gitDir(), baseline, branch }];
          } catch (error) {
            unread.push({ lane, reason: error instanceof Error ? error.message : String(error) });
            return [];
          }
        }),
      );
      return { lanes: lanes.flat(), unread };
    },
    stored: (lane, commits) =>
      store.read(async (tx) => {
        const few = commits.length < 100;
        const rows = few ? await Promise.all(commits.map((commit) => tx.receipts.get(commit))) : await tx.receipts.list({ lane });
        return new Map(rows.flatMap((row) => (row ? [[row.commit, row] as const] : [])));
      }),
    underWay: (lane) => store.read(async (tx) => new Set((await tx.landings.list({ lane })).map(({ receipt }) => receipt.commit))),
  };
}

/** As far as the log can be read: the chain says where it cannot. */
async function readPage({ store }: World, since: number) {
  try {
    return await store.read((tx) => tx.events({ since, limit: pageSize }));
  } catch (error) {
    if (error instanceof MosError && error.code === "store-corrupt") return [];
    throw error;
  }
}
