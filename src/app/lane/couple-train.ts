import { MosError } from "../../contract/error.ts";
import type { Ticket } from "../../contract/ticket.ts";
import type { World } from "../../port/world.ts";
import { type Car, coupleCar } from "../../stage/gate/couple-car.ts";
import type { Refusal } from "../../stage/gate/settle-car.ts";

type CoupleArgs = Parameters<typeof coupleCar>[1];

/** What fails while one ticket is merged is that ticket's trouble, and stops no other. */
export async function coupleSafely(world: World, args: CoupleArgs): Promise<{ readonly kind: "coupled"; readonly car: Car } | Refusal> {
  try {
    return await coupleCar(world, args);
  } catch (cause) {
    world.signal.throwIfAborted();
    const clears = cause instanceof MosError && cause.hint !== undefined ? cause.hint : "The cause is mended.";
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { kind: "crash", reason: reason.slice(0, 500), clears: `${clears} Then: mos ticket unblock ${args.ticket.id}` };
  }
}

/**
 * Merges tickets one onto the other behind the train (G4f). The first that does not go with those before it ends the row: it is to
 * land by itself, and is looked at again on main. What does not even go with main is refused.
 *
 * @param args.train  as it is, first the one that lands first
 */
export async function coupleTrain(
  world: World,
  args: Omit<CoupleArgs, "ticket" | "onto" | "ahead"> & {
    main: string;
    train: readonly Car[];
    joining: readonly Ticket[];
    isAlone: (id: string) => boolean;
  },
): Promise<{ coupled: Car[]; alone?: string; refused: { ticket: Ticket; refusal: Refusal }[] }> {
  const coupled: Car[] = [];
  const refused: { ticket: Ticket; refusal: Refusal }[] = [];
  for (const ticket of args.joining) {
    const before = [...args.train, ...coupled];
    const last = before.at(-1);
    const ahead = before.map((car) => car.ticket.id);
    const result = await coupleSafely(world, { ...args, ticket, onto: last?.commit ?? args.main, ahead });
    const changesRules = result.kind === "coupled" && result.car.rules.length > 0;
    if (last !== undefined && (result.kind !== "coupled" || changesRules)) return { coupled, refused, alone: ticket.id };
    if (result.kind !== "coupled") {
      refused.push({ ticket, refusal: result });
      continue;
    }
    coupled.push(result.car);
    if (changesRules) return { coupled, refused, alone: ticket.id };
    if (args.isAlone(ticket.id)) break;
  }
  return { coupled, refused };
}
