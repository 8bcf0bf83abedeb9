import { afterEach, beforeEach, expect, test } from "vitest";
import { createGit } from "../../../src/adapter/git/git.ts";
import { createQueueOrder } from "../../../src/app/lane/order-queue.ts";
import type { RepoHandle } from "../../../src/contract/config.ts";
import type { Ticket } from "../../../src/contract/ticket.ts";
import { readGateRules } from "../../../src/core/gate/defining-files.ts";
import type { World } from "../../../src/port/world.ts";
import { hashText } from "../../support/hash-text.ts";
import { commitFiles, makeRepository, makeTemporaryFolder, runGitIn } from "../../support/make-repository.ts";
import { makeTicket, objectId } from "../../support/make-ticket.ts";

let folder: ReturnType<typeof makeTemporaryFolder>;
beforeEach(() => {
  folder = makeTemporaryFolder("mos-order-");
});
afterEach(() => folder.remove());

test("G4h: work whose objects are gone is that ticket's trouble alone: the others are ordered, and nothing is thrown", async () => {
  const base = makeRepository(folder.path, { "a.ts": 'import "./b";', "b.ts": "", "c.ts": "" });
  const work = (path: string) => {
    const commit = commitFiles(folder.path, { [path]: "// changed\n" }, path);
    runGitIn(folder.path, "reset", "-q", "--hard", base);
    return { base, commit, tree: runGitIn(folder.path, "rev-parse", `${commit}^{tree}`), epoch: 1 };
  };
  const ticket = (id: string, done: Ticket["work"]) => makeTicket({ id, touches: ["*.ts"], work: done });
  const gone = { ...work("c.ts"), commit: objectId(7) };
  const queued = [ticket("MUS-1", work("a.ts")), ticket("MUS-2", gone), ticket("MUS-3", work("b.ts"))];
  const git = createGit({ PATH: process.env.PATH, HOME: folder.path });
  const repo = { path: folder.path, lane: "music", checks: [], knowledgeOnly: false } as unknown as RepoHandle;
  const rules = await readGateRules({ git: git.at(folder.path), repo, treeish: base, sha256: hashText });
  const order = createQueueOrder({ git } as World, { repo });
  const ordered = await order.order(queued, { main: base, rules });
  expect(ordered.map(({ id }) => id).toSorted()).toEqual(["MUS-1", "MUS-2", "MUS-3"]);
  expect(ordered[0]?.id).toBe("MUS-1");
});

test("G4h: what has left the queue is not kept: a lander that lives for long holds no more than waits", async () => {
  const base = makeRepository(folder.path, { "a.ts": "" });
  let reads = 0;
  const real = createGit({ PATH: process.env.PATH, HOME: folder.path });
  const at = (path: string) => {
    const changedPaths = async () => {
      reads += 1;
      return [];
    };
    return { ...real.at(path), changedPaths };
  };
  const repo = { path: folder.path, lane: "music", checks: [], knowledgeOnly: false } as unknown as RepoHandle;
  const rules = await readGateRules({ git: real.at(folder.path), repo, treeish: base, sha256: hashText });
  const order = createQueueOrder({ git: { ...real, at } } as unknown as World, { repo });
  const queue = (first: number) =>
    [0, 1, 2].map((more) => {
      const commit = objectId(first + more);
      return makeTicket({ id: `MUS-${first + more}`, work: { base, commit, tree: base, epoch: 1 } });
    });
  const readsFor = async (queued: Ticket[]) => {
    const before = reads;
    await order.order(queued, { main: base, rules });
    return reads - before;
  };
  expect([await readsFor(queue(10)), await readsFor(queue(11)), await readsFor(queue(20)), await readsFor(queue(10))]).toEqual([
    3, 1, 3, 3,
  ]);
});
