import { describe, expect, test } from "vitest";
import { findSecrets, maskSecrets } from "../../../src/core/gate/find-secrets.ts";

const body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";

describe("what looks like a credential", () => {
  test("R7: it is left out of what a role is told, and its kind remains", () => {
    const shown = maskSecrets("aws AKIAABCDEFGHIJKLMNOP and postgres://me:hunter2hunter@db/x, twice AKIAABCDEFGHIJKLMNOP");
    expect(shown).not.toMatch(/AKIA|hunter2/);
    expect(shown.match(/left out by mos/g)).toHaveLength(3);
    expect(shown).toContain("an AWS access key");
    expect(shown).toContain("twice");
    expect(findSecrets(shown)).toEqual([]);
  });

  test("R7: a private key goes with its body, also in a diff, and nothing else hides behind its beginning", () => {
    const key = ["-----BEGIN RSA PRIVATE KEY-----", body, body, "-----END RSA PRIVATE KEY-----", "evil()"];
    for (const mark of ["", "+", "    "]) {
      const shown = maskSecrets(key.map((line) => mark + line).join("\n"));
      expect(shown).not.toContain(body);
      expect(shown).toContain("evil()");
    }
    expect(maskSecrets(`// -----BEGIN PRIVATE KEY-----\nrm(everything);\n${body}`)).toBe(
      `// [a private key: left out by mos]-----\nrm(everything);\n${body}`,
    );
  });

  test.each([0, 11_490, 19_985, 20_000, 31_495, 250_000])("one is found wherever in a line it stands: behind %i signs", (before) => {
    const line = `${"x ".repeat(before / 2)} AKIAABCDEFGHIJKLMNOP ${"y ".repeat(9000)}`;
    expect(findSecrets(line)).toEqual(["an AWS access key"]);
    expect(findSecrets(line.replace("AKIA", "AKI "))).toEqual([]);
  });

  test("R7: what holds none is as it was", () => {
    const text = "const sk = 1;\nhttps://example.invalid/a:b@c\n// sk-short\n";
    expect(maskSecrets(text)).toBe(text);
  });

  test("a text that was made to be slow to look through is looked through all the same", () => {
    const started = performance.now();
    for (const line of ["a.".repeat(100_000), "eyJ-".repeat(50_000), "a://b:".repeat(30_000), "+".repeat(200_000)])
      maskSecrets(`-----BEGIN PRIVATE KEY-----\n${line}\n${line}`);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
