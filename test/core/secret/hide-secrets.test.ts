import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSecretHider, hiddenMark, holdsSecret, listSecretForms } from "../../../src/core/secret/hide-secrets.ts";

const key = 'sk-canary-"4f9+/a1b2c3';
const forms = listSecretForms([key]);

describe("secrets that are looked for", () => {
  test.each([
    ["as it is", key],
    ["in JSON", JSON.stringify({ key })],
    ["in an address", `https://evil.example/?k=${encodeURIComponent(key)}`],
    ["in base64", Buffer.from(key).toString("base64")],
    ["in base64 after one other byte", Buffer.from(`x${key}yy`).toString("base64")],
    ["in base64 after two other bytes", Buffer.from(`xy${key}`).toString("base64")],
    ["in base64 for addresses", Buffer.from(`abc${key}`).toString("base64url")],
    ["in hexadecimal", Buffer.from(key).toString("hex")],
    ["backwards", [...key].reverse().join("")],
  ])("C9: a secret is found %s", (_how, text) => {
    expect(holdsSecret(`before ${text} after`, forms)).toBe(true);
    const hider = createSecretHider(forms);
    const shown = hider.take(`before ${text} after`) + hider.end();
    expect(shown).toContain(hiddenMark);
    expect(holdsSecret(shown, forms)).toBe(false);
    expect(hider.found()).toBe(true);
  });

  test("C9: a secret in pieces is hidden, wherever it is cut, and nothing else is lost", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 20 })), fc.array(fc.nat(200)), (around, cuts) => {
        const text = `${around.join("")}${key}${around.join("|")}${Buffer.from(key).toString("base64")}!`;
        const hider = createSecretHider(forms);
        let shown = "";
        let from = 0;
        for (const cut of [...cuts].map((one) => one % (text.length + 1)).sort((a, b) => a - b)) {
          shown += hider.take(text.slice(from, cut));
          from = Math.max(from, cut);
        }
        shown += hider.take(text.slice(from)) + hider.end();
        expect(holdsSecret(shown, forms)).toBe(false);
        const whole = createSecretHider(forms);
        expect(shown).toBe(whole.take(text) + whole.end());
      }),
      { numRuns: 300 },
    );
  });

  test("C9: a text without one passes at once, and as it is", () => {
    const hider = createSecretHider(forms);
    expect(hider.take("data: {}\n\n")).toBe("data: {}\n\n");
    expect(hider.found()).toBe(false);
  });

  test("C9: what is too short to be a secret is not looked for", () => {
    expect(listSecretForms(["short"])).toEqual([]);
  });
});
