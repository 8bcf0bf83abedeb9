import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { makeRepository, makeTemporaryFolder, runGitIn } from "./make-repository.ts";
import { readEnvelope, runMos } from "./run-mos.ts";

/** Stands in every file, name, title and commit of the sealed domain, and nowhere else. */
export const canary = "zebrafinch";
const program = join(import.meta.dirname, "../../dist/mos.mjs");

const page = (title: string, claim: string) =>
  `---\ntitle: ${title}\nkind: voice\nowner: operator\nauthority: operator\nupdated: 2026-11-01\n---\n# ${title}\n\n- ${claim}[^c1]\n\n[^c1]: operator 2026-11-01\n`;

/** A domain with a broken link, an index that lacks a page, and a thread that went silent. */
function domainFiles(word: string): Record<string, string> {
  return {
    "DOMAIN.md": `# Domain\n\n## Purpose\n\nAbout ${word}.\n\n## Priorities\n\n1. **Links** that work, for ${word}\n`,
    "package.json": JSON.stringify({ scripts: { test: "node --check ok.mjs", lint: "node --check ok.mjs" } }),
    "ok.mjs": "export const ok = true;\n",
    "README.md": `# ${word}\n\nSee [the plan](docs/${word}-gone.md).\n`,
    [`docs/${word}.md`]: `# ${word}\n`,
    "wiki/index.md": "# Wiki\n",
    [`wiki/${word}.md`]: page(word, `Plain words of ${word}.`),
    [`threads/${word}.md`]: `---\nstatus: active\nnext: call about ${word}\nupdated: 2026-01-01\n---\n# The thread of ${word}\n`,
  };
}

export interface PluginWorkspace {
  readonly folder: string;
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  mos(...args: string[]): ReturnType<typeof runMos>;
  data<T>(...args: string[]): Promise<T>;
  /** A client of the built program's server. */
  connect(...args: string[]): Promise<Client>;
  remove(): void;
}

/** Made with the built program: `music`, and `trading`, which is sealed and holds a released ticket. */
export async function makePluginWorkspace(): Promise<PluginWorkspace> {
  const { path: folder, remove } = makeTemporaryFolder("mos-plugin-");
  const root = join(folder, "os");
  const env = { HOME: folder };
  const mos = (...args: string[]) => runMos(args, { cwd: root, env });
  const data = async <T>(...args: string[]) => readEnvelope(await mos(...args, "--json")).data as T;
  runGitIn(folder, "config", "--file", join(folder, ".gitconfig"), "user.name", "Op");
  runGitIn(folder, "config", "--file", join(folder, ".gitconfig"), "user.email", "op@example.invalid");
  await runMos(["init", root, "--yes"], { cwd: folder, env });
  for (const [name, prefix, word] of [
    ["music", "MUS", "vinyl"],
    ["trading", "TRD", canary],
  ] as const) {
    makeRepository(join(folder, name), domainFiles(word));
    const sealed = name === "trading" ? ["--sealed"] : [];
    const added = await mos("domain", "add", name, "--path", join(folder, name), "--prefix", prefix, ...sealed, "--yes");
    if (added.exitCode !== 0) throw new Error(added.stderr);
  }
  const draft = {
    title: `Hedge the ${canary}`,
    domain: "trading",
    touches: ["docs/"],
    run: [`echo ${canary} > docs/hedge.md`],
    accept: ["true"],
  };
  await runMos(["ticket", "new", "--file", "-"], { cwd: root, env, input: JSON.stringify(draft) });
  await mos("ticket", "ready", "TRD-1");
  return {
    folder,
    root,
    env,
    mos,
    data,
    connect: async (...args) => {
      const client = new Client({ name: "test", version: "1" });
      const PATH = process.env.PATH ?? "/usr/bin:/bin";
      await client.connect(
        new StdioClientTransport({ command: process.execPath, args: [program, "mcp", ...args], cwd: root, env: { ...env, PATH } }),
      );
      return client;
    },
    remove,
  };
}

export interface ToolAnswer {
  readonly data: Record<string, unknown>;
  readonly text: string;
  readonly isError: boolean;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
}

/** Calls a tool; gives its structured data, and its error where it failed. */
export async function callTool(client: Client, name: string, args: Record<string, unknown> = {}): Promise<ToolAnswer> {
  const result = await client.callTool({ name, arguments: args }, { timeout: 120_000 });
  const text = (result.content as { type: string; text: string }[]).map((block) => block.text).join("\n");
  const inside = JSON.parse(text.startsWith("{") ? text : "{}") as Record<string, unknown>;
  const isError = result.isError === true;
  const error = isError ? { error: inside.error as never } : {};
  return { data: (result.structuredContent ?? {}) as Record<string, unknown>, text, isError, ...error };
}
