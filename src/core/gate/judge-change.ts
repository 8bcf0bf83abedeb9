import type { Verdict } from "../../contract/run.ts";
import type { Ticket } from "../../contract/ticket.ts";
import type { ChangedPath } from "../../port/git.ts";
import { isInsideTouches } from "../schedule/is-inside-touches.ts";
import { findSecrets } from "./find-secrets.ts";

type Point = Verdict["points"][number];

/** An added or removed line of a diff, with its file and its number on its own side. */
export interface DiffLine {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/**
 * What the diff alone says of a ticket's work: one point each for scope, forbidden changes, conflict markers, secrets and
 * tests. Lines that a file already had are never held against the ticket.
 */
export function judgeChange(args: {
  ticket: Pick<Ticket, "touches" | "role" | "title" | "provenance">;
  changed: readonly ChangedPath[];
  added: readonly DiffLine[];
  removed: readonly DiffLine[];
}): Point[] {
  const { ticket, changed, added, removed } = args;
  return [
    judgeScope(ticket, changed),
    judgeForbidden(ticket, changed, added),
    judgeMarkers(added),
    judgeSecrets(added),
    judgeTests(changed, added, removed),
  ];
}

function judgeScope(ticket: Pick<Ticket, "touches">, changed: readonly ChangedPath[]): Point {
  const strays = changed.map((change) => change.path).filter((path) => !isInsideTouches(path, ticket.touches));
  return point("scope", "stays within the declared paths", strays, `${changed.length} changed, all declared`);
}

function judgeForbidden(ticket: Pick<Ticket, "role">, changed: readonly ChangedPath[], added: readonly DiffLine[]): Point {
  const submodules = changed.filter(
    (change) => change.newMode === "160000" || change.oldMode === "160000" || change.path.endsWith(".gitmodules"),
  );
  const links = changed.filter((change) => change.newMode === "120000");
  const filters = added.filter(({ path, text }) => /(^|\/)\.gitattributes$/.test(path) && /\b(filter|diff|merge)=/.test(text));
  const wiki = ticket.role === "executor" ? changed.filter((change) => change.path.startsWith("wiki/")) : [];
  const found = [
    ...submodules.map((change) => `${change.path}: a submodule`),
    ...links.map((change) => `${change.path}: a symbolic link`),
    ...filters.map((line) => `${line.path}:${line.line}: a filter`),
    ...wiki.map((change) => `${change.path}: the wiki is the librarian's`),
  ];
  return point("forbidden-change", "changes no submodule, filter, link or foreign wiki page", found, "none");
}

function judgeMarkers(added: readonly DiffLine[]): Point {
  const found = added.filter((line) => /^(<{7}|>{7}|\|{7}) /.test(line.text)).map((line) => `${line.path}:${line.line}`);
  return point("conflict-marker", "holds no conflict markers", found, "none");
}

function judgeSecrets(added: readonly DiffLine[]): Point {
  const found = added.flatMap((line) => findSecrets(line.text).map((kind) => `${line.path}:${line.line}: ${kind}`));
  return point("secret", "holds no secrets", found, "none");
}

const testFile = /(^|\/)(tests?|__tests__|spec)\/|(^|\/)test_[^/]*\.py$|_test\.(py|go)$|[._](test|spec)\.[cm]?[jt]sx?$/;
const skipMark =
  /\b(it|test|describe|suite)\.(skip|only|todo)\b|\bx(it|describe)\(|@pytest\.mark\.(skip|xfail)|@unittest\.skip|\bt\.Skip\(|#\[ignore\]|\bskip: *true\b/;
const testCase = /^\s*(async\s+)?(def test_\w+|(it|test)\s*(\.each\([^)]*\))?\(|func Test\w+\(|#\[test\])/;

function judgeTests(changed: readonly ChangedPath[], added: readonly DiffLine[], removed: readonly DiffLine[]): Point {
  const gone = changed.filter((change) => change.status === "D" && testFile.test(change.path)).map((change) => change.path);
  const moved = new Set(
    changed.filter((change) => change.status === "A" && testFile.test(change.path)).map((change) => baseName(change.path)),
  );
  const skipped = added
    .filter((line) => testFile.test(line.path) && skipMark.test(line.text))
    .map((line) => `${line.path}:${line.line} is skipped`);
  const fewer = [...new Set(removed.filter((line) => testFile.test(line.path)).map((line) => line.path))].flatMap((path) => {
    const count = (lines: readonly DiffLine[]) => lines.filter((line) => line.path === path && testCase.test(line.text)).length;
    const lost = count(removed) - count(added);
    return lost > 0 && !gone.includes(path) ? [`${path} loses ${lost}`] : [];
  });
  const found = [...gone.filter((path) => !moved.has(baseName(path))).map((path) => `${path} is removed`), ...fewer, ...skipped];
  return point("test-removed", "removes and skips no test", found, "none");
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

const shownMax = 20;

function point(kind: Point["kind"], text: string, found: readonly string[], evidence: string): Point {
  const shown = found.slice(0, shownMax).join("; ") + (found.length > shownMax ? `; and ${found.length - shownMax} more` : "");
  return { point: text, kind, pass: found.length === 0, evidence: (found.length === 0 ? evidence : shown).slice(0, 4000) };
}
