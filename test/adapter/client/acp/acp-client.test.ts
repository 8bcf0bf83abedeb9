import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAcpClient } from "../../../../src/adapter/client/acp/acp-client.ts";
import { RuntimeConfig } from "../../../../src/contract/config.ts";
import type { ClientRun } from "../../../../src/port/agent-client.ts";

const run: ClientRun = {
  ...{ role: "executor", domain: "music", prompt: "do it", tree: "/work/tree", relay: "http://127.0.0.1:9", token: "the-word" },
  ...{ configDir: "/opt/mos/run", hook: [], maxTurns: 10, model: "m1" },
};

function make(config: Record<string, unknown>) {
  const parsed = RuntimeConfig.parse({ kind: "acp", protocol: "openai-chat", command: ["tiny"], ...config });
  if (parsed.kind !== "acp") throw new Error("an acp runtime is wanted");
  return createAcpClient("tiny", parsed);
}

describe("an agent that speaks ACP, as mos.yaml names it", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "mos-acp-"));
    const program = (name: string, text: string) => {
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(folder, name), 0o755);
    };
    program("versioned", "echo tiny 1.2.3");
    program("silent", "exit 3");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("RT56: it gets the named variables and files, with relay, word and model filled in, and no other word", () => {
    const client = make({
      command: ["tiny", "--model={model}"],
      env: { URL: "{relay}/v1", WORD: "{token}", OTHER: "{home} {key}" },
      files: { ".config/tiny.json": '{"url": "{relay}"}', "~/.tiny": "{model}" },
    });
    expect(client.launch(run)).toMatchObject({
      argv: ["tiny", "--model=m1"],
      env: { URL: "http://127.0.0.1:9/v1", WORD: "the-word", OTHER: "{home} {key}" },
      files: { "~/.config/tiny.json": '{"url": "http://127.0.0.1:9"}', "~/.tiny": "m1" },
    });
    expect(client.launch(run)).toEqual(client.launch(run));
    expect(client.launch(run).emptied).toEqual(expect.arrayContaining([".claude", ".opencode", ".goosehints", ".mcp.json"]));
  });

  test.each(["/etc/passwd", "../out", "a/../../b", "", "~/../b"])("RT56: a file named %j is below no home", (path) => {
    expect(() => make({ files: { [path]: "x" } }).launch(run)).toThrow(/no path below a home/);
  });

  test("RT56: it is found where it is named, and known by its version, or by its files", async () => {
    expect(await make({ command: ["versioned"] }).find({ path: folder, folders: [] })).toMatchObject({ kind: "found", version: "1.2.3" });
    const silent = await make({ command: [join(folder, "silent")] }).find({ path: "", folders: [] });
    expect(silent).toMatchObject({ kind: "found", version: expect.stringMatching(/^unnamed-[0-9a-f]{12}$/) });
    writeFileSync(join(folder, "silent"), "#!/bin/sh\nexit 4\n# another\n");
    const other = await make({ command: [join(folder, "silent")] }).find({ path: "", folders: [] });
    expect((other as { version?: string }).version).not.toBe((silent as { version?: string }).version);
    const absent = await make({ command: ["nowhere-to-be-found"] }).find({ path: folder, folders: [] });
    expect(absent).toMatchObject({ kind: "absent", remedy: expect.stringContaining("runtimes.tiny.command") });
  });
});
