// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's.
import fc from "fast-check";

/** A generated text, and whether bash must come to exactly the commands that the reading lists, or to some of them. */
export interface GeneratedShell {
  readonly text: string;
  readonly isExact: boolean;
}

const printable = fc.stringMatching(/^[ -~]{0,6}$/);
const bareChars = fc.stringMatching(/^[A-Za-z0-9_./:=,@%+^-]{1,5}$/);
const names = fc.constantFrom("x", "y", "z", "empty", "n");
const quoteSingle = (text: string): string => `'${text.replaceAll("'", "")}'`;
const protectDouble = (text: string): string => text.replace(/[$`"\\]/g, "\\$&");

const ansi = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "\\n",
        "\\t",
        "\\\\",
        "\\'",
        '\\"',
        "\\e",
        "\\a",
        "\\x41",
        "\\x7e",
        "\\101",
        "\\u00e9",
        "\\u4e2d",
        "\\cA",
        "\\q",
        "\\E",
        "\\?",
      ),
      printable.map((text) => text.replace(/['\\]/g, "")),
    ),
    { maxLength: 4 },
  )
  .map((parts) => `$'${parts.join("")}'`);

const pattern = fc.constantFrom("a", "*", "a*", "?", "*b", "[a-m]", "[!a]", "'*'", "\\*", '"a"', "/*", "*/", "*:", "$y");
const operation = fc.oneof(
  fc.tuple(fc.constantFrom("%", "%%", "#", "##"), pattern).map((pair) => pair.join("")),
  fc
    .tuple(fc.constantFrom("/", "//", "/#", "/%"), pattern, fc.constantFrom("", "Q", "R R"))
    .map(([op, from, to]) => `${op}${from.replaceAll("/", "a")}/${to}`),
  fc.constantFrom(":1", ":1:2", ": -1", ":0:1", ":2:-1", "^", "^^", ",", ",,", "@U", "@L", "^^[a-c]"),
  fc
    .tuple(fc.constantFrom(":-", "-", ":+", "+"), fc.constantFrom("d", "d e", '"d e"', "'d'", "$x", "", "~", "\\ "))
    .map((pair) => pair.join("")),
);
const parameter = fc.oneof(
  names.map((name) => `$${name}`),
  names.map((name) => `\${${name}}`),
  fc.tuple(names, operation).map(([name, op]) => `\${${name}${op}}`),
  fc.constantFrom(
    "$1",
    "$2",
    "$#",
    "${3}",
    "${!r}",
    "${#x}",
    "${arr[1]}",
    "${#arr[@]}",
    "$((1+2*3))",
    "$((n+1))",
    "$((n>3?1:2))",
    "$(( (n-1)/2 % 4 ))",
    "$((0x1f))",
  ),
);
const lists = fc.constantFrom(
  "$@",
  "$*",
  "${@}",
  "${@:2}",
  "${*:1:2}",
  "${arr[@]}",
  "${arr[*]}",
  "${arr[@]:1}",
  "${@%a}",
  "${arr[@]/a/b}",
  "${!arr[@]}",
);

const doubled = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: printable.map(protectDouble) },
      { weight: 2, arbitrary: parameter },
      { weight: 1, arbitrary: lists },
      { weight: 1, arbitrary: fc.constantFrom("\\$", "\\`", '\\"', "\\\\", "\\q", "\\n", "'", "\\\n", "{a,b}", "~", "*") },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          '$(echo "a  b" | rev)',
          "$(echo YSBi | base64 -d)",
          "$(echo a  b)",
          "`echo c`",
          "$(printf '%s\\n' a 'b c')",
          '$(echo -n; echo "$x")',
        ),
      },
    ),
    { maxLength: 4 },
  )
  .map((parts) => `"${parts.join("")}"`);

const escaped = fc.stringMatching(/^[ -~]$/).map((char) => `\\${char}`);
const braces = fc.oneof(
  fc
    .array(
      fc.oneof(
        bareChars.map((text) => text.replaceAll(",", "")),
        fc.constantFrom("", "'p q'", '"$x"', "$x", "{1,2}", "\\,"),
      ),
      { minLength: 2, maxLength: 3 },
    )
    .map((items) => `{${items.join(",")}}`),
  fc.constantFrom(
    "{1..3}",
    "{a..c}",
    "{3..1}",
    "{01..03}",
    "{1..7..3}",
    "{a}",
    "{}",
    "{a,b",
    "a,b}",
    "{-1..1}",
    "{c..a..2}",
    "{1..b}",
    "${x}{1,2}",
    "{a,b}{c,d}",
  ),
);

