/**
 * The one text of a JSON value: keys sorted by UTF-16 code units, no spaces, members that are `undefined` left out.
 * Any string survives (lone surrogates and NUL come out escaped), so untrusted words cannot break a hash.
 *
 * Throws a TypeError for what JSON cannot carry: a bigint, a function, a symbol, a number that is not finite, a cycle.
 */
export function canonicalJson(value: unknown): string {
  return writeValue(value, []);
}

function writeValue(value: unknown, parents: readonly object[]): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return writeNumber(value);
  if (typeof value !== "object") throw new TypeError(`a ${typeof value} has no canonical JSON`);
  if (parents.includes(value)) throw new TypeError("a cycle has no canonical JSON");
  if (Array.isArray(value)) return `[${value.map((item) => writeValue(item ?? null, [...parents, value])).join(",")}]`;
  return writeObject(value as Record<string, unknown>, [...parents, value]);
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical JSON`);
  return JSON.stringify(value);
}

function writeObject(value: Record<string, unknown>, parents: readonly object[]): string {
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${writeValue(value[key], parents)}`);
  return `{${members.join(",")}}`;
}
