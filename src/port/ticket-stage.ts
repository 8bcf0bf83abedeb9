import type { Domain, RepoHandle } from "../contract/config.ts";
import type { Diagnosis } from "../contract/doctor.ts";
import type { Ticket } from "../contract/ticket.ts";
import type { World } from "./world.ts";

/** A commit that is about to be main of a lane, with its tests green. */
export interface PlannedLanding {
  readonly lane: string;
  readonly commit: string;
}

/** The doctor's word on one domain (the workspace's checks and its own), taken now, or for the state that a landing leaves. */
export type GradeDomain = (domain: string, landing?: PlannedLanding) => Promise<Diagnosis>;

export interface StageContext {
  readonly ticket: Ticket;
  readonly domain: Domain;
  readonly repo: RepoHandle;
  readonly signal: AbortSignal;
}

/**
 * One arrow of a ticket's way. `applies` is derived from what is stored; `run` changes it, or the driver stops. Each may be
 * run again after a crash.
 */
export interface TicketStage {
  readonly name: string;
  applies(ticket: Ticket): boolean;
  run(world: World, context: StageContext): Promise<void>;
}