const piece = fc.oneof(
  { weight: 6, arbitrary: bareChars },
  { weight: 3, arbitrary: printable.map(quoteSingle) },
  { weight: 4, arbitrary: doubled },
  { weight: 2, arbitrary: escaped },
  { weight: 2, arbitrary: ansi },
  { weight: 3, arbitrary: parameter },
  { weight: 1, arbitrary: lists },
  { weight: 2, arbitrary: braces },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "~",
      "~/",
      "~+",
      "a=~/b",
      "a=b:~/c",
      "\\~",
      "''",
      '""',
      "$'\\n'",
      '$"loc"',
      "#",
      "a#b",
      "\\\n",
      "!",
      "%",
      "^",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("$(echo a b)", "`echo \\`echo d\\``", "$(printf '%s:' p q)", "$(cat <<< w)", "$(:)"),
  },
);
const word = fc.array(piece, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(""));
/** A word that does not begin a comment, and is no reserved word or assignment where a command begins. */
const words = fc.array(word, { maxLength: 4 });

const simple = fc
  .tuple(
    fc.constantFrom("show", "show", "show", "\\show", "s'ho'w", '"show"', "sh\\ow", "s$'how'", "v=1 show", "v=$x show", "command show"),
    words,
  )
  .map(([name, args]) => [name === "command show" ? "show" : name, ...args].join(" "));
const withRedirect = fc
  .tuple(simple, fc.constantFrom("", "", "", " >/dev/null", " 2>&1", " </dev/null", ' <<< "$x"', " 2>/dev/null >&2"))
  .map((parts) => parts.join(""));

const heredoc = fc
  .tuple(
    fc.constantFrom("EOF", "'EOF'", "E\\OF", '"EOF"', "-EOF"),
    fc.array(fc.oneof(printable, parameter, fc.constantFrom("\\$x", "\tt", "`echo q`", "\\\\", "it's", '"')), { maxLength: 4 }),
  )
  .map(([mark, lines]) => {
    const isQuoted = /['"\\]/.test(mark);
    const body = lines
      .map((line) => (isQuoted || /^(\$[\w{(]|`echo|\\[$\\])/.test(line) ? line : line.replace(/[`$\\]/g, "")))
      .map((line) => (line === "EOF" ? "" : line));
    return `show "$(cat <<${mark}\n${body.join("\n")}\nEOF\n)"`;
  });

const exactList: fc.Arbitrary<string> = fc.letrec<{ list: string }>((tie) => ({
  list: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    withRedirect,
    heredoc,
    fc.tuple(tie("list"), fc.constantFrom("; ", "\n", " && ", " | ", " |& "), tie("list")).map((parts) => parts.join("")),
    tie("list").map((list) => `( ${list} )`),
    tie("list").map((list) => `{ ${list}\n}`),
    fc.tuple(words, tie("list")).map(([items, list]) => `for z in one ${items.join(" ")}; do ${list}\ndone`),
    fc
      .tuple(tie("list"), fc.noBias(fc.integer({ min: 100_000, max: 999_999 })))
      .map(([list, id]) => `f${id}() { ${list}\n}; f${id} one 'two three'`),
    fc.tuple(names, word, tie("list")).map(([name, value, list]) => `${name}=${value}; ${list}`),
    fc.tuple(words, tie("list")).map(([items, list]) => `set -- ${items.join(" ")}; ${list}`),
    tie("list").map((list) => `eval '${list.replaceAll("'", "'\\''")}'`),
    tie("list").map((list) => `IFS=:; ${list}`),
    tie("list").map((list) => `case "$x" in a*) ${list};; *) ${list};; esac`),
  ),
})).list;

const branched = fc.tuple(exactList, fc.constantFrom(" || ", " && x=new; ", " &\n"), exactList).map((parts) => parts.join(""));
const conditional = fc.tuple(exactList, exactList, exactList).map(([test, yes, no]) => `if ${test}\nthen ${yes}\nelse ${no}\nfi`);

const values = fc.constantFrom("'a b'", "abc", "'  a  b '", "a:b:c", "'::a'", "''", "/p/q/r.txt", "'x*y'", "'a\\b'", "é");
const preamble = fc
  .tuple(
    values,
    values,
    values,
    fc.constantFrom("arr=(p 'q r' s)", "arr=(a)", "arr=()"),
    fc.constantFrom("set -- 'one two' three ''", "set --", "set -- a:b"),
  )
  .map(([x, y, z, array, positional]) => `x=${x}; y=${y}; z=${z}; empty=; n=7; r=x; ${array}; ${positional}\n`);

/** Commands whose every argument bash can be asked for: they call `show`, which prints its arguments. */
export const generatedShell: fc.Arbitrary<GeneratedShell> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(preamble, exactList).map(([start, list]) => ({
      text: start + list,
      isExact: !/\|\||&&|\b(case|for)\b/.test(list),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(preamble, fc.oneof(branched, conditional)).map(([start, list]) => ({ text: start + list, isExact: false })),
  },
);
