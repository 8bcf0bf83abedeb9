import type { Call } from "../call.ts";
import type { ShellCode, ShellWord } from "../shell-reading.ts";
import { isStandardInput } from "../wrapper/run-shell.ts";
import { textOf } from "../wrapper/run-text.ts";
import { scanOptions, valuesOf } from "../wrapper/scan-options.ts";
import { runShellInCode } from "./run-shell-in-code.ts";

interface Language {
  readonly name: string;
  readonly programs: RegExp;
  /** Options whose value is a program. */
  readonly codeOptions: readonly string[];
  /** Other options that take a value. */
  readonly letters: string;
  readonly long?: readonly string[];
  /** Which operands are programs when no option gave one: the first, or all after the first. */
  readonly operands?: "first" | "after-first" | "all";
  /** Options that say that the program is in a file. */
  readonly fileOptions?: readonly string[];
  /** A program on the standard input is run when no file is named. */
  readonly readsInput: boolean;
}

const languages: readonly Language[] = [
  { name: "python", programs: /^(python|pypy)[\d.]*[a-z]?$|^ipython\d?$/, codeOptions: ["-c"], letters: "cWXm", readsInput: true },
  {
    name: "node",
    programs: /^(node|nodejs|bun|tsx|ts-node)$/,
    codeOptions: ["-e", "--eval", "-p", "--print", "-pe"],
    letters: "erpC",
    long: ["--eval", "--print", "--require", "--import", "--loader"],
    readsInput: true,
  },
  { name: "node", programs: /^deno$/, codeOptions: ["-e", "--eval"], letters: "e", operands: "after-first", readsInput: true },
  { name: "perl", programs: /^perl[\d.]*$/, codeOptions: ["-e", "-E"], letters: "eEIMm", readsInput: true },
  { name: "ruby", programs: /^(ruby|jruby|irb)[\d.]*$/, codeOptions: ["-e"], letters: "eICrE", readsInput: true },
  {
    name: "php",
    programs: /^php[\d.]*$/,
    codeOptions: ["-r", "-B", "-R", "-E"],
    letters: "rBRECcdfFnt",
    long: ["--run"],
    readsInput: true,
  },
  { name: "lua", programs: /^(lua|luajit|lua[\d.]+)$/, codeOptions: ["-e"], letters: "el", readsInput: true },
  {
    name: "awk",
    programs: /^(g|m|n|original-)?awk$/,
    codeOptions: ["-e", "--source"],
    letters: "eFvfi",
    long: ["--source", "--file", "--assign", "--field-separator"],
    operands: "first",
    fileOptions: ["-f", "--file"],
    readsInput: false,
  },
  {
    name: "sed",
    programs: /^g?sed$/,
    codeOptions: ["-e", "--expression"],
    letters: "efl",
    long: ["--expression", "--file", "--line-length"],
    operands: "first",
    fileOptions: ["-f", "--file"],
    readsInput: false,
  },
  {
    name: "jq",
    programs: /^(jq|gojq|jaq|yq)$/,
    codeOptions: [],
    letters: "fL",
    operands: "first",
    fileOptions: ["-f", "--from-file"],
    readsInput: false,
  },
  {
    name: "sqlite",
    programs: /^(sqlite3?|sqlite[\d.]+|libsql|turso|duckdb|litecli)$/,
    codeOptions: ["-cmd", "-c"],
    letters: "",
    operands: "after-first",
    readsInput: true,
  },
  {
    name: "sql",
    programs: /^(psql|mysql|mariadb)$/,
    codeOptions: ["-c", "--command", "-e", "--execute"],
    letters: "cehUpdPDu",
    long: ["--command", "--execute"],
    readsInput: true,
  },
  {
    name: "vim",
    programs: /^(n?vim?|ex|view|rvim|gvim|vimdiff|nvim)$/,
    codeOptions: ["-c", "--cmd"],
    letters: "cSsuT",
    long: ["--cmd"],
    readsInput: false,
  },
  { name: "ed", programs: /^r?ed$/, codeOptions: [], letters: "p", readsInput: true },
  { name: "tcl", programs: /^(tclsh|wish|expect)[\d.]*$/, codeOptions: ["-c"], letters: "c", readsInput: true },
  { name: "r", programs: /^(Rscript|rscript|R)$/, codeOptions: ["-e"], letters: "ef", readsInput: true },
  { name: "julia", programs: /^julia$/, codeOptions: ["-e", "-E", "--eval"], letters: "eEL", long: ["--eval"], readsInput: true },
  { name: "osascript", programs: /^osascript$/, codeOptions: ["-e"], letters: "el", readsInput: true },
  { name: "groovy", programs: /^groovy$/, codeOptions: ["-e"], letters: "e", readsInput: false },
  { name: "emacs", programs: /^emacs(client)?$/, codeOptions: ["--eval", "-eval", "-e"], letters: "", long: ["--eval"], readsInput: false },
  { name: "gdb", programs: /^(gdb|lldb)$/, codeOptions: ["-ex", "-iex", "--eval-command", "-o"], letters: "", readsInput: true },
  { name: "make", programs: /^g?make$/, codeOptions: ["--eval"], letters: "fC", long: ["--eval"], readsInput: false },
  { name: "bc", programs: /^(bc|dc)$/, codeOptions: ["-e"], letters: "e", readsInput: true },
];

