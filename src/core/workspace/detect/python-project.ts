import { has, hasSection, isPythonTest, type Listing, testFilesReadMax } from "./listing.ts";

/** Which runner the tests are written for; `undefined` where there are none. */
export function findTestStyle(project: Listing): "pytest" | "unittest" | undefined {
  const configured =
    has(project, /^(pytest\.ini|conftest\.py|tests?\/conftest\.py)$/) ||
    hasSection(project, "pyproject.toml", "tool.pytest") ||
    hasSection(project, "tox.ini", "pytest") ||
    hasSection(project, "setup.cfg", "tool:pytest");
  if (configured) return "pytest";
  const tests = project.files.filter(isPythonTest);
  if (tests.length === 0) return undefined;
  const texts = tests.slice(0, testFilesReadMax).map((path) => project.read(path) ?? "");
  const usesUnittest = texts.some((text) => /^\s*(import unittest|from unittest)\b/m.test(text));
  const usesPytest = texts.some((text) => /^\s*(import pytest|from pytest)\b/m.test(text) || /^(async )?def test_/m.test(text));
  return usesUnittest && !usesPytest ? "unittest" : "pytest";
}

/** The interpreter that sees what setup installed. */
export function pythonOf(project: Listing): string {
  const installs = has(project, /^(uv\.lock|poetry\.lock|Pipfile\.lock)$/) || requirementsOf(project).length > 0;
  return installs ? ".venv/bin/python" : "python3";
}

/** requirements files that name at least one package: the main one, then those for development and tests. */
export function requirementsOf(project: Listing): string[] {
  return ["requirements.txt", "requirements-dev.txt", "requirements-test.txt", "dev-requirements.txt", "test-requirements.txt"].filter(
    (path) => (project.read(path) ?? "").split("\n").some((line) => line.trim() !== "" && !line.trim().startsWith("#")),
  );
}
