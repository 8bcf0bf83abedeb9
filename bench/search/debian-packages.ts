import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "../seeded.ts";

/** One question of a public set with one right answer: Debian's one-line synopsis of a package, and its description. */
export interface DescribedPackage {
  readonly name: string;
  readonly synopsis: string;
  readonly description: string;
}

const helper = "/usr/lib/apt/apt-helper";
const seed = 20261123;

/**
 * Debian's descriptions in English, drawn by a fixed seed from what apt has on this machine, or brings into `folder` where the
 * machine keeps none (images leave translations out). Packages that say the same are one.
 *
 * @throws an error that names what is missing
 */
export function readDebianPackages(folder: string, count: number): DescribedPackage[] {
  const files = findTranslations([]);
  const text = (files.length > 0 ? files : fetchTranslations(folder))
    .map((file) => execFileSync(helper, ["cat-file", file], { encoding: "utf8", maxBuffer: 500_000_000 }))
    .join("\n\n");
  const byDescription = new Map<string, DescribedPackage>();
  for (const stanza of text.split(/\n\n+/)) {
    const described = readStanza(stanza);
    if (described && !byDescription.has(described.description)) byDescription.set(described.description, described);
  }
  const all = [...byDescription.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  if (all.length < count) throw new Error(`apt knows ${all.length} described packages, and ${count} are needed`);
  return draw(all, count);
}

function readStanza(stanza: string): DescribedPackage | undefined {
  const name = /^Package: (.+)$/m.exec(stanza)?.[1];
  const found = /^Description-en: (.+)\n((?: .*\n?)+)/m.exec(stanza);
  if (name === undefined || found === null) return undefined;
  const description = (found[2] ?? "").replace(/^ \.?/gm, "").replace(/\s+/g, " ").trim();
  return description.length < 40 ? undefined : { name, synopsis: (found[1] ?? "").trim(), description };
}

function findTranslations(options: readonly string[]): string[] {
  if (!existsSync(helper)) throw new Error(`${helper} is not here: this is no machine with apt`);
  const listed = execFileSync("apt-get", ["indextargets", ...options, "--format", "$(CREATED_BY) $(FILENAME)"], { encoding: "utf8" });
  return listed
    .split("\n")
    .filter((line) => line.startsWith("Translations ") && line.includes("Translation-en"))
    .map((line) => line.slice("Translations ".length))
    .filter((file) => existsSync(file))
    .sort();
}

function fetchTranslations(folder: string): string[] {
  const lists = join(folder, "apt/lists");
  const cache = join(folder, "apt/cache");
  for (const path of [join(lists, "partial"), join(cache, "archives/partial")]) mkdirSync(path, { recursive: true });
  const options = ["-o", "Acquire::Languages=en", "-o", `Dir::State::Lists=${lists}`, "-o", `Dir::Cache=${cache}`];
  if (findTranslations(options).length === 0)
    execFileSync("apt-get", ["update", "-qq", ...options], { stdio: ["ignore", "ignore", "inherit"], timeout: 300_000 });
  const files = findTranslations(options);
  if (files.length === 0) throw new Error("apt-get update brought no descriptions");
  return files;
}

function draw<Item>(items: readonly Item[], count: number): Item[] {
  const random = createRandom(seed);
  const left = [...items];
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0] as Item);
}
