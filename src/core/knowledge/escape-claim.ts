import { flattenText } from "./normalise-text.ts";

/**
 * Foreign text as one line of markdown that shows exactly these words: no link, image, HTML, emphasis, footnote, list
 * or heading can come of it. Simple code spans stay. What an agent says is data, on a wiki page too.
 */
export function escapeClaim(text: string): string {
  const flat = flattenText(text);
  const escaped = flat.split(/(`[^`]*`)/).map((piece, index) => (index % 2 === 1 && isPlainSpan(piece) ? piece : escapePiece(piece)));
  return escaped
    .join("")
    .replace(/^(#{1,6}(?= |$)|[-+>=])/, "\\$1")
    .replace(/^(\d+)([.)])/, "$1\\$2");
}

/** A code span that markdown shows to the letter: not empty, no blank at its edges. */
function isPlainSpan(piece: string): boolean {
  return /^`[^`\s](?:[^`]*[^`\s])?`$/.test(piece);
}

function escapePiece(piece: string): string {
  return piece
    .replace(/[\\`*[\]<>&~|]/g, "\\$&")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/!(?=\\\[)/g, "\\!");
}
