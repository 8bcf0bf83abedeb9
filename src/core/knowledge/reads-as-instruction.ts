import { flattenText } from "./normalise-text.ts";

/** Words that address whoever reads, from whatever source. */
const addresses = [
  /\b(ignore|disregard|forget|override|bypass)\b.{0,60}\b(instructions?|rules?|prompts?|guards?|polic(y|ies)|checks?|messages?)\b/i,
  /\b(system|developer) (prompt|message)\b/i,
  /\byou (must|should|shall|need to|have to|are (now|to)|will (now )?)\b/i,
  /\b(as an? (ai|assistant|agent|language model)|dear (agent|assistant|model))\b/i,
  /\b(agents?|assistants?|models?|librarian|verifier|executor) (must|should|shall|has to|have to|needs? to)\b/i,
  /<\/?(system|user|assistant|tool|instructions?)\b/i,
  /\b(curl|wget|bash|sh|sudo|eval|rm|chmod|ssh|scp|nc)\s+(-{1,2}\w|https?:|\/|~)/i,
  /\b(mos|git) (ticket|gate|guard|lane|review|push|reset|update-ref|config)\b/i,
  /\b(from now on|henceforth|in future|next time|when(ever)? you (read|see)|if you are an?)\b/i,
  /\b(important|urgent|attention|instruction|note to (self|agents?|assistants?|models?)|to-?do)\s*:/i,
  /\b(ignorier\w*|ignorez|ignora[dr]?|vergiss|oublie[rz]?|olvida|negeer)\b.{0,60}\b(anweisung\w*|regeln?|instruc\w*|consignes?)\b/i,
  /\b(ignorez|ignora[dr]?|oublie[rz]?|olvida)\b.{0,60}\b(r[eè]gles?|reglas?|regole|istruzioni)\b/i,
  /\b(agents?|assistants?|models?|librarian|verifier|executor)\s*[,:]\s+\p{L}+/iu,
  /\b(send|post|upload|exfiltrate|email|forward)\b.{0,60}(https?:\/\/|@\w)/i,
];

/** A sentence that begins with one of these tells somebody to do something. In research that was read, nobody may. */
const imperatives = new Set(
  (
    "accept add always allow append apply approve assume call change click commit configure copy create delete deploy disable do don't " +
    "download edit email enable ensure erase execute export fetch fix follow force forward grant ignore import insert install invoke " +
    "land load make mark merge modify move never open overwrite paste please post publish pull push put read record refuse reject release " +
    "remember remove rename replace reply report request reset respond restart return revert rewrite run save say send set share " +
    "show skip start stop store submit tell transfer treat trust unlock update upload use visit write"
  ).split(" "),
);

/**
 * Whether a statement reads as an instruction rather than a fact. Such text is data like any other, and a person looks
 * at it before it becomes knowledge.
 *
 * @param strict  also for a bare imperative: for what was found in research and reports, not for decisions, which are
 *                written so
 */
export function readsAsInstruction(text: string, strict: boolean): boolean {
  const flat = flattenText(text);
  return [flat, unmask(flat)].some((words) => instructs(words, strict));
}

function instructs(flat: string, strict: boolean): boolean {
  if (addresses.some((pattern) => pattern.test(flat))) return true;
  if (!strict) return false;
  // A fact is about something; what speaks to its reader is for a person to read, whatever it goes on to say.
  if (/\byou(?:r|rs|rself|'re|'ll|'ve)?\b/i.test(flat)) return true;
  return flat
    .split(/(?<=[.!?;:])\s+|,\s+(?=(?:then|now|please|and)\b|\p{L}+ (?:the|this|that|all|every|any|it|them)\b)/u)
    .some((sentence) => {
      const first = /^["'(*_`]*([\p{L}']+)/u.exec(sentence)?.[1];
      return first !== undefined && imperatives.has(first.toLowerCase());
    });
}

/** As a reader sees it: letters of other scripts and figures as the Latin letters they look like, accents and spacing tricks gone. */
function unmask(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[\u0370-\u04ff]/gu, (letter) => lookAlikes[letter] ?? letter)
    .replace(/(?<=\p{L})[01345@$]|[01345@$](?=\p{L})/gu, (figure) => figures[figure] ?? figure)
    .replace(/(?<!\p{L})(?:\p{L}[ .\-_*]){3,}\p{L}(?!\p{L})/gu, (spaced) => spaced.replace(/[ .\-_*]/g, ""));
}

const figures: Readonly<Record<string, string>> = { "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", $: "s" };
const lookAlikes: Readonly<Record<string, string>> = Object.fromEntries(
  (
    "аa еe оo рp сc уy хx іi јj ѕs ԁd ѵv ԛq ԝw кk мm нh тt вb гr пn иu АA ВB ЕE КK МM НH ОO РP СC " +
    "ТT ХX ІI ЈJ ЅS αa βb γy εe ιi κk νv οo ρp τt υu χx ωw ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX"
  )
    .split(" ")
    .map((pair) => [...pair] as [string, string]),
);
