import type { ToolModelMessage } from "ai";
import { holdsSecret } from "../../../core/secret/hide-secrets.ts";
import type { ModelAnswer } from "../ask-model.ts";
import type { OpenRun } from "../open-run.ts";
import { RunEnd } from "../run-end.ts";
import { callTool } from "./call-tool.ts";

const callsMax = 50;

/** The calls of one answer, one after the other, and what the model is told of them. Throws the `RunEnd` that one of them brings. */
export async function callAll(run: OpenRun, calls: ModelAnswer["calls"]): Promise<ToolModelMessage> {
  const { play, signal, hide, forms, transcript } = run;
  const content: ToolModelMessage["content"] = [];
  for (const [at, call] of calls.entries()) {
    signal.throwIfAborted();
    transcript.write({ kind: "call", tool: call.name, input: call.input });
    run.countCall(call.name);
    if (holdsSecret(JSON.stringify(call.input) ?? "", forms))
      throw new RunEnd("secret", "the model said the key in a call; nothing was done with it", {
        refusal: { message: "the model was about to write its own key", hint: "Make the key invalid and use a new one." },
      });
    const told =
      at < callsMax ? await callTool({ call, play, signal, hide }) : { text: `More than ${callsMax} calls in one answer.`, failed: true };
    transcript.write({ kind: "result", tool: call.name, failed: told.failed, text: told.text });
    content.push(tellResult(call, told));
    const word = told.outcome ? play.onOutcome(told.outcome) : undefined;
    if (word !== undefined) throw new RunEnd("no-progress", word);
  }
  return { role: "tool", content };
}

export function tellResult(
  { id, name }: Pick<ModelAnswer["calls"][number], "id" | "name">,
  { text, failed }: { text: string; failed: boolean },
): ToolModelMessage["content"][number] {
  return { type: "tool-result", toolCallId: id, toolName: name, output: { type: failed ? "error-text" : "text", value: text } };
}
