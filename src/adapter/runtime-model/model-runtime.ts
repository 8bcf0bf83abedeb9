import type { RuntimeConfig } from "../../contract/config.ts";
import { listSecretForms } from "../../core/secret/hide-secrets.ts";
import type { RoleRuntime } from "../../port/role-runtime.ts";
import { keepConversations } from "./keep-conversations.ts";
import { playRun } from "./play-run.ts";

export type ModelRuntimeConfig = Extract<RuntimeConfig, { kind: "model" }>;

/**
 * A model behind an address, through the AI SDK, with Master OS's own tools: each call is judged by the guards and runs in the
 * slot's tool box. Nothing is loaded and no key is read until a run begins; the key goes into requests and nowhere else.
 *
 * @param readKey  of the variable that the configuration names; never kept
 */
export function createModelRuntime(args: {
  name: string;
  config: ModelRuntimeConfig;
  readKey: (variable: string) => string | undefined;
}): RoleRuntime {
  const { name, config } = args;
  const conversations = keepConversations();
  const readKey = () => (config.keyEnv === undefined ? undefined : args.readKey(config.keyEnv) || undefined);
  return {
    name,
    async ready() {
      if (config.keyEnv !== undefined && readKey() === undefined)
        return { ok: false, reason: `${name} has no key here`, clears: `${config.keyEnv} is set where mos runs` };
      if (config.keyEnv === undefined && config.baseUrl === undefined)
        return { ok: false, reason: `${name} names no key and no address`, clears: `runtimes.${name} in mos.yaml names keyEnv or baseUrl` };
      if (config.provider === "openai-compatible" && config.baseUrl === undefined)
        return { ok: false, reason: `${name} names no address`, clears: `runtimes.${name}.baseUrl is set in mos.yaml` };
      return { ok: true };
    },
    play(play) {
      const key = readKey();
      const forms = listSecretForms(key === undefined ? [] : [key]);
      return playRun({ config, key, forms, conversations, play });
    },
  };
}
