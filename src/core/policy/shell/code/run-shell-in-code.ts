import { type Call, enter } from "../call.ts";
import { makeLiteral } from "../field-builder.ts";
import type { ShellCode } from "../shell-reading.ts";
import { runText } from "../wrapper/run-text.ts";
import { readStrings, type StringToken } from "./read-strings.ts";

const textsMax = 32;

/** Functions that run a shell text or a program, in the languages that agents write. */
const runners =
  /(?:^|[^\w])(system|popen[23]?|popen|exec|execSync|execFile|execFileSync|execa|execaSync|execaCommand|spawn|spawnSync|fork|run|call|check_call|check_output|getoutput|getstatusoutput|Popen|create_subprocess_shell|create_subprocess_exec|startfile|execl[pe]{0,2}|execv[pe]{0,2}|posix_spawnp?|spawn[lv][pe]{0,2}|shell_exec|passthru|proc_open|pcntl_exec|capture2e?|capture3|pipeline_?\w*|IO\.popen|Open3\.\w+|io\.popen|os\.execute|execute|shell|sh|bash|systemlist|command|Command|\$|zx)\s*\(?\s*\[?\s*$/;

/** Reads as shell what a program in another language gives to a shell, where that is a text that stands in it. */
export function runShellInCode(call: Call, { language, text, partial }: ShellCode): void {
  const code = text ?? partial;
  if (code === undefined) return;
  let left = textsMax;
  const run = (shell: string): void => {
    if (left-- > 0 && shell.trim() !== "") tryText(call, shell);
  };
  for (const shell of listCommands(language, code)) run(shell);
  const tokens = readStrings(code, language);
  for (const [at, token] of tokens.entries()) {
    const before = code.slice(Math.max(0, token.start - 48), token.start);
    const isCommand = token.isCommand || /(?:\bqx|%x)\s*$/.test(before);
    if (!isCommand && !runners.test(before)) continue;
    const list = isCommand ? [token.value] : listFollowing(code, tokens, at);
    if (list.length > 1) runList(call, list);
    else run(token.value);
  }
}

/** A text inside other code may be no shell at all; what cannot be read as shell is left to the rules that read the code. */
function tryText(call: Call, text: string): void {
  const { reader } = call.frame;
  const before = reader.commands.length;
  try {
    runText(call, { kind: "code", text, isKnown: true });
  } catch (error) {
    if (reader.steps > 90_000 || before > 1_900) throw error;
    reader.commands.length = before;
    call.command.opaque = [...call.command.opaque, "a text in its code cannot be read as shell"];
  }
}

/** `["git", "push"]`, `("git", ["push", "origin"])`: the strings that follow, with nothing but commas and brackets between. */
function listFollowing(code: string, tokens: readonly StringToken[], at: number): string[] {
  const list = [(tokens[at] as StringToken).value];
  for (let next = at + 1; next < tokens.length; next++) {
    const token = tokens[next] as StringToken;
    if (!/^\s*,?\s*[[(]?\s*$/.test(code.slice((tokens[next - 1] as StringToken).end, token.start))) break;
    list.push(token.value);
  }
  return list;
}

function runList(call: Call, list: readonly string[]): void {
  const argv = list.map((item) => makeLiteral(item, item));
  call.frame.reader.runArgv({ ...enter(call, "code"), input: undefined }, { argv, text: list.join(" ") }, call.scope);
}

/** Commands in languages of their own: `!cmd` of editors, `.shell` of sqlite, the `e` of sed, `| "cmd"` of awk. */
function listCommands(language: string, code: string): readonly string[] {
  const all = (pattern: RegExp): string[] => [...code.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? "");
  switch (language) {
    case "vim":
      return [
        ...all(/(?:^|[|:+\n]|\b(?:r|w|read|write)\s?|\bexecute\s+["'])\s*(?:silent!?\s+|sil\s+)?(?:%|\d+(?:,\d+)?)?!\s*([^|\n]+)/g),
        ...all(/\bterm(?:inal)?\s+([^|\n]+)/g),
      ];
    case "ed":
      return [...all(/^!(.*)$/gm), ...all(/^[0-9.,$%]*[rwe]\s+!(.*)$/gm)];
    case "sqlite":
      return [...all(/^\s*\.(?:shell|system)\s+(.*)$/gm), ...all(/^\s*\.(?:once|output|import|excel|read)\s+['"]?\|([^'"\n]*)/gm)];
    case "sql":
      return [...all(/^\s*\\!\s*(.*)$/gm), ...all(/\bPROGRAM\s+'((?:[^']|'')*)'/gi), ...all(/^\s*(?:system|\\!)\s+(.*)$/gm)];
    case "sed":
      return [
        ...all(/(?:^|[;{\n\d$/])\s*e\s+([^\n]+)/g),
        ...(/(?:^|[;{\n\d$/ ])s(.).*?\1(.*?)\1[gimp0-9]*e/s.test(code) ? [/s(.).*?\1(.*?)\1/s.exec(code)?.[2] ?? ""] : []),
      ];
    case "awk":
      return [...all(/"((?:[^"\\]|\\.)*)"\s*\|&?\s*getline/g), ...all(/\|&?\s*"((?:[^"\\]|\\.)*)"/g)].map((text) =>
        text.replace(/\\(["\\/])/g, "$1"),
      );
    case "gdb":
      return all(/^\s*(?:shell|!|make|pipe)\s*(.*)$/gm);
    case "make":
      return all(/\$\(shell ([^)]*)\)/g);
    case "perl":
      return [
        ...all(/\bopen\s*\(?[^;]*?["'](?:[-+]?\|\s*([^"']+)|([^"']+?)\s*\|)["']/g),
        ...all(/\b(?:qx|system)\s*[{/(|!]\s*([^})/|!"']+)/g),
      ];
    case "ruby":
      return all(/%x[{([]([^\])}]*)/g);
    case "tcl":
      return all(/\bexec\s+([^\n;\]]+)/g);
    case "bc":
      return all(/^!(.*)$/gm);
    default:
      return [];
  }
}
