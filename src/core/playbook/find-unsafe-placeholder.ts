/**
 * Why a placeholder of this command would not be one word for the shell; `undefined` when each is safe.
 * A value is quoted where it stands, so it may not stand inside quotes, after a backslash or a dollar, or in a
 * here-document: there the quotes themselves would be text.
 */
export function findUnsafePlaceholder(command: string): string | undefined {
  if (!command.includes("{{")) return undefined;
  if (command.includes("<<")) return "a here-document does not go together with placeholders: write the text with printf";
  let quote = "";
  for (let at = 0; at < command.length; at += 1) {
    const char = command[at];
    if (command.startsWith("{{", at)) {
      const name = command.slice(at, command.indexOf("}}", at) + 2);
      if (quote !== "") return `${name} stands inside ${quote === "`" ? "backquotes" : "quotes"}: leave those out, it is quoted by itself`;
      if (command[at - 1] === "$") return `${name} stands after a dollar sign`;
    }
    if (char === "\\" && quote !== "'") {
      if (command.startsWith("{{", at + 1)) return "a placeholder stands after a backslash";
      at += 1;
    } else if (quote !== "") {
      if (char === quote) quote = "";
    } else if (char === "'" || char === '"' || char === "`") quote = char;
  }
  return undefined;
}
