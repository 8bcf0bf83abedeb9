import { afterAll, beforeAll, expect, test } from "vitest";
import { makePolicyWorld, type PolicyWorld } from "../../support/make-policy-world.ts";

let world: PolicyWorld;
beforeAll(() => {
  world = makePolicyWorld();
});
afterAll(() => world.remove());

const bash = (command: string) => world.decide({ tool: "Bash", input: { command } }).decision;

test("P5: a switch of one program that takes a value in another hides no path", () => {
  const secret = "{{WS}}/domains/trading/secret.env";
  const hiding = [
    "od -c",
    "wc -c",
    "cat -n",
    "nl -n",
    "tree -d",
    "tree -I",
    "du -L",
    "du -P",
    "ls -w",
    "chattr -i",
    "chattr +i",
    "stat -c",
    "md5sum -c",
  ];
  expect(hiding.filter((words) => bash(`${words} ${secret}`) !== "deny")).toEqual([]);
});

test("P5: options with values stay what they are", () => {
  const fine = [
    "head -n 5 src/f.js",
    "tail -c 10 src/f.js",
    "stat -c %s src/f.js",
    "du -d 1 .",
    "tree -L 2 src",
    "cut -d / -f 2 src/f.js",
    "chmod -R u+x src",
  ];
  expect(fine.filter((words) => bash(words) !== "allow")).toEqual([]);
});

test("P5: a process substitution is no file of its own: what runs in it is judged, and what it is known to say", () => {
  const secret = "{{WS}}/domains/trading/secret.env";
  const fine = ["diff <(ls src) <(ls docs)", "while read l; do echo $l; done < <(ls src)", "ls | tee >(wc -l) > /dev/null"];
  expect(fine.filter((words) => bash(words) !== "allow")).toEqual([]);
  const hiding = [
    `diff <(cat ${secret}) x`,
    `xargs -a <(echo ${secret}) cat`,
    `tar cf - -T <(echo ${secret})`,
    `bash <(echo cat ${secret})`,
    "cat /dev/fd/63",
  ];
  expect(hiding.filter((words) => bash(words) !== "deny")).toEqual([]);
});
