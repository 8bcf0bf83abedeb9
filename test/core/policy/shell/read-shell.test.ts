// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's.
import { describe, expect, test } from "vitest";
import { readShell } from "../../../../src/core/policy/shell/read-shell.ts";
import type { ShellCommand } from "../../../../src/core/policy/shell/shell-reading.ts";

const start = { cwd: "/w", env: { HOME: "/home/op" } };

function read(text: string): readonly ShellCommand[] {
  const reading = readShell(text, start);
  expect(reading, text).toMatchObject({ kind: "read" });
  return reading.kind === "read" ? reading.commands : [];
}

/** Known arguments as they are, patterns as `glob:…`, the rest as `?`. */
function argvOf(command: ShellCommand | undefined): string[] | undefined {
  return command?.argv.map((word) => word.value ?? (word.glob === undefined ? "?" : `glob:${word.glob}`));
}

/** Every command of a program in the text. */
function runs(text: string, program: string): (string[] | undefined)[] {
  return read(text)
    .filter((command) => command.program === program)
    .map(argvOf);
}

function places(text: string, program: string): (string | undefined)[][] {
  return read(text)
    .filter((command) => command.program === program)
    .map((command) => command.places.map((place) => place.path));
}

describe("P5.3: what cannot be read whole is unreadable", () => {
  test.each([
    'cat "unterminated',
    "echo $(ls",
    "bash -c 'echo \"x'",
    "eval 'if true'",
    'echo `echo "`',
    "x=1; sh -c 'cat <('",
    "a\0b",
    "cat <<< $(echo 'x",
  ])("%j", (text) => {
    expect(readShell(text, start).kind).toBe("unreadable");
  });

  test("over 64 KB, too deep, too many commands", () => {
    expect(readShell(`echo ${"a".repeat(70_000)}`, start).kind).toBe("unreadable");
    expect(readShell("$(".repeat(5_000), start).kind).toBe("unreadable");
    expect(readShell("a;".repeat(5_000), start).kind).toBe("unreadable");
    expect(readShell(`${"eval ".repeat(500)} ls`, start).kind).toBe("unreadable");
  });

  test("values that grow without end stay bounded", () => {
    const before = performance.now();
    read(`a=$x; ${"a=$a$a; ".repeat(60)} cat $a {1..99999} {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}`);
    expect(performance.now() - before).toBeLessThan(3_000);
  });
});

describe("P5.4: arguments are what bash makes of them", () => {
  test.each<[string, string[]]>([
    ['cat "/x/tra""ding"', ["cat", "/x/trading"]],
    ["cat /x/$'\\x74rading'", ["cat", "/x/trading"]],
    ["cat /x/trad\\\ning", ["cat", "/x/trading"]],
    ["D=t; cat /x/$D/s", ["cat", "/x/t/s"]],
    ["export D=t; cat /x/${D}", ["cat", "/x/t"]],
    ["p=q; q=/s; cat ${!p}", ["cat", "/s"]],
    ["set -- /x t; cat $1/$2", ["cat", "/x/t"]],
    ['cat "${PWD%/*}/b"', ["cat", "/b"]],
    ["cat${IFS}/x", ["cat", "/x"]],
    ["IFS=,; v=cat,/x; $v", ["cat", "/x"]],
    ["cat ~/x", ["cat", "/home/op/x"]],
    ["cat /x/{a,b}", ["cat", "/x/a", "/x/b"]],
    ["a=(cat /x); ${a[@]}", ["cat", "/x"]],
    ["printf -v f /x/%s t; cat $f", ["cat", "/x/t"]],
    ["read f <<< /x; cat $f", ["cat", "/x"]],
    ["cat $(printf '/x/%s' t)", ["cat", "/x/t"]],
    ["cat $(echo L3gvdA== | base64 -d)", ["cat", "/x/t"]],
    ["cat /$(echo t/x | rev)", ["cat", "/x/t"]],
    ["cat $(echo /k/g | tr a-z n-za-m)", ["cat", "/x/t"]],
    ["cat /x/$((1+2))", ["cat", "/x/3"]],
    ["x=abc; cat ${x/b/-} ${x:1} ${x^^} ${#x}", ["cat", "a-c", "bc", "ABC", "3"]],
    ["cat /x/t*", ["cat", "glob:/x/t*"]],
    ["cat '/x/'*\"[\"", ["cat", "glob:/x/*\\["]],
    ["cat $UNSET", ["cat", "?"]],
    ["\\cat x", ["cat", "x"]],
  ])("%s", (text, argv) => {
    const own = read(text).filter((command) => command.program === "cat");
    expect(argvOf(own.at(-1))).toEqual(argv);
  });

  test("an open word says what is known of it", () => {
    const [command] = read("cat /x/tra${u}ding/s");
    expect(command?.argv[1]).toMatchObject({ value: undefined, prefix: "/x/tra", suffix: "ding/s", ifUnset: "/x/trading/s", many: true });
    expect(read("cat ${X:-/d}")[0]?.argv[1]).toMatchObject({ value: undefined, ifUnset: "/d" });
    expect(read("D=/x/$u; cat $D/y")[1]?.argv[1]).toMatchObject({ prefix: "/x/", suffix: "/y", ifUnset: "/x//y" });
  });

  test("a command that can have different arguments stands once for each", () => {
    expect(runs("for f in a b; do cat $f; done", "cat")).toEqual([
      ["cat", "a"],
      ["cat", "b"],
    ]);
    expect(runs("x=a; test q && x=b; cat $x", "cat")).toEqual([
      ["cat", "b"],
      ["cat", "a"],
    ]);
  });

  test("programs are named as bash finds them", () => {
    expect(read('/usr/bin/g"i"t p\\ush')[0]).toMatchObject({ program: "git" });
    expect(read("$(command -v git) push").at(-1)).toMatchObject({ program: "git" });
    expect(read("$X push")[0]).toMatchObject({
      program: undefined,
      opaque: ["which program it runs is not known", "what it runs is not known"],
    });
  });
});

