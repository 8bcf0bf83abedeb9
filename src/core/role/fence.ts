import type { RoleInput } from "../../port/roles.ts";

/** Characters kept of one part; what is longer is cut and says so. */
const partCharsMax = 200_000;
const titleCharsMax = 120;

/**
 * A part of a prompt in its fence (R6). The nonce is the run's own and was not known to whoever wrote the text, so no text can
 * end its fence; a text that holds it all the same loses it. The operator's own words stand unfenced, under their title.
 */
export function fenceInput({ title, text, trust }: RoleInput, nonce: string): string {
  const name = cleanLine(title, titleCharsMax);
  const body = cut(cleanText(text));
  if (trust === "operator") return `## ${name}\n\n${body}`;
  return [`<data-${nonce} title=${JSON.stringify(name)}>`, body.replaceAll(nonce, "(nonce)"), `</data-${nonce}>`].join("\n");
}

/**
 * A text as a person would see it: no control characters but tab and line feed, and none of those that no reader sees
 * (zero width, tags, direction): an order may hide in them. What a chat template would read as the end of a turn is broken up.
 */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(unseen, "")
    .replace(turnMarks, (mark) => `${mark.slice(0, 1)} ${mark.slice(1)}`);
}

export function cleanLine(text: string, charsMax: number): string {
  const line = cleanText(text).replace(/\s+/g, " ").trim();
  return line.length > charsMax ? `${line.slice(0, charsMax - 1)}…` : line;
}

/** Control, format (zero width, direction, tags), whatever is drawn as nothing, line and paragraph separators, lone halves. */
const unseen = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** `<|im_end|>`, `<start_of_turn>`, `[INST]`: local servers take them out of any text that holds them. */
const turnMarks = /<\|[A-Za-z0-9_ -]{1,40}\|>|<\/?(?:start_of_turn|end_of_turn|s)>|\[\/?INST\]|<<\/?SYS>>/g;

function cut(text: string): string {
  if (text.length <= partCharsMax) return text;
  return `${text.slice(0, partCharsMax)}\n[${text.length - partCharsMax} more characters were left out]`;
}
