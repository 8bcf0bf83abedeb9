/**
 * The guards as a library: `import { evaluate } from "master-os/policy"`. A decision is a pure function of a policy, an agent,
 * a call and what the kernel makes of the paths that the call names; `decideCall` asks the kernel by itself.
 */
export type { Decision, GuardName, PathFact, Policy, PolicyAgent, PolicyDomain, Role, ToolCall } from "../../contract/policy.ts";
export { guardNames, roles } from "../../contract/policy.ts";
export { compilePolicy, type PolicyFacts } from "../../core/policy/compile-policy.ts";
export { evaluate } from "../../core/policy/evaluate.ts";
export { listPaths } from "../../core/policy/list-paths.ts";
export { decideCall, gatherPathFacts } from "../compose-policy.ts";
