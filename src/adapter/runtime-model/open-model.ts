import type { LanguageModel } from "ai";
import type { ModelRuntimeConfig } from "./model-runtime.ts";

const addresses = {
  anthropic: "https://api.anthropic.com/v1",
  openai: "https://api.openai.com/v1",
  google: "https://generativelanguage.googleapis.com/v1beta",
} as const;

/** What the SDK is told beside the words: the provider keeps nothing of ours, and what was said before costs little again. */
export const providerOptions = { openai: { store: false } } as const;
export const cachedHere = { anthropic: { cacheControl: { type: "ephemeral" as const } } };

/**
 * The provider's model, loaded when it is first asked for. The address and the key are those of mos.yaml: nothing is taken
 * from variables that the SDK would look at by itself.
 */
export async function openModel(args: {
  config: ModelRuntimeConfig;
  key: string | undefined;
  model: string;
  fetch: typeof globalThis.fetch;
}): Promise<LanguageModel> {
  const { config, model, fetch } = args;
  const apiKey = args.key ?? "";
  switch (config.provider) {
    case "anthropic": {
      const { createAnthropic } = await import("@ai-sdk/anthropic");
      return createAnthropic({ baseURL: config.baseUrl ?? addresses.anthropic, apiKey, fetch })(model);
    }
    case "openai": {
      const { createOpenAI } = await import("@ai-sdk/openai");
      return createOpenAI({ baseURL: config.baseUrl ?? addresses.openai, apiKey, fetch }).responses(model);
    }
    case "google": {
      const { createGoogleGenerativeAI } = await import("@ai-sdk/google");
      return createGoogleGenerativeAI({ baseURL: config.baseUrl ?? addresses.google, apiKey, fetch })(model);
    }
    default: {
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
      const named = args.key === undefined ? {} : { apiKey };
      return createOpenAICompatible({ name: "local", baseURL: config.baseUrl ?? "", includeUsage: true, fetch, ...named })(model);
    }
  }
}
