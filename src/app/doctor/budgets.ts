import { byMinute, type DoctorCheck, fails, holds } from "./doctor-check.ts";

const dayMs = 24 * 3_600_000;

/** Model calls beyond what the operator set lose money. None is set to begin with: no model is built in. */
export const budgets: DoctorCheck = {
  id: "budgets",
  scope: "workspace",
  fingerprint: byMinute,
  examine: async ({ world }) => {
    const { modelCallsPerDay } = world.workspace.config.limits;
    const since = Date.parse(world.clock.now()) - dayMs;
    const sessions = (await world.store.read((tx) => tx.sessions.list())).filter(
      (session) => session.modelCalls > 0 && Date.parse(session.endedAt ?? session.startedAt) > since,
    );
    const calls = sessions.reduce((sum, session) => sum + session.modelCalls, 0);
    if (calls === 0) return holds("no model was called in the last day");
    if (calls <= modelCallsPerDay) return holds(`${calls} of ${modelCallsPerDay} model calls in the last day`);
    return fails(
      `${calls} model calls were made in the last day (${sessions.map((session) => session.id).join(", ")}), and the budget is ${modelCallsPerDay}`,
      "Set limits.modelCallsPerDay in mos.yaml to what you want to pay for, or wait a day.",
    );
  },
};
