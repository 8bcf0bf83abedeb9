import type { Function as FunctionNode } from "unbash";
import { type Call, enter, note } from "./call.ts";
import { joinOutcomes } from "./join-outcomes.ts";
import { deeper, type Frame, type Outcome, type Reader, succeed } from "./reader.ts";
import { joinScopes, type ShellFunction, type ShellScope, setVariable } from "./shell-scope.ts";

export function addFunction(frame: Frame, node: FunctionNode, scope: ShellScope): ShellScope {
  const added: ShellFunction = { name: node.name.value, body: node.body, source: frame.source };
  const functions = new Map(scope.functions).set(added.name, [added]);
  const after = { ...scope, functions };
  frame.reader.functions.set(added, { called: false, frame, scope: after });
  return after;
}

/** The body with the call's arguments; whichever of the bodies it may have. */
export function runFunction(call: Call, functions: readonly ShellFunction[]): Outcome {
  const { command, frame, scope } = call;
  const name = functions[0]?.name ?? "?";
  command.isFunction = true;
  if (frame.via.some((via) => via.kind === "function" && via.by === name)) {
    note(call, "a function calls itself");
    return { ok: scope, fail: scope, output: undefined };
  }
  const items = command.argv.slice(1);
  const isKnown = items.every((word) => word.value !== undefined);
  const positional = isKnown ? items.map((word) => word.value) : { unknown: "the function's arguments are not known" };
  return joinOutcomes(functions.map((body) => walkBody(enter(call, "function", name), body, setVariable(scope, "@", positional), scope)));
}

function walkBody(frame: Frame, body: ShellFunction, scope: ShellScope, caller: ShellScope): Outcome {
  const seen = frame.reader.functions.get(body);
  if (seen !== undefined) seen.called = true;
  const returns: ShellScope[] = [];
  const inner: Frame = { ...deeper(frame), source: body.source, returns, loopExits: undefined };
  const outcome =
    body.body.type === "CompoundList"
      ? frame.reader.walkList(inner, body.body.commands, scope)
      : frame.reader.walkNode(inner, body.body, scope);
  const returned = returns.reduce<ShellScope | undefined>(joinScopes, undefined);
  const back = (after: ShellScope | undefined): ShellScope | undefined => after && withPositional(after, caller);
  return {
    ok: back(joinScopes(outcome.ok, returned)),
    fail: back(joinScopes(outcome.fail, returned)),
    output: returned ? undefined : outcome.output,
  };
}

function withPositional(after: ShellScope, caller: ShellScope): ShellScope {
  const positional = caller.variables.get("@");
  return positional === undefined ? after : { ...after, variables: new Map(after.variables).set("@", positional) };
}

/** Functions that nothing in the text calls may still be called: by a trap, by a program that the shell is given. */
export function walkUncalled(reader: Reader): void {
  for (const [body, { called, frame, scope }] of reader.functions) {
    if (called) continue;
    const unknown = setVariable(scope, "@", { unknown: "nothing in the command calls this function" });
    walkBody({ ...frame, via: [...frame.via, { kind: "function", by: body.name, from: -1 }] }, body, unknown, succeed(scope).ok ?? scope);
  }
}
