import type { GuardName, PathFact } from "../../../contract/policy.ts";
import type { Act, PathAct } from "../act.ts";
import type { Place } from "../path/place.ts";
import type { Scene } from "../scene.ts";

/** Why an act is refused, and what to do instead. One sentence each, for a model that is confused, not an enemy. */
export interface Objection {
  readonly reason: string;
  readonly remedy: string;
}

/** A numbered rule of docs/spec/policy.md about one kind of act. */
export interface Rule<Kind extends Act["kind"] = Act["kind"]> {
  readonly id: string;
  readonly guard: GuardName;
  readonly on: Kind;
  judge(act: Extract<Act, { kind: Kind }>, scene: Scene): Objection | undefined;
}

/** A path as it was named and as the kernel resolves it. */
export interface SeenPath {
  readonly path: string;
  readonly place: Place;
  readonly fact: PathFact;
  /** Set where a link leads to another place than the name says. */
  readonly named?: string;
}

/** A rule about paths sees where the path really lies. */
export interface PathRule {
  readonly id: string;
  readonly guard: GuardName;
  judge(act: PathAct, seen: SeenPath, scene: Scene): Objection | undefined;
}

/** Keeps a rule's own kind while it stands in a table of all. */
export function defineRule<Kind extends Act["kind"]>(rule: Rule<Kind>): Rule {
  return rule as unknown as Rule;
}