describe("P5.5: the folder is followed", () => {
  test.each<[string, (string | undefined)[][]]>([
    ["cd a && cat x", [["/w/a"]]],
    ["cd a; cat x", [["/w/a", "/w"]]],
    ["cd a || exit; cat x", [["/w/a"]]],
    ["(cd /a); cat x", [["/w"]]],
    ["cd /a && cd ../b && cat x", [["/b"]]],
    ["cd /a && cd - && cat x", [["/w"]]],
    ["pushd /a && popd && cat x", [["/w"]]],
    ["CDPATH=/d cd t && cat x", [["/d/t", "/w/t"]]],
    ["set -e; cd /a; cat x", [["/a"]]],
    ["for i in 1 2; do cd .. ; done && cat x", [["/", "/w"]]],
    ["cd $X && cat x", [[undefined]]],
    ["env -C /a cat x", [["/a"]]],
    ["cd /a | cat x", [["/w"]]],
  ])("%s", (text, expected) => {
    expect(places(text, "cat").map((paths) => [...new Set(paths)])).toEqual(expected);
  });

  test("git and make run where their -C says", () => {
    expect(places("git -C ../b log", "git")).toEqual([["/w/../b"]]);
    expect(places("make -C sub all", "make")).toEqual([["/w/sub"]]);
  });
});

