import { runGitIn } from "../make-repository.ts";
import { now, type PlaybookFixture } from "./fixture.ts";

export const trackedIgnored: PlaybookFixture = {
  id: "tracked-ignored",
  found: [
    {
      message: "feat: begin",
      files: {
        ".gitignore": "dist/\n*.pyc\n.env\n",
        "src/a.js": "export const a = 1;\n",
        "dist/a.js": "export const a=1\n",
        "dist/deep/b.js": "export const b=1\n",
        "lib/x.py": "x = 1\n",
        "lib/x.pyc": "\0binary\0",
        ".env": "written by hand\n",
      },
      force: ["dist/a.js", "dist/deep/b.js", "lib/x.pyc", ".env"],
    },
  ],
  subjects: ["dist/", "lib/x.pyc", ".env"],
  after: {
    "dist/a.js": undefined,
    "dist/deep/b.js": undefined,
    "lib/x.pyc": undefined,
    ".env": "written by hand\n",
    "lib/x.py": "x = 1\n",
  },
  clean: [
    {
      message: "feat: begin",
      files: { ".gitignore": "dist/\n", "src/a.js": "export const a = 1;\n", "dist/a.js": "built, and not tracked\n" },
    },
  ],
};

export const todoHarvest: PlaybookFixture = {
  id: "todo-harvest",
  env: now,
  found: [
    {
      message: "feat: begin",
      files: {
        "threads/release.md": "---\nstatus: active\nupdated: 2026-11-20\n---\n# Release\n",
        "src/a.js":
          '// TODO(anna): bound the <queue>\nexport const a = 1; // FIXME off by one *sometimes*\nconst todo = "TODO: not a comment";\n',
        "lib/b.py": "x = 1  # HACK\n",
        "README.md": "TODO: prose is not code\n",
        "test/fixtures/c.js": "// TODO: a sample\n",
      },
    },
  ],
  subjects: ["src/a.js TODO: bound the <queue>", "src/a.js FIXME: off by one *sometimes*", "lib/b.py HACK: (no text)"],
  after: {
    "threads/todo.md":
      "---\nstatus: active\nnext: Choose one of these and make it a ticket\nupdated: 2026-11-23\n---\n# What the code asks for\n\n<!-- collected from the code; text between these marks is written anew -->\n\n- [lib/b.py:1](../lib/b.py#L1) HACK: (no text)\n- [src/a.js:1](../src/a.js#L1) TODO: bound the \\<queue\\>\n- [src/a.js:2](../src/a.js#L2) FIXME: off by one \\*sometimes\\*\n\n<!-- end of what was collected -->\n",
  },
  clean: [{ message: "feat: begin", files: { "src/a.js": "// nothing to do\nexport const todo = 1;\n", "notes/a.md": "TODO: prose\n" } }],
};

const lock = {
  name: "app",
  lockfileVersion: 3,
  packages: {
    "": { name: "app", dependencies: { "left-pad": "*", fine: "^2.0.0", tagged: "latest" }, devDependencies: { tool: ">=1.0.0" } },
    "node_modules/left-pad": { version: "1.3.0" },
    "node_modules/fine": { version: "2.1.0" },
    "node_modules/tagged": { version: "4.0.0-rc.1" },
    "node_modules/tool": { version: "1.9.2" },
  },
};

const bounded = {
  ...lock,
  packages: {
    ...lock.packages,
    "": { name: "app", dependencies: { "left-pad": "^1.3.0", fine: "^2.0.0", tagged: "^4.0.0-rc.1" }, devDependencies: { tool: "^1.9.2" } },
  },
};

