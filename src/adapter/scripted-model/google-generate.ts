import { asList, asText, type Dialect, halve, type Reply } from "./dialect.ts";

/** `POST /v1beta/models/NAME:generateContent`, and `:streamGenerateContent`. A call's id is its thought signature too. */
export const googleGenerate: Dialect = {
  protocol: "google-generate",
  takes: (path) => /\/models\/[^/]+:(generateContent|streamGenerateContent)$/.test(path),
  read(body, path) {
    const contents = asList(body.contents);
    const first = contents.findIndex(({ role }) => role === "model");
    const before = first === -1 ? contents : contents.slice(0, first);
    const parts = contents.flatMap((content) => asList(content.parts));
    const ids = parts.filter(({ functionCall }) => functionCall !== undefined).map((part) => asText(part.thoughtSignature));
    return {
      model: /\/models\/([^/]+):/.exec(path)?.[1] ?? "",
      stream: path.endsWith(":streamGenerateContent"),
      firstUser: before
        .flatMap((content) => asList(content.parts))
        .map(({ text }) => asText(text))
        .join("\n"),
      turn: contents.filter(({ role }) => role === "model").length,
      tools: asList(body.tools)
        .flatMap((group) => asList(group.functionDeclarations))
        .map(({ name }) => ({ name: asText(name) })),
      results: parts
        .flatMap(({ functionResponse }) => (functionResponse === undefined ? [] : [functionResponse]))
        .map((answered, at) => {
          const { id, response } = answered as { id?: unknown; response?: Record<string, unknown> };
          const said = response?.content ?? response?.output ?? response?.error ?? response;
          const isError = response !== undefined && "error" in response;
          return { id: asText(id) || (ids[at] ?? ""), isError, text: typeof said === "string" ? said : JSON.stringify(said ?? "") };
        }),
    };
  },
  stream(reply) {
    const parts = partsOf(reply);
    return [
      ...parts.map((part) => event(chunk(reply, [part]))),
      event({ ...chunk(reply, [{ text: "" }], "STOP"), usageMetadata: usageOf(reply) }),
    ];
  },
  whole: (reply) => ({ ...chunk(reply, partsOf(reply), "STOP"), usageMetadata: usageOf(reply) }),
  error: ({ status, text }) => ({ error: { code: status, message: text ?? "as the script says", status: statuses[status] ?? "INTERNAL" } }),
};

const statuses: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  503: "UNAVAILABLE",
};

function partsOf({ text, calls }: Reply): object[] {
  return [
    ...halve(text ?? "").map((piece) => ({ text: piece })),
    ...calls.map(({ id, name, input }) => ({ functionCall: { id, name, args: input }, thoughtSignature: id })),
  ];
}

function chunk({ id, model }: Reply, parts: readonly object[], finishReason?: string) {
  const candidate = { content: { role: "model", parts }, index: 0, ...(finishReason === undefined ? {} : { finishReason }) };
  return { candidates: [candidate], modelVersion: model, responseId: id };
}

function usageOf({ usage }: Reply) {
  const cached = usage.cacheRead ?? 0;
  const prompt = usage.input + cached;
  return {
    promptTokenCount: prompt,
    cachedContentTokenCount: cached,
    candidatesTokenCount: usage.output,
    totalTokenCount: prompt + usage.output,
  };
}

function event(value: object): string {
  return `data: ${JSON.stringify(value)}\r\n\r\n`;
}
