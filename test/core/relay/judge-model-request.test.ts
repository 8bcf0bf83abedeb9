import { describe, expect, test } from "vitest";
import { judgeModelBody } from "../../../src/core/relay/judge-model-body.ts";
import { judgeModelPath } from "../../../src/core/relay/judge-model-path.ts";

const path = (protocol: Parameters<typeof judgeModelPath>[0]["protocol"], method: string, at: string, query: string[] = []) =>
  judgeModelPath({ protocol, method, path: at, query }).ok;

describe("the paths of a relay", () => {
  test("C3: a protocol's own model paths pass, and no others", () => {
    expect(path("anthropic-messages", "POST", "/v1/messages", ["beta"])).toBe(true);
    expect(path("anthropic-messages", "POST", "/v1/messages/count_tokens")).toBe(true);
    expect(path("anthropic-messages", "GET", "/v1/models")).toBe(true);
    expect(path("openai-responses", "POST", "/v1/responses")).toBe(true);
    expect(path("openai-chat", "POST", "/v1/chat/completions")).toBe(true);
    for (const at of [
      "/v1/files",
      "/v1/messages/batches",
      "/v1/../v1/files",
      "/v1/messages/",
      "/V1/messages",
      "/v1/models/../files",
      "/v1/models/a%2fb",
      "/",
    ])
      expect(path("anthropic-messages", "POST", at), at).toBe(false);
    expect(path("google-generate", "POST", "/v1beta/models/gemini-3:streamGenerateContent", ["alt"])).toBe(true);
    expect(path("google-generate", "POST", "/v1beta/files")).toBe(false);
    expect(path("anthropic-messages", "GET", "/v1/messages")).toBe(false);
    expect(path("anthropic-messages", "POST", "/v1/responses")).toBe(false);
    expect(path("openai-responses", "GET", "/v1/responses/resp_1")).toBe(false);
    expect(path("openai-chat", "POST", "/v1/chat/completions", ["api-key"])).toBe(false);
  });
});

describe("the bodies of a relay", () => {
  const refused = (protocol: Parameters<typeof judgeModelBody>[0], body: unknown) => {
    const judged = judgeModelBody(protocol, body);
    return judged.ok ? "passed" : judged.reason;
  };

  test("C5: a client's own tools pass", () => {
    expect(refused("anthropic-messages", { messages: [], tools: [{ name: "Read" }, { type: "custom", name: "Edit" }] })).toBe("passed");
    expect(refused("openai-responses", { input: [], store: false, tools: [{ type: "function", name: "x" }] })).toBe("passed");
    expect(
      refused("openai-responses", { input: [{ type: "additional_tools", tools: [{ type: "namespace", tools: [{ type: "custom" }] }] }] }),
    ).toBe("passed");
    expect(refused("google-generate", { contents: [{ parts: [{ text: "x" }] }], tools: [{ functionDeclarations: [] }] })).toBe("passed");
    expect(refused("openai-chat", { messages: [], tools: [{ type: "function", function: { name: "x" } }] })).toBe("passed");
  });

  test.each([
    ["anthropic-messages", { tools: [{ type: "web_search_20250305", name: "web_search" }] }, /web_search/],
    ["anthropic-messages", { tools: [{ type: "code_execution_20250522" }] }, /code_execution/],
    ["anthropic-messages", { mcp_servers: [{ type: "url", url: "https://evil.example" }] }, /mcp_servers/],
    ["anthropic-messages", { container: "c1" }, /container/],
    [
      "anthropic-messages",
      { messages: [{ role: "user", content: [{ type: "document", source: { type: "url", url: "https://x" } }] }] },
      /source of type url/,
    ],
    [
      "anthropic-messages",
      { messages: [{ role: "user", content: [{ type: "document", source: { type: "file", file_id: "f" } }] }] },
      /file/,
    ],
    ["openai-responses", { previous_response_id: "resp_other" }, /previous_response_id/],
    ["openai-responses", { conversation: "conv_other" }, /conversation/],
    ["openai-responses", { store: true }, /store/],
    ["openai-responses", { background: true }, /background/],
    ["openai-responses", { tools: [{ type: "web_search" }] }, /web_search/],
    ["openai-responses", { tools: [{ type: "mcp", server_url: "https://evil.example" }] }, /mcp/],
    ["openai-responses", { tools: [{}] }, /undefined/],
    ["openai-responses", { input: [{ role: "user", content: [{ type: "input_file", file_url: "https://x" }] }] }, /file_url/],
    ["openai-chat", { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://x/?leak" } }] }] }, /image_url/],
    ["openai-chat", { store: true }, /store/],
    ["openai-responses", { input: [{ type: "additional_tools", tools: [{ type: "web_search" }] }] }, /web_search/],
    ["openai-responses", { tools: [{ type: "namespace", name: "n", tools: [{ type: "code_interpreter" }] }] }, /code_interpreter/],
    ["openai-responses", { input: [{ type: "item_reference", id: "item_other" }] }, /item_reference/],
    ["openai-responses", { tools: { type: "web_search" } }, /web_search/],
    ["google-generate", { contents: [], tools: [{ googleSearch: {} }] }, /googleSearch/],
    ["google-generate", { contents: [], cachedContent: "cachedContents/other" }, /cachedContent/],
    ["google-generate", { contents: [{ parts: [{ fileData: { fileUri: "https://x" } }] }] }, /fileData/],
    ["anthropic-messages", undefined, /no JSON/],
    ["anthropic-messages", [], /no JSON/],
  ] as const)("C5: %s %j is refused", (protocol, body, reason) => {
    expect(refused(protocol, body)).toMatch(reason);
  });
});
