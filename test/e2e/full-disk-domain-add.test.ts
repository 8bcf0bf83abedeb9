import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BuiltProgram, buildProgram } from "../support/build-program.ts";
import { makeRepository, makeTemporaryFolder, runGitIn, writeFiles } from "../support/make-repository.ts";
import { makeWorkspace } from "../support/make-workspace.ts";
import { inPrivateMount, whyNoPrivateMount } from "../support/private-mount.ts";

const noMount = whyNoPrivateMount();
let program: BuiltProgram;
let place: ReturnType<typeof makeTemporaryFolder>;

beforeAll(async () => {
  program = await buildProgram("src/entry/cli/main.ts");
  place = makeTemporaryFolder("mos-full-");
  writeFiles(place.path, { "home/.gitconfig": "[user]\n\tname = Test Operator\n\temail = operator@example.invalid\n" });
});
afterAll(async () => {
  place.remove();
  await program.remove();
});

/** Copies a workspace onto a small disk, fills it but for `roomKb`, runs `mos domain add`; then what is there, as text. */
function addOnFullDisk(args: { workspace: string; repository: string; roomKb: number }) {
  const disk = join(place.path, "disk");
  mkdirSync(disk, { recursive: true });
  const script = `
    cp -a "$1" "$2/os" && cp "$2/os/mos.yaml" "$5/before.yaml"
    dd if=/dev/zero of="$2/ballast" bs=1k 2>/dev/null
    dd if=/dev/null of="$2/ballast" bs=1k seek=$(( $(stat -c %s "$2/ballast") / 1024 - $6 )) 2>/dev/null
    node "$4" domain add music --path "$3" --workspace "$2/os" --yes --json --no-input 2>/dev/null
    echo "exit $?"
    cmp "$2/os/mos.yaml" "$5/before.yaml" && echo same
    ls -A "$2/os"; rm "$2/ballast"
    node "$4" domain add music --path "$3" --workspace "$2/os" --yes --json --no-input 2>/dev/null
    echo "exit $?"`;
  const mount = 'mount -t tmpfs -o size=3m tmpfs "$folder"';
  const argv = ["bash", "-c", script, "bash", args.workspace, disk, args.repository, program.file, place.path, String(args.roomKb)];
  const [command, ...rest] = inPrivateMount({ folder: disk, mount, argv }) as [string, ...string[]];
  return execFileSync(command, rest, { encoding: "utf8", env: { PATH: process.env.PATH, HOME: join(place.path, "home") } });
}

test.skipIf(noMount).each([0, 8, 100])(
  `W5: a disk with %d kB left: all or nothing, and it goes on when there is room${noMount ? ` (${noMount})` : ""}`,
  async (roomKb) => {
    const bench = await makeWorkspace();
    const repository = join(place.path, `repo ${roomKb}`);
    const tip = makeRepository(repository);
    writeFiles(repository, { "README.md": "edited\n" });
    try {
      const said = addOnFullDisk({ workspace: bench.root, repository, roomKb });
      const [first, second] = said.split("\n").flatMap((line) => (line.startsWith("exit ") ? [line] : []));
      if (first !== "exit 0") {
        expect(said).toMatch(/"error":\{"code":"(store-full|config-unwritable|store-unavailable)","message":"[^"]*\/disk\/os/);
        expect(said).toMatch(/\nsame\n/);
        expect(said).toMatch(/"hint":"[^"]{10}/);
        expect(said).not.toContain("mos.yaml.new");
        expect(second).toBe("exit 0");
      }
      if (roomKb === 0) expect(first).toBe("exit 1");
      expect(runGitIn(repository, "log", "--format=%s", `${tip}..main`)).toBe("chore: add the files of a Master OS domain");
      expect(runGitIn(repository, "status", "--porcelain")).toBe("M README.md");
    } finally {
      await bench.remove();
    }
  },
);
