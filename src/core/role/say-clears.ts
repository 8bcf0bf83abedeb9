import type { RunFailure } from "../../contract/agent.ts";
import { unreachable } from "../../contract/error.ts";

/** What would let a role go on after a run that gave nothing, for a reader. */
export function sayClears(failure: RunFailure, runtime: string): string {
  switch (failure) {
    case "no-output":
    case "off-schema":
      return `another model or runtime plays the role (roles in mos.yaml): ${runtime} gave no usable output when it was asked again`;
    case "died":
    case "malformed":
      return `${runtime} works again: its transcript says how it ended`;
    case "timeout":
      return "the task is made smaller, or budgets.run.seconds in mos.yaml larger";
    case "flood":
      return "the task is made smaller, or budgets.run.outputBytes in mos.yaml larger";
    case "rate-limit":
    case "overload":
      return "the provider takes requests again; it is tried again then";
    case "refused-by-provider":
      return "another model plays the role (roles in mos.yaml), or the task is put otherwise";
    case "budget":
      return "budgets in mos.yaml are raised, or the next day begins";
    case "no-progress":
      return "the operator looks at the transcript and files the task otherwise";
    case "secret":
      return "the key or login that it left is made invalid, and the work is begun anew";
    case "cancelled":
      return "it is started again";
    case "not-ready":
      return `${runtime} can start: mos agents says what is missing`;
    default:
      return unreachable(failure);
  }
}
