import { describe, expect, test } from "vitest";
import type { Policy } from "../../../src/contract/policy.ts";
import { parsePolicy, splitPolicyFile, writePolicyFile } from "../../../src/core/policy-file/policy-file.ts";

const policy: Policy = {
  schemaVersion: 1,
  root: "/ws",
  stateDir: "/ws/.mos",
  domains: [{ name: "music", sealed: false, repos: [{ path: "/ws/music", gitDir: "/ws/music/.git", branch: "main" }] }],
  home: "/home/op",
  protectedPaths: [".claude", "/etc/codex"],
  programDir: "/opt/mos",
  readable: ["/usr"],
  writable: ["/tmp"],
};
const policyText = JSON.stringify(policy);
const checksum = "0123456789abcdef".repeat(4);
const file = writePolicyFile({ checksum, policyText });

describe("the policy's file", () => {
  test("H4: what was written is read back, and is JSON as a whole", () => {
    expect(splitPolicyFile(file)).toEqual({ checksum, policyText });
    expect(JSON.parse(file)).toEqual({ checksum, policy });
  });

  test("H4: no shorter text is a policy's file", () => {
    for (let length = 0; length < file.length; length += 1) expect(splitPolicyFile(file.slice(0, length))).toBeUndefined();
    for (const other of [`${file}\n`, ` ${file}`, file.replace("checksum", "Checksum"), file.replace("0123", "012G")])
      expect(splitPolicyFile(other)).toBeUndefined();
  });

  test("H4: a policy whose fields are missing or of another kind is none", () => {
    expect(parsePolicy(policyText)).toEqual(policy);
    for (const key of Object.keys(policy)) {
      expect(parsePolicy(JSON.stringify({ ...policy, [key]: undefined }))).toBeUndefined();
      expect(parsePolicy(JSON.stringify({ ...policy, [key]: 7 }))).toBeUndefined();
    }
    for (const other of [
      { schemaVersion: 2 },
      { root: "ws" },
      { domains: [{ name: "music", sealed: "no", repos: [] }] },
      { readable: [1] },
    ])
      expect(parsePolicy(JSON.stringify({ ...policy, ...other }))).toBeUndefined();
    for (const text of ["", "null", "[]", policyText.slice(0, -1)]) expect(parsePolicy(text)).toBeUndefined();
  });
});
