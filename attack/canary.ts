import { randomBytes } from "node:crypto";
import { constants, gunzipSync } from "node:zlib";

/** A word that stands in one place alone. Seen anywhere else, that place was read. */
export interface Canary {
  readonly word: string;
  /** What it marks, for people: `trading/secret.env`. */
  readonly place: string;
}

/** Collects the canaries of one run. */
export function createCanaries(): { plant(place: string): string; mark(word: string, place: string): void; find(text: string): Canary[] } {
  const planted: (Canary & { readonly forms: readonly string[] })[] = [];
  return {
    // A word that is there already and stands in one place alone: the id of a commit.
    mark: (word, place) => void planted.push({ word, place, forms: [word] }),
    plant: (place) => {
      const word = `canary${randomBytes(6).toString("hex")}`;
      planted.push({ word, place, forms: formsOf(word) });
      return word;
    },
    find: (text) => {
      if (text === "") return [];
      // Dumps put blanks, offsets and line ends between the letters.
      const views = [
        text,
        ...unpackAll(text),
        text.replace(/\s+/g, ""),
        text
          .toLowerCase()
          .replace(/^[0-9a-f]+:?\s/gm, "")
          .replace(/\s+/g, ""),
      ];
      return planted.filter(({ forms }) => forms.some((form) => views.some((view) => view.includes(form))));
    },
  };
}

/** What gzip made of a text, as it is (latin1) or in base64, taken out again. */
function unpackAll(text: string): string[] {
  const encoded = text.replace(/\s+/g, "").match(/H4sI[A-Za-z0-9+/]{20,}=*/g) ?? [];
  const at = text.indexOf("\x1f\x8b\x08");
  const bytes = [...encoded.map((word) => Buffer.from(word, "base64")), ...(at === -1 ? [] : [Buffer.from(text.slice(at), "latin1")])];
  return bytes.flatMap((one) => {
    try {
      return [gunzipSync(one, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 16 * 1024 * 1024 }).toString("latin1")];
    } catch {
      return [];
    }
  });
}

/** Lines with the word at every offset, so that a dump of 16 bytes a row shows it whole somewhere. */
export function canaryLines(word: string): string {
  return Array.from({ length: 16 }, (_, offset) => `${"#".repeat(offset)}${word}\n`).join("");
}

/** The word as it is, backwards, in hexadecimal, and in base64 at each of the three alignments. */
function formsOf(word: string): string[] {
  const base64 = [0, 1, 2].map((pad) => {
    const whole = Buffer.from(`${"\0".repeat(pad)}${word}`).toString("base64");
    // The letters that depend on neighbours go.
    return whole.slice(pad === 0 ? 0 : 4, -4);
  });
  return [word, [...word].reverse().join(""), Buffer.from(word).toString("hex"), ...base64];
}
