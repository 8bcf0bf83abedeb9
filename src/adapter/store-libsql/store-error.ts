import Database from "libsql";
import { z } from "zod";
import { MosError } from "../../contract/error.ts";

/**
 * What an error of the engine means for a person: a MosError that names the file and the remedy.
 * Anything else comes back as it is.
 */
export function explainStoreError(error: unknown, file: string): unknown {
  if (error instanceof MosError || !(error instanceof Error)) return error;
  const code = engineCode(error);
  return code === undefined ? error : (explainCode(code, error, file) ?? storeUnavailable(file, error.message, error));
}

/** Whether the engine says that another process is in the way, and trying again may help. */
export function isBusy(error: unknown): boolean {
  const code = error instanceof Error ? engineCode(error) : undefined;
  return code !== undefined && /^SQLITE_(BUSY|LOCKED)/.test(code);
}

function engineCode(error: Error): string | undefined {
  if (error instanceof Database.SqliteError) return error.code || "SQLITE_ERROR";
  return /^ConnectionFailed\(/.test(error.message) ? "SQLITE_CANTOPEN" : undefined;
}

function explainCode(code: string, cause: Error, file: string): MosError | undefined {
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return storeBusy(file, cause);
  if (/^SQLITE_READONLY/.test(code)) return storeReadonly(file, cause);
  if (code === "SQLITE_FULL" || code === "SQLITE_IOERR_SHMSIZE") return storeFull(file, cause);
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return storeCorrupt({ file, detail: cause.message, cause });
  return undefined;
}

export function storeUnavailable(file: string, detail: string, cause?: unknown): MosError {
  return new MosError({
    code: "store-unavailable",
    message: `The store ${file} cannot be opened: ${detail}.`,
    hint: `Look whether ${file} and its folder are there and yours to read and write; \`mos init\` makes a new workspace.`,
    cause,
  });
}

export function storeReadonly(file: string, cause?: unknown): MosError {
  return new MosError({
    code: "store-readonly",
    message: `The store ${file} cannot be written: it, its folder or its disk is read-only. Nothing was changed.`,
    hint: `Make ${file} and its folder writable for you, then run the command again.`,
    cause,
  });
}

export function storeFull(file: string, cause?: unknown): MosError {
  return new MosError({
    code: "store-full",
    message: `The disk that holds the store ${file} is full. The change was taken back whole; nothing was lost.`,
    hint: `Free some space on the disk of ${file}, then run the command again.`,
    cause,
  });
}

export function storeBusy(file: string, cause?: unknown): MosError {
  return new MosError({
    code: "store-busy",
    message: `The store ${file} was held by another process for too long. Nothing was changed.`,
    hint: "Look for a stopped or hanging mos process (`mos status`, `ps`), let it go on or end it, then run the command again.",
    cause,
  });
}

export function storeCorrupt(args: { file: string; detail: string; cause?: unknown }): MosError {
  return new MosError({
    code: "store-corrupt",
    message: `The store ${args.file} is damaged: ${args.detail}.`,
    hint: `Keep a copy of ${args.file}, put back the latest backup, and run \`mos doctor\`: what has landed is in git and its receipts.`,
    cause: args.cause,
  });
}

export function storeNewer(file: string, migration: string): MosError {
  return new MosError({
    code: "store-newer",
    message: `The store ${file} was written by a newer version of Master OS (it has the migration "${migration}"). Nothing was changed.`,
    hint: "Update Master OS to at least the version that last ran here.",
  });
}

/** A fault of the caller: what it wrote could not be read back. */
export function recordInvalid(what: string, cause: unknown): MosError {
  return new MosError({
    code: "record-invalid",
    message: `${what} does not fit the contract and was not stored: ${describeMisfit(cause)}.`,
    hint: "This is a fault in Master OS, or in what an agent handed in: look at the field that is named.",
    cause,
  });
}

/** The first thing that does not fit, with the path of its field. */
export function describeMisfit(error: unknown): string {
  if (!(error instanceof z.ZodError)) return error instanceof Error ? error.message : String(error);
  const issue = error.issues[0];
  return issue ? `${issue.path.join(".") || "the whole"}: ${issue.message}` : error.message;
}

export function storeNested(file: string, what: string): MosError {
  return new MosError({
    code: "store-nested",
    message: `A ${what} of the store ${file} was called inside a write. Nothing was changed.`,
    hint: "This is a fault in Master OS: use the transaction that the write was given.",
  });
}
