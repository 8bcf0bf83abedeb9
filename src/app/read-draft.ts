import { readFile } from "node:fs/promises";
import { parseDocument } from "yaml";
import type { z } from "zod";
import { exitCode, MosError } from "../contract/error.ts";
import { TicketDraft } from "../contract/ticket.ts";
import type { World } from "../port/world.ts";

const fileBytesMax = 1_048_576;

/**
 * A ticket as an operator wrote it, in YAML. Throws `ticket-file-unreadable` (exit 3) and `ticket-invalid` (exit 2), which
 * name the file, the field and the line.
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
  if (text.length > fileBytesMax) throw invalid(file, [`is larger than ${fileBytesMax} bytes`]);
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0)
    throw invalid(
      file,
      document.errors.slice(0, 5).map((error) => error.message.split("\n", 1)[0]?.replace(/:$/, "") ?? error.code),
    );
  return parseDraft(document.toJS({ maxAliasCount: 100 }), file);
}

/** @param source what to call it in an error: a file's name */
export function parseDraft(value: unknown, source: string): TicketDraft {
  const parsed = TicketDraft.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(source, describeIssues(parsed.error));
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

function describeIssues(error: z.ZodError): string[] {
  return error.issues.map((issue) => {
    const where = issue.path.map(String).join(".");
    if (issue.code === "unrecognized_keys") return `${where ? `${where}: ` : ""}unknown: ${issue.keys.join(", ")}`;
    return where === "" ? issue.message : `${where}: ${issue.message}`;
  });
}

function invalid(source: string, problems: readonly string[]): MosError {
  return new MosError({
    code: "ticket-invalid",
    message: `${source} is not a ticket: ${problems.join("; ")}`,
    hint: `A ticket has: ${Object.keys(TicketDraft.shape).join(", ")}.`,
    exit: exitCode.usage,
  });
}

function notFound(code: string, message: string, hint: string): MosError {
  return new MosError({ code, message, hint, exit: exitCode.notFound });
}
