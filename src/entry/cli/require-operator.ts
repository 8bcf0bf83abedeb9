import { exitCode, MosError } from "../../contract/error.ts";
import type { CommandContext } from "./command-context.ts";

/**
 * For what goes on the operator's own word: a program that calls says who it is, and is refused.
 *
 * @param what  a sentence that names the word: `What was stopped goes on by the operator's word.`
 * @throws MosError `operator-only`
 */
export function requireOperator({ callerIsAgent }: Pick<CommandContext, "callerIsAgent">, what: string): void {
  if (!callerIsAgent) return;
  throw new MosError({ code: "operator-only", message: what, hint: "Run it in your own terminal.", exit: exitCode.failure });
}
