import { z } from "zod";

/** A ticket's id reads well: `MUS-12` (T8). */
export const TicketId = z.string().regex(/^[A-Z][A-Z0-9]{1,7}-[1-9][0-9]*$/, "a ticket id looks like MUS-12");
export type TicketId = z.infer<typeof TicketId>;

/** A domain's name: lower case, a letter first; it is a folder's name and a key of mos.yaml. */
export const DomainName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, "a domain's name is lower-case letters, digits and dashes, a letter first");
export type DomainName = z.infer<typeof DomainName>;

/** A full git object id (SHA-1 or SHA-256), in hexadecimal. */
export const CommitId = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "a full git object id");
export type CommitId = z.infer<typeof CommitId>;

/** A moment, ISO 8601 in UTC with milliseconds. */
export const Instant = z.iso.datetime();
export type Instant = z.infer<typeof Instant>;

/**
 * A path inside a repository: relative, with forward slashes, never leaving it, never inside `.git`.
 * A trailing slash stands for everything below; `*`, `**` and `?` are globs (in touches).
 */
export const RepoPath = z
  .string()
  .min(1)
  .max(1024)
  .refine((path) => !path.startsWith("/") && !path.includes("\\") && !path.includes("\0"), "a path inside the repository is relative")
  .refine((path) => path.split("/").every((part) => part !== ".." && part !== "."), "a path may not contain . or ..")
  .refine((path) => !path.split("/").some((part) => part.toLowerCase() === ".git"), "a path may not reach into .git");
export type RepoPath = z.infer<typeof RepoPath>;
