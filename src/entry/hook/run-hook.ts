import { writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Refusal } from "../../contract/denial.ts";
import { type Answer, formatDeny } from "./client-form.ts";
import { findPolicy, type PolicyPlace } from "./find-policy.ts";
import { argumentFault, describeDenial, inputFault, type Judgement, judgeCall, nameError, ownFault } from "./judge-call.ts";
import { type HookArguments, parseArguments } from "./parse-arguments.ts";
import { readInput } from "./read-input.ts";
import { readPolicy } from "./read-policy.ts";
import { spoolDenial, spoolOf } from "./spool-denial.ts";

/** A client writes at once and closes. Below the five seconds that clients give a hook at the least. */
const inputMs = 3_000;

/**
 * `mos hook`: one call on stdin, one answer on stdout, exit 0 or 2, nothing else (H1). Every way out leads through
 * `answer`, once; a fault of its own denies (H2).
 */
export async function runHook(argv: readonly string[]): Promise<never> {
  let parsed: HookArguments | undefined;
  let place: PolicyPlace | undefined;
  const client = () => parsed?.client ?? argv[0] ?? "";
  const refuse = (refusal: Refusal): never => {
    const denial = describeDenial({ refusal, by: "hook", client: client(), ...(parsed ? { agent: parsed.agent } : {}) });
    return finish({ answer: formatDeny(client(), refusal), denial }, parsed, place);
  };
  process.on("uncaughtException", (error) => refuse(ownFault(nameError(error))));
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => refuse(ownFault(`it was stopped by ${signal}`)));
  setTimeout(() => refuse(inputFault(`its input had not ended after ${inputMs / 1000} s`)), inputMs);
  try {
    const known = parseArguments(argv);
    parsed = known;
    place = findPolicy(known, process.cwd());
  } catch (error) {
    return refuse(argumentFault(nameError(error)));
  }
  const found = { ...parsed, place };
  let text: string;
  try {
    text = await readInput(process.stdin);
  } catch (error) {
    return refuse(inputFault(nameError(error)));
  }
  return finish(judgeCall({ ...found, text, readPolicy: () => readPolicy(found.place), by: "hook" }), parsed, place);
}

/** The trace first: who is answered may go on, and may be killed with its hook. */
function finish({ answer, denial }: Judgement, parsed: HookArguments | undefined, place: PolicyPlace | undefined): never {
  if (denial !== undefined) {
    const spool = parsed?.spool ?? (place?.root === undefined ? undefined : spoolOf(dirname(place.file)));
    if (spool !== undefined) spoolDenial(spool, denial);
  }
  return print(answer);
}

/** An allow that cannot be said whole is none. */
function print(answer: Answer): never {
  try {
    if (answer.stderr !== "") writeWhole(2, answer.stderr);
  } catch {
    // The reason is on stdout too.
  }
  try {
    writeWhole(1, answer.stdout);
  } catch {
    process.exit(2);
  }
  process.exit(answer.exit);
}

function writeWhole(fd: number, text: string): void {
  let rest = Buffer.from(text);
  for (let tries = 0; rest.length > 0; tries += 1) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      // A reader that takes its time, on a pipe that does not wait.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN" || tries > 1_000) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
