import type { Chore, ChoreArgs, ChoreFinding, ChoreWorld } from "../../core/chore/chore.ts";
import { chores, findChore } from "../../core/chore/list-chores.ts";
import { parseChoreArgs } from "./parse-args.ts";
import { readChoreWorld } from "./read-world.ts";
import { writeEdits } from "./write-edits.ts";

export interface ChoreCall {
  readonly argv: readonly string[];
  /** The tree's root. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  write(text: string): void;
  warn(text: string): void;
}

const usage = `mos-chore find <chore>[,<chore>…]            findings, one JSON object a line
mos-chore fix <chore> [--today DAY] [--name value]… [-- <target>…]
mos-chore check <chore> [--name value]… [-- <target>…]   exit 1 with reasons while it is not done
chores: ${chores.map(({ id }) => id).join(", ")}
MOS_NOW (a moment), MOS_CHECKS (a JSON list of the repository's checks), MOS_CHECK_SECONDS (for all commands together), MOS_REPO (home, or an attached repository's name)
`;

/** The chore program. Gives the exit code: 0 done or nothing wrong, 1 not done, 2 called wrongly. */
export async function runChore(call: ChoreCall): Promise<number> {
  const parsed = parseChoreArgs(call.argv);
  if (parsed.kind === "wrong") {
    call.warn(`${parsed.reason}\n${usage}`);
    return 2;
  }
  const named = parsed.chores.map(findChore);
  if (named.includes(undefined)) {
    call.warn(`no such chore: ${parsed.chores.filter((id) => !findChore(id)).join(", ")}\n${usage}`);
    return 2;
  }
  const wanted = chores.filter((chore) => named.includes(chore));
  const world = readChoreWorld({ root: call.cwd, env: call.env, today: parsed.args.options.today });
  switch (parsed.verb) {
    case "find":
      return findAll(call, world, wanted);
    case "fix":
      return fixAll(call, world, wanted, parsed.args);
    case "check":
      return checkAll(call, world, wanted, parsed.args);
  }
}

/** One chore that fails does not take the others' findings with it: its line says what went wrong. */
async function findAll(call: ChoreCall, world: ChoreWorld, wanted: readonly Chore[]): Promise<number> {
  let code = 0;
  for (const chore of wanted) {
    const named = wanted.length > 1 ? { playbook: chore.id } : {};
    try {
      const seen = new Set<string>();
      for (const finding of await chore.find(world)) {
        const line = shorten(finding);
        if (seen.has(line.subject)) continue;
        seen.add(line.subject);
        call.write(`${JSON.stringify({ ...named, ...line })}\n`);
      }
    } catch (error) {
      if (wanted.length === 1) throw error;
      call.write(`${JSON.stringify({ ...named, error: String(error).slice(0, 500) })}\n`);
      code = 1;
    }
  }
  return code;
}

async function fixAll(call: ChoreCall, world: ChoreWorld, wanted: readonly Chore[], args: ChoreArgs): Promise<number> {
  for (const chore of wanted) {
    const fix = await chore.fix(world, args);
    writeEdits(call.cwd, fix.edits);
    for (const line of fix.changed) call.write(`Changed: ${oneLine(line)}\n`);
    for (const line of fix.learned ?? []) call.write(`Learned: ${oneLine(line)}\n`);
    if (fix.edits.length === 0) call.write(`${chore.id}: nothing to do\n`);
  }
  return 0;
}

async function checkAll(call: ChoreCall, world: ChoreWorld, wanted: readonly Chore[], args: ChoreArgs): Promise<number> {
  let code = 0;
  for (const chore of wanted) {
    const reasons = await chore.check(world, args);
    for (const reason of reasons.slice(0, 50)) call.write(`${oneLine(reason)}\n`);
    if (reasons.length > 0) code = 1;
    else call.write(`${chore.id}: as it should be\n`);
  }
  return code;
}

function shorten(finding: ChoreFinding): ChoreFinding {
  return { ...finding, subject: oneLine(finding.subject).slice(0, 300), text: oneLine(finding.text).slice(0, 1000) };
}

/** Names of files are foreign text: one line, nothing that steers a terminal. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, "?");
}
