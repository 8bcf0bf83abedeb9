import type { RepoHandle } from "../../contract/config.ts";
import { writeBatchMessage } from "../../core/gate/landing-message.ts";
import type { World } from "../../port/world.ts";
import type { Car } from "./couple-car.ts";

/**
 * The first-parent commit with which a prefix of the train lands (G4): its tree is the last car's, its first parent what it
 * lands on, its tickets' own landing commits are behind it. A prefix of one is that ticket's landing commit itself. Nothing
 * refers to it until it lands.
 *
 * @param args.parent  main, or the commit of the shorter prefix that is to land before it
 */
export async function makePrefixCommit(world: World, args: { repo: RepoHandle; parent: string; cars: readonly Car[] }): Promise<string> {
  const { repo, parent, cars } = args;
  const last = cars.at(-1);
  if (!last) throw new Error("a prefix has a car");
  if (cars.length === 1 && last.onto === parent) return last.commit;
  const git = world.git.at(repo.path);
  const date = world.clock.now();
  if (cars.length === 1 && last.ticket.work) {
    return git.commitTree({ tree: last.tree, parents: [parent, last.ticket.work.commit], message: last.message, date });
  }
  const message = writeBatchMessage(cars.map(({ ticket }) => ticket));
  return git.commitTree({ tree: last.tree, parents: [parent, last.commit], message, date });
}
