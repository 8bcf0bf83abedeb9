import { exitCode, MosError } from "../contract/error.ts";
import type { Ticket } from "../contract/ticket.ts";
import { applyTransition } from "../core/ticket/apply-transition.ts";
import { createTicket } from "../core/ticket/create-ticket.ts";
import type { World } from "../port/world.ts";
import { chooseDomains } from "./check-wiki.ts";

const textBytesMax = 65_536;

/**
 * Files a ticket that adds `notes/<date>-<words>.md` to the domain's home, ready to run: a note reaches main through
 * the gate, as everything does, and is read by the next distillation.
 */
export async function addNote(world: World, args: { domain: string; text: string }): Promise<{ ticket: Ticket; path: string }> {
  const text = args.text.trim();
  if (text === "" || Buffer.byteLength(text) > textBytesMax) {
    throw new MosError({
      code: "usage",
      message: text === "" ? "The note is empty." : "The note is longer than 64 KiB.",
      hint: 'Give its text: mos note add --domain music "what I learned".',
      exit: exitCode.usage,
    });
  }
  const [domain] = chooseDomains(world, args.domain);
  if (domain === undefined) throw new Error("unreachable: chooseDomains gives one or throws");
  const now = world.clock.now();
  const path = `notes/${now.slice(0, 10)}-${nameNote(text)}.md`;
  const ticket = await world.store.write(async (tx) => {
    const draft = {
      title: `Note: ${firstLine(text)}`.slice(0, 200),
      domain: domain.name,
      repo: "home",
      body: text,
      touches: [path],
      appends: [],
      generates: [],
      dependsOn: [],
      runtime: "playbook",
      role: "executor" as const,
      // A second note of the same day and words is added below the first.
      run: ["mkdir -p notes", `printf '%s\\n\\n' ${quoteForShell(text)} >> ${quoteForShell(path)}`],
      accept: [{ text: `${path} holds the note`, run: `grep -qF -- ${quoteForShell(firstLine(text))} ${quoteForShell(path)}` }],
      priority: 50,
    };
    const sealedDomains = world.workspace.domains.filter(({ sealed }) => sealed).map(({ name }) => name);
    const filed = await createTicket(tx, { draft, prefix: domain.prefix, sealedDomains, now, actor: "operator", authority: "operator" });
    const note = { actor: "operator", authority: "operator", reason: "mos note add" };
    return (await applyTransition(tx, filed.id, { kind: "ready" }, note)).ticket;
  });
  return { ticket, path };
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").trim();
}

/** Five words of the first line, in letters that every file system takes. */
function nameNote(text: string): string {
  const words = firstLine(text)
    .normalize("NFKD")
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return words === null ? "note" : words.slice(0, 5).join("-").slice(0, 60);
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
