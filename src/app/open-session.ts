import { exitCode, MosError } from "../contract/error.ts";
import type { Session } from "../contract/run.ts";
import type { StoreReader, StoreWriter } from "../port/store.ts";
import type { World } from "../port/world.ts";
import { startHeartbeat } from "./hold-lease.ts";
import { refuseWhileStopped } from "./standing-stop.ts";

const leaseKey = "session";

/** Who begins a session or goes on with it, for the log. */
export interface SessionHand {
  readonly actor: "operator" | "orchestrator" | "mos";
  readonly authority: string;
  readonly reason: string;
  /** Goes on with the open session, step by step: there must be one, and that it goes on is no event. */
  readonly step?: boolean;
}

const operatorHand: SessionHand = { actor: "operator", authority: "operator", reason: "mos start" };

/**
 * Holds the workspace's one session for the time of `body`: the open one, when an earlier process was broken off, else
 * a new one. Another process that holds it and lives is an error (`session-running`); one that died is taken over. Throws
 * `no-session` for a step without one, `stopped` while a stop of everything stands.
 */
export async function holdSession<T>(world: World, body: (session: Session) => Promise<T>, hand: SessionHand = operatorHand): Promise<T> {
  const session = await world.store.write((tx) => takeSession(tx, world, hand));
  // Questions may take their time: without a beat another process would take this one for dead.
  const heartbeat = startHeartbeat(world, (world.workspace.config.limits.leaseSeconds * 1000) / 4);
  try {
    return await body(session);
  } finally {
    await heartbeat.stop();
    await world.store.write(async (tx) => {
      if ((await tx.leases.get(leaseKey))?.owner === world.worker.id) await tx.leases.remove(leaseKey);
    });
  }
}

/** The session that has begun and not ended. */
export async function findOpenSession(tx: StoreReader): Promise<Session | undefined> {
  return (await tx.sessions.list()).find((session) => session.endedAt === undefined);
}

async function takeSession(tx: StoreWriter, world: World, hand: SessionHand): Promise<Session> {
  await refuseWhileStopped(tx);
  const held = await tx.leases.get(leaseKey);
  if (held !== undefined && held.owner !== world.worker.id && world.isProcessAlive(held)) {
    throw new MosError({
      code: "session-running",
      message: `A session is running already, in process ${held.pid}.`,
      hint: "Answer it there, or end that process; then start again.",
    });
  }
  const open = await findOpenSession(tx);
  if (open === undefined && hand.step === true) {
    throw new MosError({ code: "no-session", message: "No session is open.", hint: "Start one first.", exit: exitCode.notFound });
  }
  const { id: owner, pid, process } = world.worker;
  await tx.leases.put({ key: leaseKey, owner, pid, process, epoch: (held?.epoch ?? 0) + 1, beat: 0 });
  const { actor, authority, reason } = hand;
  if (open !== undefined) {
    if (hand.step !== true) {
      await tx.append({
        kind: "session.resumed",
        actor: actor === "operator" ? "mos" : actor,
        authority: open.id,
        reason: `broken off at ${open.stage}`,
        data: { session: open.id },
      });
    }
    return open;
  }
  const id = `S-${await tx.nextNumber("session")}`;
  const session: Session = { id, startedAt: world.clock.now(), stage: "sweep", scouted: [], skipped: [], modelCalls: 0 };
  await tx.sessions.put(session);
  await tx.append({ kind: "session.started", actor, authority, reason, data: { session: id } });
  return session;
}

/** Changes the session's record; gives the new one. */
export async function updateSession(world: World, id: string, change: (session: Session) => Partial<Session>): Promise<Session> {
  return await world.store.write(async (tx) => {
    const session = await tx.sessions.get(id);
    if (session === undefined) throw new Error(`session ${id} is gone`);
    const next = { ...session, ...change(session) };
    await tx.sessions.put(next);
    return next;
  });
}
