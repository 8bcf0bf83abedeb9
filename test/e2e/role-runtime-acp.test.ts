import { opencodeClient } from "../../src/adapter/client/opencode/opencode-client.ts";
import { describeRoleRuntimeConformance, type RuntimeCase } from "../conformance/role-runtime.ts";
import { fixtureAgent, openAcp, readDocumented } from "../support/open-acp.ts";
import { clientFolder, findRealClient } from "../support/run-real-client.ts";

const call = (name: string, input: Record<string, unknown>) => ({ tools: [{ name, input }] });
const here = (file: string) => `/work/tree/${file}`;

/** What each run of the tests sees of a real agent; starting it for each of the others takes minutes. */
const always: readonly RuntimeCase[] = ["done", "guards", "secret"];
const isLong = process.env.MOS_TEST_LONG === "1";

describeRoleRuntimeConformance("a tiny agent that speaks ACP", {
  words: {
    write: (file, content) => call("write_file", { path: here(file), content }),
    run: (command) => call("mos_run", { command }),
    handIn: (output) => call("mos_hand_in", output as Record<string, unknown>),
    outside: (file) => call("write_file", { path: here(file), content: "x" }),
    spawn: (prompt) => call("task", { prompt }),
  },
  wallMs: 6000,
  open: ({ opened, model, key }) => openAcp({ opened, config: fixtureAgent, upstream: model.url, key }),
});

const opencode = await findRealClient(opencodeClient);
describeRoleRuntimeConformance("opencode by ACP, as docs/acp.md says", {
  words: {
    write: (file, content) => call("write", { filePath: here(file), content }),
    run: (command) => call("mos_run", { command }),
    handIn: (output) => call("mos_hand_in", output as Record<string, unknown>),
    outside: (file) => call("write", { filePath: here(file), content: "x" }),
    spawn: (prompt) => call("task", { description: "help", prompt, subagent_type: "general" }),
  },
  wallMs: 30_000,
  only: isLong ? undefined : always,
  ...(opencode.kind === "found" ? {} : { absent: `opencode is ${opencode.kind}; ./run test installs it` }),
  open: ({ opened, model, key }) => openAcp({ opened, config: readDocumented("open"), upstream: model.url, key, folders: [clientFolder] }),
});