export function nameLanguage(program: string): Language | undefined {
  return languages.find((language) => language.programs.test(program));
}

/** The programs in another language that a command is given, and the shell texts inside them. */
export function readProgramCode(call: Call): void {
  const { command } = call;
  const language = nameLanguage(command.program?.toLowerCase() ?? "");
  if (language === undefined) return;
  const code = [...listArguments(call, language)];
  const input = readsItsInput(call, language, code.length > 0) ? command.input : undefined;
  if (input !== undefined) code.push({ language: language.name, text: input.text, partial: input.text ?? input.partial, from: "input" });
  command.code = code;
  for (const own of code) runShellInCode(call, own);
}

function listArguments(call: Call, language: Language): readonly ShellCode[] {
  const { argv } = call.command;
  const code: ShellCode[] = [];
  const add = (word: ShellWord): void =>
    void code.push({ language: language.name, text: word.value, partial: partialOf(word), from: "argument" });
  const long = [...(language.long ?? []), ...language.codeOptions.filter((name) => name.startsWith("--"))];
  const single = language.codeOptions.filter((name) => /^-[a-z]{2,}/i.test(name) && !name.startsWith("--"));
  argv.forEach((word, at) => {
    if (single.includes(word.value ?? "") && argv[at + 1] !== undefined) add(argv[at + 1] as ShellWord);
  });
  const { options, rest } = scanOptions(argv, { letters: language.letters, long });
  for (const word of valuesOf(options, ...language.codeOptions)) add(word);
  const named = options.some((option) => language.fileOptions?.includes(option.name));
  if (code.length === 0 && !named && language.operands !== undefined)
    for (const word of operandsOf(argv.slice(rest), language.operands)) add(word);
  if (language.name === "vim") for (const word of argv.slice(1)) if (word.prefix.startsWith("+")) add(word);
  return code;
}

function operandsOf(words: readonly ShellWord[], which: NonNullable<Language["operands"]>): readonly ShellWord[] {
  if (which === "first") return words.slice(0, 1);
  return which === "all" ? words : words.slice(1);
}

function partialOf(word: ShellWord): string {
  return word.value ?? textOf({ ...word, pieces: word.pieces.filter((piece) => piece.kind !== "unknown") });
}

function readsItsInput(call: Call, language: Language, hasCode: boolean): boolean {
  const { argv, input } = call.command;
  if (!language.readsInput || input === undefined || (input.from === "file" && input.text === undefined)) return false;
  const long = [...(language.long ?? []), ...language.codeOptions];
  const { rest } = scanOptions(argv, { letters: language.letters, long });
  const isData =
    language.name === "sqlite" || language.name === "sql" || language.name === "ed" || language.name === "bc" || language.name === "gdb";
  if (isData) return true;
  const file = argv[rest];
  return !hasCode && (file === undefined || isStandardInput(file.value));
}
