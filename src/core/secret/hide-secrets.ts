/** Shorter ones would be found everywhere. */
const secretCharsMin = 8;
export const hiddenMark = "[hidden by mos]";

/**
 * The forms in which a known secret is looked for: as it is, as JSON and addresses write it, in base64 at each of its three
 * alignments, and in hexadecimal.
 */
export function listSecretForms(secrets: readonly string[]): string[] {
  const forms = secrets
    .filter((secret) => secret.length >= secretCharsMin)
    .flatMap((secret) => {
      const bytes = new TextEncoder().encode(secret);
      const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      return [
        secret,
        JSON.stringify(secret).slice(1, -1),
        encodeURIComponent(secret),
        ...[0, 1, 2].flatMap((shift) => {
          const core = encodeBase64Core(bytes, shift);
          return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
        }),
        hex,
        hex.toUpperCase(),
        [...secret].reverse().join(""),
      ];
    });
  return [...new Set(forms)].filter((form) => form.length >= secretCharsMin);
}

/** Base64 of `bytes` when `shift` other bytes stand before them: only the characters that they alone decide. */
function encodeBase64Core(bytes: Uint8Array, shift: number): string {
  const padded = new Uint8Array(shift + bytes.length);
  padded.set(bytes, shift);
  const text = btoa(String.fromCharCode(...padded)).replace(/=+$/, "");
  const first = Math.ceil((shift * 8) / 6);
  const whole = Math.floor((padded.length * 8) / 6);
  return text.slice(first, whole);
}

/** Whether one of the forms stands in a text. */
export function holdsSecret(text: string, forms: readonly string[]): boolean {
  return forms.some((form) => text.includes(form));
}

/** A whole text without them. */
export function hideSecrets(text: string, forms: readonly string[]): string {
  const hider = createSecretHider(forms);
  return hider.take(text) + hider.end();
}

/**
 * Hides secrets in a text that comes in pieces. A piece's end is held back only while it could be a secret's beginning.
 */
export function createSecretHider(forms: readonly string[]): { take(text: string): string; end(): string; found(): boolean } {
  const sorted = [...forms].sort((one, other) => other.length - one.length);
  let rest = "";
  let found = false;
  const hide = (text: string) => {
    let shown = text;
    for (const form of sorted) {
      if (!shown.includes(form)) continue;
      found = true;
      shown = shown.replaceAll(form, hiddenMark);
    }
    return shown;
  };
  return {
    take(text) {
      if (sorted.length === 0) return text;
      const shown = hide(rest + text);
      const held = lengthOfBeginning(shown, sorted);
      rest = shown.slice(shown.length - held);
      return shown.slice(0, shown.length - held);
    },
    end() {
      const last = rest;
      rest = "";
      return last;
    },
    found: () => found,
  };
}

/** The longest end of `text` that is the beginning of a form. */
function lengthOfBeginning(text: string, forms: readonly string[]): number {
  let longest = 0;
  for (const form of forms) {
    for (let length = Math.min(form.length - 1, text.length); length > longest; length -= 1) {
      if (text.endsWith(form.slice(0, length))) {
        longest = length;
        break;
      }
    }
  }
  return longest;
}

/** A value with secrets hidden in each of its texts, names too. */
export function hideInValue(value: unknown, hide: (text: string) => string): unknown {
  if (typeof value === "string") return hide(value);
  if (Array.isArray(value)) return value.map((one) => hideInValue(one, hide));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [hide(name), hideInValue(one, hide)]));
}
