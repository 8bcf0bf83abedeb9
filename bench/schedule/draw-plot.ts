export interface PlotLine {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly style: "plain" | "dashed" | "dotted";
}

const [width, height, left, right, top, bottom] = [720, 400, 70, 150, 40, 40];
const dashes = { plain: "none", dashed: "8 5", dotted: "2 4" } as const;

/** Lines over two logarithmic axes, as SVG that reads on light and on dark ground. Values must be above 0. */
export function drawPlot({ title, lines }: { title: string; lines: readonly PlotLine[] }): string {
  const points = lines.flatMap((line) => line.points);
  const xs = decades(points.map(([x]) => x));
  const ys = decades(points.map(([, y]) => y));
  const placeX = (x: number) => left + position(x, xs) * (width - left - right);
  const placeY = (y: number) => height - bottom - position(y, ys) * (height - top - bottom);
  const foot = height - bottom;
  const grid = [
    ...xs
      .map((x) => [x, round(placeX(x))] as const)
      .map(([x, at]) => drawLine(`M${at} ${top}V${foot}`) + drawText(x, at, foot + 20, "middle")),
    ...ys
      .map((y) => [y, round(placeY(y))] as const)
      .map(([y, at]) => drawLine(`M${left} ${at}H${width - right}`) + drawText(y, left - 8, at + 4, "end")),
  ];
  const names = spread(lines.map((line) => placeY((line.points.at(-1) as readonly [number, number])[1]) + 4));
  const drawn = lines.map((line, index) => {
    const path = line.points.map(([x, y], at) => `${at === 0 ? "M" : "L"}${round(placeX(x))} ${round(placeY(y))}`).join("");
    const [x] = line.points.at(-1) as readonly [number, number];
    return `<path class="line" stroke-dasharray="${dashes[line.style]}" d="${path}"/><text x="${round(placeX(x) + 8)}" y="${round(names[index] as number)}">${line.name}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
<style>
text{font:12px sans-serif;fill:#1f2328}.grid{stroke:#8c959f;stroke-opacity:.35}.line{fill:none;stroke:#0969da;stroke-width:2}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.line{stroke:#58a6ff}}
</style>
<text x="${left}" y="22">${title}</text>
${[...grid, ...drawn].join("\n")}
</svg>
`;
}

/** The same heights, those that are too near one another moved down. */
function spread(heights: readonly number[]): number[] {
  const spreadOut = [...heights];
  let least = Number.NEGATIVE_INFINITY;
  for (const [index, height] of [...heights.entries()].sort((a, b) => a[1] - b[1])) {
    spreadOut[index] = Math.max(height, least);
    least = (spreadOut[index] as number) + 14;
  }
  return spreadOut;
}

function drawLine(path: string): string {
  return `<path class="grid" d="${path}"/>`;
}

function drawText(value: number, x: number, y: number, anchor: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${value.toLocaleString("en")}</text>`;
}

/** The powers of ten from below the least to above the greatest. */
function decades(values: readonly number[]): number[] {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: to - from + 1 }, (_, at) => 10 ** (from + at));
}

function position(value: number, ticks: readonly number[]): number {
  const [first, last] = [Math.log10(ticks[0] as number), Math.log10(ticks.at(-1) as number)];
  return (Math.log10(value) - first) / (last - first);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
