import { countOf } from "../../text/count-of.ts";
import { type Chore, type ChoreArgs, type ChoreFinding, type ChoreWorld, type Fix, findingsMax } from "../chore.ts";
import { isSamplePath } from "../is-sample-path.ts";
import { baseOf, encodeLink } from "../join-path.ts";
import { collectFileLinks, type FileLink, scanTargets } from "./collect-links.ts";
import { findTarget, isThere, type Judged, type Renames, readRenames, writeTarget } from "./find-target.ts";

const textMax = 1_000_000;

interface BrokenLink {
  readonly from: string;
  readonly link: FileLink;
  readonly judged: Exclude<Judged, { kind: "there" }>;
}

/** Links of markdown files to files that are not there. Those whose target can be told are mended. */
export const brokenLinks: Chore = {
  id: "broken-links",

  async find(world) {
    return collectBroken(world, linkingFiles(world)).slice(0, findingsMax).map(describeBroken);
  },

  async fix(world, args) {
    const edits: { path: string; text: string }[] = [];
    const changed: string[] = [];
    const learned = new Set<string>();
    for (const from of targetsOf(world, args)) {
      const broken = collectBroken(world, [from]);
      let text = world.tree.read(from) ?? "";
      for (const { link, judged } of broken.toReversed()) {
        if (judged.kind !== "moved") continue;
        const target = encodeLink(writeTarget({ from, to: judged.to, target: link.target }));
        text = `${text.slice(0, link.start)}${target}${link.rest}${text.slice(link.end)}`;
        if (judged.how === "git saw the rename") learned.add(`${judged.path} is now ${judged.to}`);
      }
      const mended = broken.filter(({ judged }) => judged.kind === "moved").length;
      if (mended === 0) continue;
      edits.push({ path: from, text });
      changed.push(`${from}: ${countOf(mended, "link points", "links point")} at where the file is now`);
    }
    return { edits, changed, learned: [...learned] } satisfies Fix;
  },

  async check(world, args) {
    return collectBroken(world, targetsOf(world, args))
      .filter(({ judged }) => judged.kind === "moved")
      .map((broken) => describeBroken(broken).text);
  },
};

/** A changelog says what was true then; the wiki's index has a chore of its own. */
function linkingFiles(world: ChoreWorld): string[] {
  return world.tree.paths.filter(
    (path) => /\.(md|markdown)$/i.test(path) && !isSamplePath(path) && !/^changelog\./i.test(baseOf(path)) && path !== "wiki/index.md",
  );
}

function targetsOf(world: ChoreWorld, args: ChoreArgs): string[] {
  const files = linkingFiles(world);
  return args.targets.length === 0 ? files : files.filter((path) => args.targets.includes(path));
}

function collectBroken(world: ChoreWorld, files: readonly string[]): BrokenLink[] {
  let known: Renames | undefined;
  const renames = () => {
    known ??= readRenames(world);
    return known;
  };
  const byName = new Map<string, string[]>();
  for (const path of world.tree.paths) {
    const same = byName.get(baseOf(path));
    if (same) same.push(path);
    else byName.set(baseOf(path), [path]);
  }
  const broken: BrokenLink[] = [];
  for (const from of files) {
    const text = world.tree.read(from) ?? "";
    const targets = text.length > textMax ? "too-many" : scanTargets(text);
    if (targets === "too-many" || targets.every((target) => isThere(world, from, target))) continue;
    for (const link of collectFileLinks(text)) {
      const judged = findTarget({ world, renames, byName, from, target: link.target });
      if (judged.kind !== "there") broken.push({ from, link, judged });
    }
  }
  return broken;
}

function describeBroken({ from, link, judged }: BrokenLink): ChoreFinding {
  const wiki = from.startsWith("wiki/");
  const text =
    judged.kind === "moved"
      ? `${from} links to ${judged.path}, which is now ${judged.to} (${judged.how})`
      : `${from} links to ${judged.path}, which is not there`;
  return {
    subject: `${from} -> ${link.raw}`,
    text,
    evidence: [{ path: from, line: link.line }],
    values: judged.kind === "lost" ? {} : wiki ? { page: from } : { path: from },
  };
}
