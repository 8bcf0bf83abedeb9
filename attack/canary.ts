import { randomBytes } from "node:crypto";

/** A word that stands in one place alone. Seen anywhere else, that place was read. */
export interface Canary {
  readonly word: string;
  /** What it marks, for people: `trading/secret.env`. */
  readonly place: string;
}

/** Collects the canaries of one run. */
export function createCanaries(): { plant(place: string): string; find(text: string): Canary[] } {
  const planted: (Canary & { readonly forms: readonly string[] })[] = [];
  return {
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
