import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";

const factsOfDomain = 6;
const names = "Alder Birch Cedar Elm Fir Hazel".split(" ");

/**
 * The demo's content with two more commits in each repository: documents that say a fact each, and a page of the wiki that cites
 * them. What working days delete, move and rewrite are these, and notes: the demo's own pages cite code, which tests hold.
 *
 * @param domains  those of the demo that are made
 */
export function seedFacts({ from, to, domains }: { from: string; to: string; domains: readonly string[] }): string {
  cpSync(from, to, { recursive: true });
  const plan = parse(readFileSync(join(to, "demo.yaml"), "utf8")) as { domains: { name: string }[] };
  writeFileSync(join(to, "demo.yaml"), stringify({ domains: plan.domains.filter(({ name }) => domains.includes(name)) }));
  for (const domain of readdirSync(to)) {
    const file = join(to, domain, "history.yaml");
    if (!existsSync(file)) continue;
    const history = parse(readFileSync(file, "utf8")) as { commits: object[] };
    const facts = Array.from({ length: factsOfDomain }, (_, index) => ({
      path: `docs/fact-${index + 1}.md`,
      claim: `The register of ${names[index]} is kept in ${domain} by two people`,
    }));
    const write = Object.fromEntries(
      facts.map(({ path, claim }) => [path, `# ${path}\n\nWritten down once.\n\n${claim}.\n\nNothing more.\n`]),
    );
    const claims = facts.map(({ claim }, index) => `- ${claim}. [^c${index + 1}]\n`).join("");
    const notes = facts.map(({ path, claim }, index) => `[^c${index + 1}]: <<cite facts ${path} "${claim}">>\n`).join("");
    const matter = `---\ntitle: Registers\nkind: pattern\nowner: ${domain}\nauthority: verified\nupdated: 2026-10-01\n---\n\n`;
    const page = `${matter}# Registers\n\nWho keeps what.\n\n## Claims\n\n${claims}\n${notes}`;
    history.commits.push(
      { day: -1, at: "23:50", id: "facts", say: "docs: what is kept, and by whom", write },
      {
        ...{ day: -1, at: "23:55", say: "docs(wiki): the registers", write: { "wiki/registers.md": page } },
        append: { "wiki/index.md": "- [Registers](registers.md)\n" },
      },
    );
    writeFileSync(file, stringify(history, { lineWidth: 0 }));
  }
  return to;
}
