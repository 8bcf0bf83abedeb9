/**
 * A prefix for a domain's ticket ids that none of `taken` is: the name's first three letters, else four, else numbered.
 * `music` → MUS.
 */
export function choosePrefix(name: string, taken: ReadonlySet<string>): string {
  const letters = name.toUpperCase().replace(/[^A-Z0-9]/g, "");
  const base = letters.length < 2 ? `${letters}X`.padStart(2, "X") : letters.slice(0, 3);
  const candidates = [base, letters.slice(0, 4), letters.slice(0, 5)].filter((one) => one.length >= 2);
  for (const candidate of candidates) if (!taken.has(candidate)) return candidate;
  for (let count = 2; ; count++) if (!taken.has(`${base}${count}`)) return `${base}${count}`;
}

/** A domain's name out of free words: `Música & Co` → `musica-co`. Empty when nothing is left. */
export function nameFromWords(words: string): string {
  return words
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 32)
    .replace(/-+$/, "");
}
