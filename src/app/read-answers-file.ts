import { readFile } from "node:fs/promises";
import { LineCounter, parseDocument } from "yaml";
import { AnswersFile } from "../contract/decision.ts";
import { exitCode, MosError } from "../contract/error.ts";

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
  const issue = parsed.error.issues[0];
  const keys = (issue?.path ?? []).filter((key) => typeof key !== "symbol");
  const node = document.getIn(keys, true) as { range?: [number, number, number] } | undefined;
  const line = node?.range === undefined ? "" : `:${lines.linePos(node.range[0]).line}`;
  const where = keys.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
  throw refuse(`${path}${line}: ${where.replace(/^\./, "") || "the file"}: ${issue?.message ?? "not valid"}`);
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
