import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { countSteps } from "../../test/support/count-steps.ts";

/**
 * Counts what the scheduling core does. A program by itself, as code that was compiled before is not counted. Arguments:
 * repositories, workers, seed, exponent, sizes as far as wanted. Prints one JSON list, a number for each size.
 */
const [repositories, workers, seed, exponent, ...sizes] = process.argv.slice(2).map(Number) as [number, number, number, number];
const rooms = ["src/core/schedule/", "src/core/lane/"];
const texts = new Map<string, readonly { readonly index: number; readonly name: string }[]>();

const takeSteps = countSteps(isOfTheCore);
const { simulateSchedule } = await import("./simulate-schedule.ts");
const { replayActs } = await import("./record-core.ts");
const counts = (sizes as number[]).map((tickets) => {
  const { acts } = simulateSchedule({ tickets, repositories, workers, seed, exponent });
  takeSteps();
  replayActs(acts);
  return takeSteps();
});
if (counts.includes(0)) throw new Error("nothing of the scheduling core was counted");
process.stdout.write(JSON.stringify(counts));

/** The bundler says where each file begins. */
function isOfTheCore(url: string, offset: number): boolean {
  if (!url.startsWith(new URL(".", import.meta.url).href)) return false;
  const files = texts.get(url) ?? readRegions(url);
  texts.set(url, files);
  const file = files.findLast(({ index }) => index <= offset)?.name;
  return rooms.some((room) => file?.startsWith(room));
}

function readRegions(url: string): { index: number; name: string }[] {
  const text = readFileSync(fileURLToPath(url), "utf8");
  return [...text.matchAll(/^\/\/#region (\S+)$/gm)].map(({ index, 1: name }) => ({ index, name: name as string }));
}
