import { join } from "node:path";
import { TicketDraft } from "../../src/contract/ticket.ts";
import { applyTransition } from "../../src/core/ticket/apply-transition.ts";
import { createTicket } from "../../src/core/ticket/create-ticket.ts";
import { type OpenedWorld, openWorld } from "../../test/support/open-world.ts";

/** A repository in which these tickets are done and verified, so that nothing but the gate is left to do; `bad` ones fail its check. */
export async function openVerifiedWorld(args: { tickets: number; bad: ReadonlySet<number>; suiteSeconds: number }): Promise<OpenedWorld> {
  const check = `[ "$1" = lint ] && exit 0\nsleep ${args.suiteSeconds}\n! grep -rq bad work\n`;
  const opened = await openWorld({ music: { prefix: "MUS", files: { "check.sh": check, "work/begin.md": "begin\n" } } });
  const { world } = opened;
  const git = world.git.at(join(opened.root, "music"));
  const base = (await git.resolve("refs/heads/main")) as string;
  for (let index = 0; index < args.tickets; index += 1) {
    const path = `work/${index}.md`;
    const tree = await git.editTree(base, { [path]: args.bad.has(index) ? "bad\n" : "good\n" });
    const commit = await git.commitTree({ tree, parents: [base], message: `work ${index}` });
    const draft = TicketDraft.parse({ title: `Write ${path}`, domain: "music", touches: [path], accept: ["true"] });
    await world.store.write(async (tx) => {
      const note = { actor: "operator", authority: "operator", reason: "for the bench" };
      const { id } = await createTicket(tx, { draft, prefix: "MUS", sealedDomains: [], now: world.clock.now(), actor: "operator" });
      await applyTransition(tx, id, { kind: "ready" }, note);
      const { ticket } = await applyTransition(tx, id, { kind: "claim" }, note);
      await applyTransition(tx, id, { kind: "hand-in", work: { epoch: ticket.epoch, base, commit, tree } }, note);
      await applyTransition(tx, id, { kind: "verdict", verdict: { commit, outcome: "pass", id: `${id}/bench` } }, note);
    });
  }
  return opened;
}
