import { describe, expect, test } from "vitest";
import { Config, type Domain, DomainConfig, type Workspace } from "../../../src/contract/config.ts";
import { chooseForTicket, chooseRuntime } from "../../../src/core/role/choose-runtime.ts";

describe("who plays a role", () => {
  test("R1: nothing configured: nobody, in every role", () => {
    const workspace = make({});
    for (const role of ["scout", "executor", "verifier", "distiller", "librarian"] as const)
      expect(chooseRuntime(workspace, role, "music")).toBeUndefined();
    expect(chooseRuntime(workspace, "operator-global", "operator")).toBeUndefined();
  });

  test("R1: the domain's own word, then the domain's runtime for those who do tickets, then the workspace's", () => {
    const roles = { scout: { runtime: "claude", model: "haiku" }, executor: { runtime: "codex" }, verifier: { runtime: "codex" } };
    const workspace = make({ roles }, { roles: { verifier: { runtime: "gemini" } }, runtime: "opencode" });
    expect(chooseRuntime(workspace, "scout", "music")).toEqual({ runtime: "claude", model: "haiku" });
    expect(chooseRuntime(workspace, "executor", "music")).toEqual({ runtime: "opencode" });
    expect(chooseRuntime(workspace, "verifier", "music")).toEqual({ runtime: "gemini" });
    expect(chooseRuntime(workspace, "executor", "operator")).toEqual({ runtime: "codex" });
  });

  test("R1: playbook, named for a role, means that no model speaks in it there", () => {
    const workspace = make({ roles: { scout: { runtime: "claude" } } }, { roles: { scout: { runtime: "playbook" } } });
    expect(chooseRuntime(workspace, "scout", "music")).toBeUndefined();
    expect(chooseRuntime(workspace, "scout", "trading")).toBeUndefined();
  });

  test("R2: a sealed domain is played by its own configuration or not at all", () => {
    const roles = { scout: { runtime: "claude" }, executor: { runtime: "claude" }, "operator-global": { runtime: "claude" } };
    const closed = make({ roles });
    for (const role of ["scout", "executor", "operator-global"] as const) expect(chooseRuntime(closed, role, "trading")).toBeUndefined();
    expect(chooseForTicket(closed, "executor", "trading", "claude")).toBeUndefined();
    const open = make({ roles }, {}, { roles: { scout: { runtime: "local" } }, runtime: "local" });
    expect(chooseRuntime(open, "scout", "trading")).toEqual({ runtime: "local" });
    expect(chooseForTicket(open, "executor", "trading", "local")).toEqual({ runtime: "local" });
    expect(chooseForTicket(open, "executor", "trading", "claude")).toBeUndefined();
  });

  test("R3: the ticket's word wins for those who do its work, and takes no model that was meant for another runtime", () => {
    const workspace = make({ roles: { executor: { runtime: "claude", model: "opus" }, verifier: { runtime: "claude" } } });
    expect(chooseForTicket(workspace, "executor", "music", "codex")).toEqual({ runtime: "codex" });
    expect(chooseForTicket(workspace, "executor", "music", "claude")).toEqual({ runtime: "claude", model: "opus" });
    expect(chooseForTicket(workspace, "executor", "music", undefined)).toEqual({ runtime: "claude", model: "opus" });
    expect(chooseForTicket(workspace, "verifier", "music", "codex")).toEqual({ runtime: "claude" });
    expect(chooseForTicket(workspace, "executor", "music", "playbook")).toBeUndefined();
  });

  test("R3: a runtime that is configured for a model brings it along, also where only a ticket names it; a role's own word wins", () => {
    const runtimes = { local: { kind: "model", provider: "openai-compatible", model: "qwen", baseUrl: "http://127.0.0.1:1/v1" } };
    const workspace = make({ runtimes, roles: { scout: { runtime: "local", model: "llama" }, verifier: { runtime: "local" } } });
    expect(chooseRuntime(workspace, "scout", "music")).toEqual({ runtime: "local", model: "llama" });
    expect(chooseRuntime(workspace, "verifier", "music")).toEqual({ runtime: "local", model: "qwen" });
    expect(chooseForTicket(workspace, "executor", "music", "local")).toEqual({ runtime: "local", model: "qwen" });
    expect(chooseForTicket(workspace, "executor", "music", "constructor")).toEqual({ runtime: "constructor" });
  });

  test("R2: the cross-domain librarian works in the operator's home alone; a domain that is not there has nobody", () => {
    const workspace = make({ roles: { "operator-global": { runtime: "claude" }, scout: { runtime: "claude" } } });
    expect(chooseRuntime(workspace, "operator-global", "operator")).toEqual({ runtime: "claude" });
    expect(chooseForTicket(workspace, "operator-global", "music", "claude")).toBeUndefined();
    expect(chooseRuntime(workspace, "scout", "nowhere")).toBeUndefined();
    expect(chooseRuntime(workspace, "scout", "__proto__")).toBeUndefined();
  });
});

function make(config: object, music: object = {}, trading: object = {}): Workspace {
  const domain = (name: string, more: object): Domain => {
    const parsed = DomainConfig.parse({ prefix: name.slice(0, 3).toUpperCase(), home: { path: name }, ...more });
    const home = { ...parsed.home, domain: name, name: "home", lane: name, path: `/w/${name}` };
    return { ...parsed, name, home, repos: [home] };
  };
  return {
    root: "/w",
    stateDir: "/w/.mos",
    config: Config.parse({ version: 1, ...config }),
    domains: [domain("music", music), domain("trading", { sealed: true, ...trading })],
    operator: domain("operator", {}),
  };
}
