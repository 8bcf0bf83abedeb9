import { describe, expect, test } from "vitest";
import { countSlots, learnCores } from "../../../src/core/lane/count-slots.ts";

const gigabyte = 1024 ** 3;
const machine = {
  cores: 4,
  busyCores: 0,
  running: 0,
  coresPerBuild: undefined,
  freeMemoryBytes: 16 * gigabyte,
  buildMemoryBytes: gigabyte,
  max: 8,
};

describe("G4e: how many tests run at once", () => {
  test("a suite that was never measured is taken to fill a core", () => {
    expect(countSlots(machine)).toBe(4);
  });

  test("one that fills the machine runs alone; one that only waits runs as often as is allowed", () => {
    expect(countSlots({ ...machine, coresPerBuild: 4, running: 1, busyCores: 4 })).toBe(1);
    expect(countSlots({ ...machine, coresPerBuild: 0.02, running: 3, busyCores: 0.1 })).toBe(8);
  });

  test("what others keep busy is theirs, and memory bounds it as well", () => {
    expect(countSlots({ ...machine, coresPerBuild: 1, running: 1, busyCores: 3 })).toBe(2);
    expect(countSlots({ ...machine, coresPerBuild: 0.1, freeMemoryBytes: 2.5 * gigabyte })).toBe(2);
  });

  test("at least one, or nothing would ever land", () => {
    expect(countSlots({ ...machine, busyCores: 4, freeMemoryBytes: 0 })).toBe(1);
  });

  test("what a run needs is learned from the runs, the newer ones counting more", () => {
    expect(learnCores(undefined, 2)).toBe(2);
    expect(learnCores(2, 1)).toBe(1.5);
  });
});
