import { readFile } from "node:fs/promises";
import { exitCode, MosError } from "../contract/error.ts";
import { TicketDraft } from "../contract/ticket.ts";
import { readYaml } from "../core/workspace/read-yaml.ts";
import type { World } from "../port/world.ts";

const fileBytesMax = 1_048_576;

/**
 * A ticket as an operator wrote it, in YAML. Throws `ticket-file-unreadable` (exit 3) and `ticket-invalid` (exit 2), which
 * name the file, the line and the field.
 */
export async function readDraftFile(file: string): Promise<TicketDraft> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new MosError({
      code: "ticket-file-unreadable",
      message: `${file} cannot be read.`,
      hint: "Name a YAML file with title, domain, touches, run and accept.",
      exit: exitCode.notFound,
      cause,
    });
  });
  return parseDraftText(text, file);
}

/** The same for text from elsewhere; `file` is what to call it in an error. */
export function parseDraftText(text: string, file: string): TicketDraft {
  if (text.length > fileBytesMax)
    throw new MosError({
      code: "ticket-invalid",
      message: `${file} is larger than ${fileBytesMax} bytes`,
      hint: "Put what is long into a file of the repository and name it in the body.",
      exit: exitCode.usage,
    });
  return readYaml(TicketDraft, { text, file, code: "ticket-invalid", exit: exitCode.usage });
}

/** Throws `domain-not-found` or `repo-not-found` (exit 3) unless the workspace has what the draft names. */
export function checkPlace(world: World, draft: Pick<TicketDraft, "domain" | "repo">): { prefix: string } {
  const { domains, operator } = world.workspace;
  const domain = [...domains, operator].find((one) => one.name === draft.domain);
  if (domain === undefined) {
    const names = domains.map((one) => one.name).join(", ");
    throw notFound("domain-not-found", `There is no domain ${draft.domain}.`, `Name one of: ${names || "none yet: mos domain add"}.`);
  }
  if (domain.repos.some((repo) => repo.name === draft.repo)) return { prefix: domain.prefix };
  const names = domain.repos.map((repo) => repo.name).join(", ");
  throw notFound("repo-not-found", `${domain.name} has no repository ${draft.repo}.`, `Name one of: ${names}.`);
}

function notFound(code: string, message: string, hint: string): MosError {
  return new MosError({ code, message, hint, exit: exitCode.notFound });
}
