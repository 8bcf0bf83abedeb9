import { readFile } from "node:fs/promises";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { AnswersFile } from "../contract/decision.ts";
import { exitCode, MosError } from "../contract/error.ts";
import { describeIssue } from "../core/workspace/describe-issue.ts";

/** Reads an answers file. Throws `answers-missing` or `answers-invalid`, naming the file, the line and the key. */
export async function readAnswersFile(path: string): Promise<AnswersFile> {
  const lines = new LineCounter();
  const document = parseDocument(await readText(path), { lineCounter: lines });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const { line } = lines.linePos(broken.pos[0]);
    throw refuse(`${path}:${line}: ${broken.message.split("\n")[0]}`);
  }
  const parsed = AnswersFile.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  // A key that is misspelt says more than that the right one is missing.
  const issue = parsed.error.issues.find(({ code }) => code === "unrecognized_keys") ?? parsed.error.issues[0];
  const keys = (issue?.path ?? []).filter((key) => typeof key !== "symbol");
  const at = findStart(document, keys);
  const line = at === undefined ? "" : `:${lines.linePos(at).line}`;
  const where = keys.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
  throw refuse(`${path}${line}: ${where.replace(/^\./, "") || "the file"}: ${describeProblem(issue, document.toJS())}`);
}

function describeProblem(issue: z.core.$ZodIssue | undefined, data: unknown): string {
  return (issue && describeIssue(issue, data, AnswersFile)[0]?.text) ?? "not valid";
}

/** Where the value at this path begins, or the nearest one around it that is there. */
function findStart(document: Document, keys: readonly (string | number)[]): number | undefined {
  for (let length = keys.length; length >= 0; length -= 1) {
    const node = document.getIn(keys.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new MosError({
      code: "answers-missing",
      message: `The answers file ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: "mos start --answers-template FILE writes one with every open question.",
      exit: exitCode.notFound,
      cause,
    });
  }
}

function refuse(message: string): MosError {
  return new MosError({
    code: "answers-invalid",
    message,
    hint: "It holds `default: recommended` or `defer`, and `answers:` with domain, decision, option and perhaps note. mos start --answers-template FILE writes one.",
    exit: exitCode.usage,
  });
}
