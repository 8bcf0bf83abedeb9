import { z } from "zod";
import type { RelayTool } from "../../port/relay.ts";

const faultsShown = 5;
/** After so many that do not fit, the next one is taken as it is: whoever asked names the fault. */
const refusalsMax = 3;

/**
 * The `hand_in` tool, for clients without structured output of their own: takes the role's output, and says what does not
 * fit so that the model mends it in the same conversation. The last one that was taken counts.
 *
 * @param onTaken  told of each that was taken
 */
export function makeHandInTool(args: { schema: Readonly<Record<string, unknown>>; onTaken: (output: unknown) => void }): RelayTool {
  const check = openCheck(args.schema);
  let refusals = 0;
  return {
    name: "hand_in",
    description: "Hands in the result of this run, as the last thing that is done in it. Without it the run has failed.",
    inputSchema: args.schema,
    call: async (input) => {
      const faults = check(input);
      if (faults.length === 0 || refusals >= refusalsMax) {
        args.onTaken(input);
        return { text: "It is handed in. Say that you are done, and stop.", isError: false };
      }
      refusals += 1;
      return { text: `It does not fit its schema:\n${faults.join("\n")}\nCall hand_in again with the whole object.`, isError: true };
    },
  };
}

/** A schema that cannot be read checks nothing here; the output is checked again where it is used. */
function openCheck(schema: Readonly<Record<string, unknown>>): (input: unknown) => string[] {
  try {
    const shape = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    return (input) => {
      const { error } = shape.safeParse(input);
      return (error?.issues ?? []).slice(0, faultsShown).map(({ path, message }) => `- ${path.join(".") || "the object"}: ${message}`);
    };
  } catch {
    return (input) => (typeof input === "object" && input !== null && !Array.isArray(input) ? [] : ["- it is no object"]);
  }
}
