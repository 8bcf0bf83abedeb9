import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { baseNote } from "../../src/app/lane/control-base.ts";
import { flakyNote } from "../../src/stage/gate/count-flake.ts";
import { runGitIn } from "./make-repository.ts";
import { readStore } from "./start-worker.ts";

/** What tells a row from the one beside it, where that is no part of what everybody sees. */
export interface Beneath {
  /** Of MUS-1. */
  readonly verdict: "pass" | "none";
  /** Refs of its attempts. */
  readonly works: number;
  /** `index.mos`, the copy of the index in which a landing works. */
  readonly scratch: boolean;
  /** Of setup's outputs: with their list and name; without. */
  readonly outputs: { readonly whole: number; readonly half: number };
  /** Flaky checks that are counted. */
  readonly flaky: number;
  /** Whether main is on record as red. */
  readonly red: boolean;
}

/** Of a workspace in which nobody works. */
export async function lookBeneath(root: string, home: string): Promise<Beneath> {
  const kept = await readStore(root, async (tx) => ({
    ticket: await tx.tickets.get("MUS-1"),
    base: (await tx.notes.get(baseNote("music")))?.value as { green?: boolean } | undefined,
    flaky: await Promise.all(["test", "lint"].map((check) => tx.notes.get(flakyNote("music", check)))),
  }));
  const refs = runGitIn(home, "for-each-ref", "refs/mos/work/MUS-1");
  const names = existsSync(outputsOf(root)) ? readdirSync(outputsOf(root)) : [];
  const isWhole = (name: string) => /^[0-9a-f]+$/.test(name) && existsSync(join(outputsOf(root), name, "paths.json"));
  return {
    verdict: kept.ticket?.verdict?.outcome === "pass" ? "pass" : "none",
    works: refs === "" ? 0 : refs.split("\n").length,
    scratch: existsSync(join(home, ".git/index.mos")),
    outputs: { whole: names.filter(isWhole).length, half: names.filter((name) => !isWhole(name)).length },
    flaky: kept.flaky.filter((note) => note !== undefined).length,
    red: kept.base?.green === false,
  };
}

const outputsOf = (root: string) => join(root, ".mos/setup/music/home");

/** What setup made, of outputs that are whole: each time another text. */
export function readOutputs(root: string): string[] {
  const names = existsSync(outputsOf(root)) ? readdirSync(outputsOf(root)) : [];
  const texts = names.filter((name) => /^[0-9a-f]+$/.test(name)).map((name) => join(outputsOf(root), name, "files/made/out"));
  return texts.map((path) => readFileSync(path, "utf8"));
}
