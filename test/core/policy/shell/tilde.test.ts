// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's.
import { expect, test } from "vitest";
import { readShell } from "../../../../src/core/policy/shell/read-shell.ts";

function argumentsOf(text: string): (string | undefined)[] {
  const reading = readShell(text, { cwd: "/work/tree", env: { HOME: "/home/op" } });
  if (reading.kind === "unreadable") throw new Error(reading.reason);
  return (reading.commands.at(-1)?.argv ?? []).slice(1).map((word) => word.value);
}

// What bash 5.2 gives for each.
test.each([
  ["show ~/x ~:/x ~:+^^", ["/home/op/x", "/home/op:/x", "/home/op:+^^"]],
  [`show ~:"x" ~"/x" ~/"x"`, ["~:x", "~/x", "/home/op/x"]],
  ["show a~/x a:~/x d=~/x d=a:~/x", ["a~/x", "a:~/x", "d=/home/op/x", "d=a:/home/op/x"]],
])("P5.4: %s", (text, given) => {
  expect(argumentsOf(text)).toEqual(given);
});

test("P5.4: a tilde behind a colon, in a part of a word, is said to be open", () => {
  expect(argumentsOf("n=7; show d=1${n}a=b:~/c")).toEqual([undefined]);
});

test("P5.4: what is empty between separators of one's own is said to be open", () => {
  expect(argumentsOf("IFS=:; set -- a '' b; show $@")).toEqual([undefined]);
});
