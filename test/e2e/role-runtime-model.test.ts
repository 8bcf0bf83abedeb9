import { createModelRuntime, type ModelRuntimeConfig } from "../../src/adapter/runtime-model/model-runtime.ts";
import { describeRoleRuntimeConformance, type RuntimeCase, type RuntimeWords } from "../conformance/role-runtime.ts";

const words: RuntimeWords = {
  write: (path, content) => ({ tools: [{ name: "write", input: { path, content } }] }),
  run: (command) => ({ tools: [{ name: "run", input: { command } }] }),
  handIn: (output) => ({ tools: [{ name: "hand_in", input: output as Record<string, unknown> }] }),
  outside: (path) => ({ tools: [{ name: "write", input: { path, content: "x" } }] }),
  spawn: (prompt) => ({ tools: [{ name: "Agent", input: { description: "help", prompt } }] }),
};

const providers: Readonly<Record<string, { provider: ModelRuntimeConfig["provider"]; path: string }>> = {
  "model (Anthropic)": { provider: "anthropic", path: "/v1" },
  "model (OpenAI)": { provider: "openai", path: "/v1" },
  "model (Google)": { provider: "google", path: "/v1beta" },
  "model (OpenAI-compatible)": { provider: "openai-compatible", path: "/v1" },
};

/** What depends on how a provider says it. */
const inEachForm: readonly RuntimeCase[] = ["done", "no-output", "dies", "overload", "refused", "malformed", "usage", "secret"];

for (const [name, { provider, path }] of Object.entries(providers)) {
  describeRoleRuntimeConformance(name, {
    words,
    only: provider === "anthropic" || process.env.MOS_TEST_LONG ? undefined : inEachForm,
    wallMs: 4000,
    open: ({ model, key }) =>
      createModelRuntime({
        name: "model",
        config: { kind: "model", provider, model: "scripted", baseUrl: `${model.url}${path}`, keyEnv: "SOME_KEY" },
        readKey: (variable) => (variable === "SOME_KEY" ? key : undefined),
      }),
  });
}
