import type { Policy, PolicyDomain } from "../../contract/policy.ts";

/** Below `<root>/.mos`. */
export const policyFileName = "policy.json";

/** A time of a file that was set from a number is not the number: steps of a double. */
export const clockStepMs = 0.01;

const head = /^\{"checksum":"([0-9a-f]{64})","policy":/;
const tail = "}\n";

/** The whole file: the policy's JSON text, and before it the text's SHA-256 in hexadecimal. */
export function writePolicyFile(args: { checksum: string; policyText: string }): string {
  return `{"checksum":"${args.checksum}","policy":${args.policyText}${tail}`;
}

/** Checksum and text as they stand in the file; `undefined` for anything else, a byte more or less included. */
export function splitPolicyFile(text: string): { checksum: string; policyText: string } | undefined {
  const found = head.exec(text);
  if (found === null || !text.endsWith(tail)) return undefined;
  return { checksum: found[1] as string, policyText: text.slice(found[0].length, -tail.length) };
}

/** The text as a policy; `undefined` where a field is missing or of another kind, or the version is another. */
export function parsePolicy(policyText: string): Policy | undefined {
  const value = readJson(policyText);
  if (!isRecord(value) || value.schemaVersion !== 1) return undefined;
  const paths = ["root", "stateDir", "home", "programDir"].every((key) => isAbsolute(value[key]));
  const lists = ["protectedPaths", "readable", "writable"].every((key) => isListOf(value[key], isText));
  return paths && lists && isListOf(value.domains, isDomain) ? (value as unknown as Policy) : undefined;
}

function isDomain(value: unknown): value is PolicyDomain {
  return isRecord(value) && isText(value.name) && typeof value.sealed === "boolean" && isListOf(value.repos, isRepo);
}

function isRepo(value: unknown): boolean {
  return isRecord(value) && isAbsolute(value.path) && isAbsolute(value.gitDir) && isText(value.branch);
}

function isListOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function isAbsolute(value: unknown): boolean {
  return isText(value) && value.startsWith("/");
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
