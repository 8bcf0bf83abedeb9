import { byMinute, type DoctorCheck, fails, holds } from "./doctor-check.ts";

/** Model calls without a budget are a way to lose money. No model is built in, so that none is called without one. */
export const budgets: DoctorCheck = {
  id: "budgets",
  scope: "workspace",
  fingerprint: byMinute,
  examine: async ({ world }) => {
    const sessions = await world.store.read((tx) => tx.sessions.list());
    const calls = sessions.reduce((sum, session) => sum + session.modelCalls, 0);
    return calls === 0
      ? holds("no model was called")
      : fails(`${calls} model calls were made, and no budget is set`, "Set a budget in mos.yaml before a runtime with a model is used.");
  },
};
