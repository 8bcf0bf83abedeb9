const lineCharsMax = 16_000_000;

/** JSON objects of a stream, a line each, as they come. Lines that are none, or are too long to be one, are counted. */
export function createJsonLines(onValue: (value: Fields) => void): { take(text: string): void; end(): number } {
  let rest = "";
  let dropping = false;
  let strange = 0;
  const read = (line: string) => {
    if (line.trim() === "") return;
    const value = parse(line);
    if (value === undefined) strange += 1;
    else onValue(value);
  };
  return {
    take(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (dropping) dropping = false;
        else read(line);
      }
      if (rest.length > lineCharsMax) {
        if (!dropping) strange += 1;
        dropping = true;
        rest = "";
      }
    },
    end() {
      if (!dropping) read(rest);
      rest = "";
      return strange;
    },
  };
}

export type Fields = Readonly<Record<string, unknown>>;

export function readFields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function readList(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(readFields) : [];
}

export function readText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A count of tokens; what is none counts nothing. */
export function readCount(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}

function parse(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}
