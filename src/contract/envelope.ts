import type { MosError } from "./error.ts";

/** What every `--json` command prints. */
export type Envelope<T> =
  | { schema_version: 1; kind: string; data: T }
  | { schema_version: 1; kind: "error"; error: { code: string; message: string; hint: string } };

export function wrapData<T>(kind: string, data: T): Envelope<T> {
  return { schema_version: 1, kind, data };
}

export function wrapError(error: MosError): Envelope<never> {
  return { schema_version: 1, kind: "error", error: { code: error.code, message: error.message, hint: error.hint } };
}
