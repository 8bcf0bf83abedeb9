import { execFileSync } from "node:child_process";
import type { Ticket } from "../../src/contract/ticket.ts";
import { callChore } from "./make-chore-world.ts";
import { runGitIn } from "./make-repository.ts";

/** Does what a ticket of `mos wiki check --fix` says, by the real chore program in the home's tree, and commits it; without a gate. */
export async function carryOutCites(home: string, ticket: Ticket): Promise<void> {
  for (const command of ticket.run) await call(home, command);
  const changed = runGitIn(home, "status", "--porcelain", "--untracked-files=all", "-z")
    .split("\0")
    .filter((row) => row !== "");
  const strays = changed.map((row) => row.replace(/^.{1,2} /, "")).filter((path) => !ticket.touches.includes(path));
  if (strays.length > 0) throw new Error(`outside of what ${ticket.id} touches: ${strays.join(", ")}`);
  for (const { run } of ticket.accept) await call(home, run ?? "");
  runGitIn(home, "add", "-A");
  runGitIn(home, "commit", "-q", "-m", `docs: ${ticket.id}`);
}

/** A real `sh` reads the command; `mos-chore` is this checkout's. */
async function call(home: string, command: string): Promise<void> {
  const script = command.replace(/^mos-chore /, "printf '%s\\0' ");
  const argv = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
  const { code, stdout, stderr } = await callChore(home, argv);
  if (code !== 0) throw new Error(`${command.slice(0, 200)}: ${code} ${stdout}${stderr}`);
}
