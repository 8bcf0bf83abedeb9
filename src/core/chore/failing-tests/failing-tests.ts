import type { Chore, ChoreArgs, ChoreFinding, ChoreWorld, RepositoryCheck } from "../chore.ts";
import { findPlaces } from "./find-places.ts";

const tailLines = 30;
const tailChars = 3000;

/**
 * The repository's own checks, run on a copy of the tree. What fails is found and reported, never mended: that asks for
 * judgement. Nothing lands in a repository whose checks fail, so the report of an attached one goes to the domain's
 * home; of the home's own checks the brief tells.
 */
export const failingTests: Chore = {
  id: "failing-tests",

  async find(world) {
    const found: ChoreFinding[] = [];
    for (const check of world.checks) {
      const done = await world.rehearsal.run(check.run, { seconds: check.timeoutSeconds ?? 900 });
      if (!done || done.exitCode === null || done.exitCode === 0) continue;
      found.push(describeFailure(world, check, { exitCode: done.exitCode, output: done.output }));
    }
    return found;
  },

  /** Targets: the report's path. All that it says comes by option: it is written where the checks themselves may not be. */
  async fix(world, args) {
    const [path] = args.targets;
    if (path === undefined) throw new Error("the report's path comes after --");
    const text = writeReport(args, world.today);
    if (world.tree.read(path) === text) return { edits: [], changed: [] };
    return { edits: [{ path, text }], changed: [`${path} says what failed at ${(args.options.commit ?? "").slice(0, 12)}`] };
  },

  async check(world, args) {
    return args.targets.flatMap((path) => {
      const text = world.tree.read(path);
      if (text === undefined) return [`${path} is not there`];
      return text.includes(args.options.commit ?? "") ? [] : [`${path} does not name the commit ${args.options.commit}`];
    });
  },
};

function describeFailure(
  world: ChoreWorld,
  check: RepositoryCheck,
  { exitCode, output }: { exitCode: number; output: string },
): ChoreFinding {
  const tail = output
    .replace(/(?!\n)[\p{Cc}\p{Cf}]+/gu, "")
    .trimEnd()
    .split("\n")
    .slice(-tailLines)
    .join("\n")
    .slice(-tailChars);
  const last =
    tail
      .split("\n")
      .findLast((line) => /[\p{L}\p{N}]/u.test(line))
      ?.trim() ?? "it says nothing";
  const ended = exitCode === 127 || exitCode === 126 ? `could not be run (exit ${exitCode})` : `exit ${exitCode}`;
  const commit = world.history.head()?.slice(0, 10) ?? "unborn";
  const report = isAttached(world) ? `notes/failing-${world.repository}-${check.name}-${commit}.md` : undefined;
  return {
    subject: check.name,
    text: `\`${check.run.slice(0, 200)}\` fails (${ended}): ${last.slice(0, 300)}`,
    evidence: findPlaces(world, check, output),
    values: {
      check: check.name,
      command: check.run.slice(0, 1000),
      ended,
      tail,
      ...(report === undefined ? {} : { report }),
    },
    ...(report === undefined ? {} : { settledBy: report }),
  };
}

function isAttached(world: ChoreWorld): boolean {
  return world.repository !== "home" && /^[a-z][a-z0-9-]*$/.test(world.repository);
}

function writeReport({ options }: ChoreArgs, today: string): string {
  const { check = "", command = "", ended = "", tail = "", commit = "", repository = "" } = options;
  const fence = "`".repeat(Math.max(3, ...[...tail.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return [
    `# ${repository}: ${check} fails at ${commit.slice(0, 12)}`,
    "",
    `- Found on ${today}, at commit ${commit} of ${repository}`,
    `- Command: ${codeSpan(command)}`,
    `- It ended with: ${ended}`,
    "",
    "The end of what it printed:",
    "",
    `${fence}text`,
    tail,
    fence,
    "",
  ].join("\n");
}

function codeSpan(text: string): string {
  const mark = text.includes("`") ? "``" : "`";
  return `${mark}${mark === "``" ? " " : ""}${text.replace(/\s+/g, " ")}${mark === "``" ? " " : ""}${mark}`;
}
