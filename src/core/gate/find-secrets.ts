/** Forms of credentials as their issuers publish them. */
const forms: readonly (readonly [kind: string, form: RegExp])[] = [
  ["a private key", /-----BEGIN (RSA |EC |OPENSSH |DSA |PGP )?PRIVATE KEY/],
  ["an AWS access key", /\b(AKIA|ASIA)[0-9A-Z]{16}\b/],
  ["a GitHub token", /\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})\b/],
  ["a GitLab token", /\bglpat-[A-Za-z0-9_-]{20,}\b/],
  ["an Anthropic key", /\bsk-ant-[A-Za-z0-9_-]{20,}/],
  ["an OpenAI key", /\bsk-(proj-)?[A-Za-z0-9_-]{32,}/],
  ["a Google key", /\bAIza[0-9A-Za-z_-]{35}\b/],
  ["a Slack token", /\bxox[abprs]-[A-Za-z0-9-]{10,}/],
  ["a Stripe key", /\b[rs]k_live_[A-Za-z0-9]{20,}/],
  ["an npm token", /\bnpm_[A-Za-z0-9]{36}\b/],
  ["a JSON web token", /\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,2000}/],
  ["a password in an address", /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@]{1,200}:[^\s:/@]{6,200}@/i],
];

/** The kinds of secret that a line seems to hold; never the secret itself. */
export function findSecrets(line: string): string[] {
  const parts = splitLine(line);
  return forms.flatMap(([kind, form]) => (parts.some((part) => form.test(part)) ? [kind] : []));
}

const partChars = 20_000;
/** More than the longest form holds, so that none is cut in two. */
const overlapChars = 8_500;

/** A line of a bundle may have millions of signs: it is looked at in parts, to its end. */
function splitLine(line: string): string[] {
  const parts = [line.slice(0, partChars)];
  for (let from = partChars - overlapChars; from + overlapChars < line.length; from += partChars - overlapChars)
    parts.push(line.slice(from, from + partChars));
  return parts;
}

/**
 * A text without them: where one stood, its kind remains; of a private key, the lines of its body go as well, and no other
 * line, so that nobody hides what they wrote behind the beginning of one.
 */
export function maskSecrets(text: string): string {
  let inKey = false;
  const lines = text.split("\n").map((line) => {
    inKey = inKey && bodyOfKey.test(line);
    if (inKey) return "[left out by mos]";
    inKey = beginOfKey.test(line);
    return masks.reduce((shown, [kind, form]) => shown.replace(form, `[${kind}: left out by mos]`), line);
  });
  return lines.join("\n");
}

const masks = forms.map(([kind, form]) => [kind, new RegExp(form, `${form.flags}g`)] as const);
const beginOfKey = /-----BEGIN [A-Z ]{0,20}PRIVATE KEY/;
/** Also as a diff, a comment or a quotation shows it. */
const bodyOfKey = /^[\s+>#*|"'-]*[A-Za-z0-9+/=]{20,100}[\s"',\\n]*$/;
