import { appendFileSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { wrapData } from "../../../contract/envelope.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { ModelScript } from "../../../contract/model-script.ts";
import { startScriptedModel } from "../../compose-scripted-model.ts";
import { defineCommand } from "../command-row.ts";
import { stripControl } from "../show/strip-control.ts";

export const command = defineCommand({
  kind: "scripted-model",
  input: z.strictObject({
    script: z.string(),
    port: z.coerce.number().int().min(0).max(65_535).default(0),
    set: z.array(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*=/, "NAME=VALUE")).default([]),
    record: z.string().min(1).optional(),
  }),
  async run(context, { script, port, set, record }) {
    const file = record === undefined ? undefined : resolve(context.cwd, record);
    const model = await startScriptedModel({
      script: readScript(resolve(context.cwd, script)),
      variables: Object.fromEntries(set.map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)])),
      listen: { port },
      onRequest: (request) => {
        if (file !== undefined) appendFileSync(file, `${JSON.stringify(request)}\n`, { mode: 0o600 });
        const { protocol, route, turn, method, path } = request;
        context.say(protocol === "other" ? stripControl(`${method} ${path}`) : `${protocol}  route ${stripControl(route)}  turn ${turn}`);
      },
    });
    context.write(context.json ? `${JSON.stringify(wrapData("scripted-model", { url: model.url }))}\n` : `${model.url}\n`);
    context.say("A scripted model listens there until Ctrl-C.");
    try {
      await new Promise<void>((end) => context.signal.addEventListener("abort", () => end(), { once: true }));
    } finally {
      await model.close();
    }
    return { data: { url: model.url }, printed: true };
  },
  render: ({ url }) => url,
});

function readScript(file: string): z.input<typeof ModelScript> {
  try {
    const read = parse(readFileSync(file, "utf8")) ?? {};
    ModelScript.parse(read);
    return read;
  } catch (cause) {
    const words = cause instanceof z.ZodError ? z.prettifyError(cause) : cause instanceof Error ? cause.message : String(cause);
    throw new MosError({
      code: "model-script",
      message: `${file} is no model script: ${words}`,
      hint: "docs/model-script.md has the form, with examples.",
      exit: exitCode.usage,
      cause,
    });
  }
}
