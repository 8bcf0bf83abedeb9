/**
 * Text of agents and repositories, made safe for a terminal: escape sequences, other control characters and the
 * marks that reorder a line are taken out; tabs and line ends stay.
 */
export function stripControl(text: string): string {
  return text.replace(escapeSequences, "").replace(controls, "");
}

/** JSON that a terminal cannot be steered with either: what JSON lets stand is written as \u escapes, losing nothing. */
export function escapeControl(json: string): string {
  return json.replace(invisible, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

// Spelled without the characters themselves: OSC, DCS and their like run to their terminator, CSI to its final byte.
const escapeCode = "\\u001B";
const escapeSequences = new RegExp(
  `(?:${escapeCode}[\\]PX^_]|[\\u009D\\u0090\\u0098\\u009E\\u009F])[^\\u0007${escapeCode}\\u009C]*(?:\\u0007|${escapeCode}\\\\|\\u009C)?` +
    `|(?:${escapeCode}\\[|\\u009B)[0-?]*[ -/]*[@-~]|${escapeCode}[ -/]*[0-~]`,
  "g",
);
const controls = /(?![\t\n])[\p{Cc}\p{Bidi_Control}]/gu;
const invisible = /[\p{Cc}\p{Bidi_Control}]/gu;