export const dependencyRanges: PlaybookFixture = {
  id: "dependency-ranges",
  found: [
    {
      message: "feat: begin",
      files: {
        "package.json":
          '{\n  "name": "app",\n  "dependencies": { "left-pad": "*",   "fine": "^2.0.0", "tagged": "latest" },\n  "devDependencies": {\n    "tool": ">=1.0.0"\n  },\n  "peerDependencies": { "left-pad": "*" }\n}\n',
        "package-lock.json": `${JSON.stringify(lock, null, 2)}\n`,
        "service/requirements.txt":
          "requests[socks]>=2 ; python_version < '3.13'  # why\nflask==3.0.0\nunheard-of-thing-xyz\n-r other.txt\nnumpy>=1,<3\n",
        "service/constraints.txt": "requests==2.31.0\n",
      },
    },
  ],
  subjects: [
    "package.json left-pad",
    "package.json tagged",
    "package.json tool",
    "service/requirements.txt requests",
    "service/requirements.txt unheard-of-thing-xyz",
  ],
  after: {
    "package.json":
      '{\n  "name": "app",\n  "dependencies": { "left-pad": "^1.3.0",   "fine": "^2.0.0", "tagged": "^4.0.0-rc.1" },\n  "devDependencies": {\n    "tool": "^1.9.2"\n  },\n  "peerDependencies": { "left-pad": "*" }\n}\n',
    "package-lock.json": `${JSON.stringify(bounded, null, 2)}\n`,
    "service/requirements.txt":
      "requests[socks]>=2.31.0,<3 ; python_version < '3.13'  # why\nflask==3.0.0\nunheard-of-thing-xyz\n-r other.txt\nnumpy>=1,<3\n",
  },
  clean: [
    {
      message: "feat: begin",
      files: {
        "package.json":
          '{ "name": "app", "dependencies": { "a": "^1.0.0", "b": "~2.1", "c": ">=1 <2", "d": "workspace:*", "e": "file:../e", "f": "1.x" } }\n',
        "requirements.txt": "flask==3.0.0\nrequests~=2.31\n# a comment\n",
      },
    },
  ],
};

/** Of the commits that users want to read of, the oldest first. */
function idsOf(root: string): string[] {
  const lines = runGitIn(root, "log", "--reverse", "--format=%H %s").split("\n");
  return lines.filter((line) => /gapless|click|API/.test(line)).map((line) => line.slice(0, 40));
}

export const changelog: PlaybookFixture = {
  id: "changelog",
  found: [
    { message: "feat: told by hand", files: { "package.json": '{ "name": "app" }\n' } },
    {
      message: "docs: changelog",
      files: {
        "CHANGELOG.md":
          "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Told by hand\n\n## [1.0.0] - 2026-01-01\n\n- Begin\n\n[1.0.0]: https://example.invalid/1.0.0\n",
      },
    },
    { message: "feat(player): gapless playback", files: { "a.js": "1\n" } },
    { message: "chore: nothing for users", files: { "b.js": "1\n" } },
    { message: "fix: no click at the end of a track (#12)", files: { "c.js": "1\n" } },
    { message: "refactor!: the old API goes", files: { "d.js": "1\n" } },
  ],
  subjects: (root) => idsOf(root).map((id) => id.slice(0, 10)),
  after: (root) => {
    const [gapless = "", click = "", api = ""] = idsOf(root).map((id) => id.slice(0, 10));
    return {
      "CHANGELOG.md": `# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Told by hand\n- player: gapless playback (${gapless})\n\n### Changed\n\n- **Breaking:** the old API goes (${api})\n\n### Fixed\n\n- no click at the end of a track (${click})\n\n## [1.0.0] - 2026-01-01\n\n- Begin\n\n[1.0.0]: https://example.invalid/1.0.0\n`,
    };
  },
  clean: [
    { message: "feat: told by hand", files: { "package.json": '{ "name": "app" }\n' } },
    { message: "docs: changelog", files: { "CHANGELOG.md": "# Changelog\n\n## Unreleased\n\n### Added\n\n- Told by hand\n" } },
    { message: "chore: nothing for users", files: { "b.js": "1\n" } },
  ],
};
