import { createModelRuntime } from "../adapter/runtime-model/model-runtime.ts";
import type { Config } from "../contract/config.ts";
import type { RoleRuntime } from "../port/role-runtime.ts";

/**
 * The models behind an address that mos.yaml names. Each reads its key from the variable named there when a run begins; it
 * stands in nothing that is written.
 */
export function composeModelRuntimes(runtimes: Config["runtimes"]): Record<string, RoleRuntime> {
  const readKey = (variable: string) => process.env[variable];
  return Object.fromEntries(
    Object.entries(runtimes).flatMap(([name, config]) =>
      config.kind === "model" ? [[name, createModelRuntime({ name, config, readKey })]] : [],
    ),
  );
}
