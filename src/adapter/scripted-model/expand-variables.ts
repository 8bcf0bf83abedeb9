import { MosError } from "../../contract/error.ts";
import type { ModelScript } from "../../contract/model-script.ts";

/** The script with each `{{name}}` in its strings replaced. Throws `model-script-variable` for a name that was not given. */
export function expandVariables(script: ModelScript, variables: Readonly<Record<string, string>>): ModelScript {
  return expand(script) as ModelScript;

  function expand(value: unknown): unknown {
    if (typeof value === "string") return value.replace(/\{\{([A-Za-z][A-Za-z0-9_-]*)\}\}/g, (_whole, name: string) => look(name));
    if (Array.isArray(value)) return value.map(expand);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expand(inner)]));
  }

  function look(name: string): string {
    const found = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (found !== undefined) return found;
    throw new MosError({
      code: "model-script-variable",
      message: `The script names {{${name}}}, which has no value.`,
      hint: `Give it one: --set ${name}=VALUE, or \`variables\` of startScriptedModel.`,
    });
  }
}