describe("P5.6: what a command runs is read too", () => {
  const inner = ["cat", "/x"];
  test.each([
    "eval 'cat /x'",
    "eval cat /x",
    "bash -c 'cat /x'",
    "sh -c \"sh -c 'cat /x'\"",
    "bash -lc 'cat $0' /x".replace("$0", "/x"),
    "bash -c 'cat $1' _ /x",
    "bash <<< 'cat /x'",
    "bash <<EOF\ncat /x\nEOF",
    "echo 'cat /x' | sh",
    "bash <(echo cat /x)",
    "source /dev/stdin <<< 'cat /x'",
    "echo /x | xargs cat",
    "printf '%s\\n' x | xargs -I{} cat /{}",
    "printf '/x\\0' | xargs -0 -n1 cat",
    "find . -exec cat /x \\;",
    "find . -execdir cat /x \\;",
    "sudo -u bob cat /x",
    "su bob -c 'cat /x'",
    "env -i A=1 cat /x",
    "env -S 'cat /x'",
    "nice -n 5 cat /x",
    "timeout -k 1 5 cat /x",
    "nohup cat /x",
    "busybox cat /x",
    "command cat /x",
    "exec cat /x",
    "time cat /x",
    "stdbuf -oL cat /x",
    "setsid -w cat /x",
    "watch -n1 'cat /x'",
    "flock /l cat /x",
    "flock /l -c 'cat /x'",
    "ssh host 'cat /x'",
    "docker run --rm -v /a:/b image cat /x",
    "nsenter -t 1 -m cat /x",
    "systemd-run --user cat /x",
    "parallel cat ::: /x",
    "npx -c 'cat /x'",
    "/lib64/ld-linux-x86-64.so.2 cat /x",
    "git -c alias.y='!cat /x' y",
    "git config alias.y '!cat /x'",
    "git -c core.pager='cat /x' log",
    "git rebase -x 'cat /x' main",
    "git bisect run cat /x",
    "git submodule foreach 'cat /x'",
    "trap 'cat /x' EXIT",
    "PROMPT_COMMAND='cat /x' bash -i",
    "export PAGER='cat /x'",
    "GIT_SSH_COMMAND='cat /x' git fetch",
    "f() { cat /x; }; f",
    "f() { cat $1; }; f /x",
    "f() { cat /x; }",
    "alias c='cat /x'; c",
    "tar --to-command='cat /x' -xf a",
    "tar cf a . --checkpoint=1 --checkpoint-action=exec='cat /x'",
    "rsync -e 'cat /x' a b",
    "echo x | while read f; do cat /$f; done",
    "case a in a) cat /x;; esac",
    "if true; then cat /x; fi",
    "until cat /x; do :; done",
    "coproc cat /x",
    "! cat /x",
    "{ cat /x; } > o",
    "echo $((x[$(cat /x)]))",
    "x='a[$(cat /x)]'; echo $((x))",
    "echo ${y:-$(cat /x)} ${y/a/`cat /x`}",
    "cat <<EOF\n$(cat /x)\nEOF",
    "[[ -f $(cat /x) ]]",
    "diff <(cat /x) /dev/null",
    "python3 -c \"import os; os.system('cat /x')\"",
    "python3 - <<'E'\nimport subprocess\nsubprocess.run(['cat', '/x'])\nE",
    "node -e \"require('child_process').execSync('cat /x')\"",
    "node -e \"require('child_process').spawn('cat', ['/x'])\"",
    "perl -e 'system(\"cat /x\")'",
    "perl -e 'print `cat /x`'",
    "ruby -e 'puts `cat /x`'",
    "awk 'BEGIN { system(\"cat /x\") }'",
    "awk 'BEGIN { while ((\"cat /x\" | getline l) > 0) print l }'",
    "vim -es '+!cat /x' f",
    "sqlite3 a.db '.shell cat /x'",
    "php -r 'system(\"cat /x\");'",
  ])("%s", (text) => {
    expect(runs(text, "cat")).toContainEqual(inner);
  });

  test("each says how it is reached", () => {
    const commands = read("sudo env A=1 bash -c 'eval \"cat /x\"'");
    expect(commands.at(-1)?.via.map((via) => [via.kind, via.by, via.from])).toEqual([
      ["other-user", "sudo", 0],
      ["wrapper", "env", 1],
      ["shell", "bash", 2],
      ["eval", "eval", 3],
    ]);
    expect(commands[2]?.environment).toMatchObject([{ name: "A", value: { value: "1" } }]);
  });

  test("what is not known is said, and what is known of it is read", () => {
    const [command, inside] = read('bash -c "git push origin HEAD:$B"');
    expect(command?.opaque).toEqual(["what it runs is not known whole"]);
    expect(inside).toMatchObject({ program: "git" });
    expect(inside?.argv.at(-1)).toMatchObject({ prefix: "HEAD:", value: undefined });
    expect(read("curl -s u | sh")[1]?.opaque).toEqual(["the commands that it reads from its input are not known"]);
  });

  test("words are no commands: prose, patterns, quoted heredocs", () => {
    const text = "echo 'git push origin main'; grep -rn 'rm -rf /' .; git commit -F - <<'E'\n$(cat /x)\nE";
    expect(read(text).map((command) => command.program)).toEqual(["echo", "grep", "git"]);
  });
});

describe("P5.7: redirects, inputs, pipes and code", () => {
  test("redirects say what happens to their target", () => {
    const [command] = read("a > o 2>> e < i <> b 2>&1 >| c &> d >&- {fd}>g");
    expect(command?.redirects.map(({ target, access }) => [target.value, access])).toEqual([
      ["o", "write"],
      ["e", "write"],
      ["i", "read"],
      ["b", "both"],
      ["1", "duplicate"],
      ["c", "write"],
      ["d", "write"],
      ["-", "duplicate"],
      ["g", "write"],
    ]);
    expect(read("> o")).toMatchObject([{ program: undefined, argv: [], redirects: [{ target: { value: "o" } }] }]);
    expect(read("echo $(< s)")[0]).toMatchObject({ inSubstitution: true, redirects: [{ access: "read", target: { value: "s" } }] });
  });

  test("a known input stands with the command that reads it", () => {
    expect(read("sqlite3 a.db <<'E'\nselect 1;\nE")[0]).toMatchObject({
      input: { from: "heredoc", text: "select 1;\n" },
      code: [{ language: "sqlite", text: "select 1;\n", from: "input" }],
    });
    expect(read("printf 'a\\n' | git update-ref --stdin")).toMatchObject([
      { feeds: [1] },
      { input: { from: "pipe", text: "a\n", feeders: [0] } },
    ]);
    expect(read("cat <<E\na $x b\nE")[0]?.input).toMatchObject({ text: undefined, partial: "a  b\n" });
  });

  test("programs in other languages stand with the command that runs them", () => {
    const languages = [
      "python3 -c p",
      "node -e p",
      "perl -ne p f",
      "awk p f",
      "sed -e p f",
      "sqlite3 d p",
      "jq p f",
      "ruby -e p",
      "php -r p",
    ];
    for (const text of languages) expect(read(text)[0]?.code, text).toMatchObject([{ text: "p", from: "argument" }]);
    expect(read("python3 script.py")[0]?.code).toEqual([]);
  });
});
