import { expect, test } from "vitest";
import { chooseEnvironment } from "../../../src/entry/claude/choose-environment.ts";

test("M11: the terminal and a login go on; what switches guards off, loads code or names another mos does not", () => {
  const kept = { PATH: "/bin", HOME: "/h", TERM: "x", LC_ALL: "C", ANTHROPIC_API_KEY: "k", CLAUDE_CODE_OAUTH_TOKEN: "t", HTTPS_PROXY: "p" };
  const dropped = {
    CLAUDE_CODE_SIMPLE: "1",
    CLAUDE_CODE_SAFE_MODE: "1",
    CLAUDE_CODE_MAX_SUBAGENT_SPAWN_DEPTH: "9",
    CLAUDE_CODE_ENTRYPOINT: "x",
    CLAUDECODE: "1",
    IS_SANDBOX: "1",
    NODE_OPTIONS: "--require /tmp/x",
    BUN_OPTIONS: "--preload /tmp/x",
    LD_PRELOAD: "/tmp/x.so",
    BASH_ENV: "/tmp/x",
    MOS_PROGRAM: "/tmp/mos",
    MOS_WORKSPACE: "/tmp",
    CLAUDE_PROJECT_DIR: "/tmp",
    CLAUDE_PLUGIN_ROOT: "/tmp",
    MCP_SERVERS: "x",
    path: "/tmp",
  };
  expect(chooseEnvironment({ ...kept, ...dropped, USER: undefined })).toEqual({ ...kept, CLAUDE_CODE_MAX_SUBAGENT_SPAWN_DEPTH: "1" });
});
