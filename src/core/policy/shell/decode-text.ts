/** The bytes behind a base64 or hexadecimal text, as text; undefined when they are no UTF-8. Blanks are skipped. */
export function decodeBase64(text: string): string | undefined {
  const clean = text.replace(/\s+/g, "").replace(/=+$/, "");
  if (!/^[A-Za-z0-9+/_-]*$/.test(clean) || clean.length % 4 === 1) return undefined;
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const char of clean) {
    held = (held << 6) | digitOf(char);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
    held &= (1 << bits) - 1;
  }
  return decodeBytes(bytes);
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function digitOf(char: string): number {
  return alphabet.indexOf(char === "-" ? "+" : char === "_" ? "/" : char);
}

export function decodeBase32(text: string): string | undefined {
  const clean = text.replace(/\s+/g, "").replace(/=+$/, "");
  if (!/^[A-Z2-7]*$/.test(clean)) return undefined;
  const bits = [...clean].map((char) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(char).toString(2).padStart(5, "0")).join("");
  return decodeBytes((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

export function decodeHex(text: string): string | undefined {
  const clean = text.replace(/\s+/g, "");
  if (!/^([0-9a-fA-F]{2})*$/.test(clean)) return undefined;
  return decodeBytes((clean.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)));
}

function decodeBytes(bytes: readonly number[]): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
