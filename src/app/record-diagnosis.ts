import type { Diagnosis } from "../contract/doctor.ts";
import type { LastDiagnosis } from "../port/store.ts";
import type { World } from "../port/world.ts";

const noteId = "doctor:last";

/** The doctor's last word on the whole workspace, with its time; `undefined` before the first. */
export async function readLastDiagnosis(world: World): Promise<LastDiagnosis | undefined> {
  return world.store.read(async (tx) => (await tx.notes.get(noteId))?.value as LastDiagnosis | undefined);
}

/** Keeps a diagnosis of the whole workspace. The log has a line when the grade is another than before, and else none. */
export async function recordDiagnosis(world: World, diagnosis: Diagnosis): Promise<void> {
  await world.store.write(async (tx) => {
    const before = (await tx.notes.get(noteId))?.value as LastDiagnosis | undefined;
    await tx.notes.put({ id: noteId, value: { ...diagnosis, at: world.clock.now() } satisfies LastDiagnosis });
    if (before?.grade === diagnosis.grade && before.passed === diagnosis.passed) return;
    const { grade, passed, total, domains } = diagnosis;
    const failing = diagnosis.checks.filter(({ ok }) => !ok).map(({ id, domain }) => (domain === undefined ? id : `${id} (${domain})`));
    const reason = failing.length === 0 ? "nothing to mend" : failing.join(", ");
    await tx.append({ kind: "doctor.graded", actor: "mos", reason, data: { grade, passed, total, domains } });
  });
}
