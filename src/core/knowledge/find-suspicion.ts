/**
 * Why words are not taken for a plain statement, whatever they say: they hide something, are encoded, mix look-alike letters
 * into Latin words, or carry marks of a citation or of markup. Rules that read English cannot judge such text, so a person does.
 *
 * @param raw  as it was found, before anything invisible was taken out
 */
export function findSuspicion(raw: string): string | undefined {
  if (invisible.test(raw)) return "it holds characters that nobody sees";
  if (/\[\^|\]\s*\(|\]:|^\s*\[[^\]]*\]\s*$/.test(raw)) return "it carries marks of a citation or a link";
  if (/<!--|-->|<\/?[a-z!?][^>]*>|\b(?:javascript|data|vbscript):/i.test(raw)) return "it carries markup";
  if (/&#?\w{2,8};|(?:%[0-9a-f]{2}){2,}|(?:\\x[0-9a-f]{2}|\\u\{?[0-9a-f]{4,6}){2,}/i.test(raw)) return "it holds encoded characters";
  if (tokens(raw).some(isEncoded)) return "it holds a text that cannot be read";
  if (words(raw).some(isMixed)) return "it writes a word in letters of several scripts, or in look-alikes";
  const scripts = words(raw).filter((word) => word.length > 1 && !/^\p{Script=Latin}/u.test(word));
  if (scripts.length > 0) return "it holds words in a script that no rule reads";
  return undefined;
}

/** Format and filler characters, tags, blanks that look like letters, and marks that stack. */
const invisible =
  /[\ufffd\p{Cf}\p{Co}\p{Cs}\u115f\u1160\u2800\u3164\uffa0]|\u034f|\u17b4|\u17b5|[\ufe00-\ufe0f]|[\u{e0000}-\u{e0fff}]|\p{Mn}{3,}/u;

const tokens = (text: string) => text.split(/[\s"'`()[\]{},;]+/);
const words = (text: string) => text.match(/[\p{L}\p{M}]+/gu) ?? [];

/** Base64, hexadecimal or the like, of a length at which it says something. A commit's id does not. */
function isEncoded(token: string): boolean {
  if (/^[0-9a-f]{40}$|^[0-9a-f]{64}$/.test(token) || /^[\w.-]*\/[\w./-]+$/.test(token)) return false;
  if (/^(?:[0-9a-f]{2}){16,}$/i.test(token)) return true;
  const isBase = /^[A-Za-z0-9+/_-]{16,}={0,2}$/.test(token);
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9+/=]/].filter((kind) => kind.test(token)).length;
  return isBase && (kinds === 3 || /=$/.test(token) || (kinds === 2 && !/^[A-Z]?[a-z]+(?:[A-Z][a-z]+)*$|[_-]/.test(token)));
}

/** Also letters that only look Latin: of full width, in a circle, of mathematics. */
function isMixed(word: string): boolean {
  const latin = /\p{Script=Latin}/u.test(word);
  const other = /[^\p{Script=Latin}\p{M}]/u.test(word.replace(/[µº]/gu, ""));
  return (latin && other) || /[\u{1d400}-\u{1d7ff}\uff21-\uff5a\u24b6-\u24e9\u1d00-\u1d2b]/u.test(word);
}
