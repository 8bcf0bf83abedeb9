/**
 * What `read`, `search`, `edit` and `write` do, as a program of a file tree: it runs in the tool box, at the tree's root, with
 * nothing but Node's own modules. Takes one JSON value, gives one: `{ ok, text }`. Plain files and folders alone; bounded in
 * what it reads and says, the box bounds the rest.
 */
export const treeProgram = String.raw`
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const fileBytesMax = 8 * 1024 * 1024;
const linesMax = 1000, lineCharsMax = 2000, entriesMax = 1000, matchesMax = 200, filesMax = 50000, textCharsMax = 35000;
const passedOver = new Set([".git", "node_modules"]);

const answer = (ok, text) => { process.stdout.write(JSON.stringify({ ok, text })); };
class Refusal extends Error {}
const refuse = (text) => { throw new Refusal(text); };

function statOf(name) {
  const found = fs.statSync(name, { throwIfNoEntry: false });
  if (!found) refuse(name + " is not there.");
  return found;
}
function readText(name) {
  const found = statOf(name);
  if (!found.isFile()) refuse(name + " is no file.");
  if (found.size > fileBytesMax) refuse(name + " has " + found.size + " bytes, more than " + fileBytesMax + ". Look at a part of it with a command.");
  const bytes = fs.readFileSync(name);
  if (bytes.subarray(0, 8000).includes(0)) refuse(name + " is no text.");
  return bytes.toString("utf8");
}
const cut = (line) => line.length > lineCharsMax ? line.slice(0, lineCharsMax) + "[…]" : line;

function list(name) {
  const names = fs.readdirSync(name, { withFileTypes: true }).map((one) => one.name + (one.isDirectory() ? "/" : "")).sort();
  const more = names.length > entriesMax ? "\n[" + (names.length - entriesMax) + " more]" : "";
  return names.slice(0, entriesMax).join("\n") + more || "[empty]";
}
function read({ path: name, offset = 1, limit = linesMax }) {
  if (statOf(name).isDirectory()) return list(name);
  const lines = readText(name).split("\n");
  if (lines.at(-1) === "") lines.pop();
  const shown = [];
  let chars = 0, at = offset - 1;
  for (; at < lines.length && shown.length < Math.min(limit, linesMax) && chars < textCharsMax; at += 1) {
    const line = (at + 1) + "\t" + cut(lines[at]);
    chars += line.length + 1;
    shown.push(line);
  }
  if (shown.length === 0) return lines.length === 0 ? "[empty]" : "[" + name + " has " + lines.length + " lines]";
  return shown.join("\n") + (at < lines.length ? "\n[" + (lines.length - at) + " more lines; read on with offset " + (at + 1) + "]" : "");
}
function* walk(name) {
  const found = fs.lstatSync(name, { throwIfNoEntry: false });
  if (!found) return;
  if (found.isFile()) { yield name; return; }
  if (!found.isDirectory()) return;
  for (const entry of fs.readdirSync(name).sort()) if (!passedOver.has(entry)) yield* walk(path.join(name, entry));
}
function search({ pattern, path: from = ".", files = "" }) {
  let expression;
  try { expression = new RegExp(pattern); } catch (error) { refuse("The pattern cannot be read: " + error.message); }
  statOf(from);
  const found = [];
  let seen = 0, chars = 0;
  for (const name of walk(from)) {
    if (!name.endsWith(files)) continue;
    if (++seen > filesMax) return found.join("\n") + "\n[more files than " + filesMax + ": name a folder]";
    let text;
    try { text = readText(name); } catch { continue; }
    const lines = text.split("\n");
    for (let at = 0; at < lines.length; at += 1) {
      if (!expression.test(lines[at])) continue;
      const line = name + ":" + (at + 1) + ": " + cut(lines[at]);
      chars += line.length + 1;
      found.push(line);
      if (found.length >= matchesMax || chars > textCharsMax) return found.join("\n") + "\n[there is more: make the pattern or the folder narrower]";
    }
  }
  return found.length === 0 ? "[nothing matches]" : found.join("\n");
}
function edit({ path: name, old, new: next, all = false }) {
  const text = readText(name);
  if (Buffer.from(text, "utf8").compare(fs.readFileSync(name)) !== 0) refuse(name + " is not UTF-8.");
  const times = text.split(old).length - 1;
  if (times === 0) refuse("The old text does not stand in " + name + ". Read it again.");
  if (times > 1 && !all) refuse("The old text stands " + times + " times in " + name + ". Give more of what is around it, or all: true.");
  fs.writeFileSync(name, text.split(old).join(next));
  return name + ": " + times + (times === 1 ? " place" : " places") + " changed.";
}
function write({ path: name, content }) {
  const there = fs.statSync(name, { throwIfNoEntry: false });
  if (there && !there.isFile()) refuse(name + " is there and is no file.");
  fs.mkdirSync(path.dirname(name), { recursive: true });
  fs.writeFileSync(name, content);
  return name + (there ? " replaced." : " made.");
}
try {
  const { tool, ...input } = JSON.parse(fs.readFileSync(0, "utf8"));
  const known = new Map(Object.entries({ read, search, edit, write })).get(tool) ?? refuse("There is no such tool.");
  answer(true, known(input));
} catch (error) {
  answer(false, error instanceof Refusal ? error.message : (error.code ? error.code + ": " : "") + error.message);
}
`;
