import { sumTokens } from "../../core/run/sum-tokens.ts";
import { hideSecrets } from "../../core/secret/hide-secrets.ts";
import type { Play, Played } from "../../port/role-runtime.ts";
import { makeUsage } from "./count-usage.ts";
import { RunEnd } from "./run-end.ts";
import { openTranscript } from "./write-transcript.ts";

/** What is printed over ten times of what is kept is a flood. */
const floodFactor = 10;

/** One run while it goes on: what it used, what ends it, what is kept of it. */
export interface OpenRun {
  readonly play: Play;
  /** The key, in every form in which it is looked for. */
  readonly forms: readonly string[];
  /** Its reason is a `RunEnd`. */
  readonly signal: AbortSignal;
  readonly usage: ReturnType<typeof makeUsage>;
  readonly transcript: ReturnType<typeof openTranscript>;
  hide(text: string): string;
  leftMs(): number;
  /** The network, counted and bounded. */
  readonly fetch: typeof globalThis.fetch;
  /** Throws `flood`. */
  countChars(count: number): void;
  countCall(tool: string): void;
  /** Throws `budget` where no turn is left. */
  countTurn(): void;
  /** Says what was used so far. Throws `budget`. */
  tellUsage(): void;
  totals(): Pick<Played, "usage" | "turns" | "toolCalls">;
  close(): void;
}

/** Opens it: from here its wall time counts. Whoever opens it closes it. */
export function openRun(play: Play, forms: readonly string[]): OpenRun {
  const { limits } = play;
  const usage = makeUsage();
  const toolCalls = new Map<string, number>();
  let turns = 0;
  let chars = 0;
  const begunAt = performance.now();
  const ending = new AbortController();
  const onSignal = () => ending.abort(new RunEnd("cancelled", "it was stopped"));
  const wall = setTimeout(() => ending.abort(new RunEnd("timeout", `it took longer than ${limits.wallMs} ms`)), limits.wallMs);
  play.signal.addEventListener("abort", onSignal, { once: true });
  if (play.signal.aborted) onSignal();
  const transcript = openTranscript({ file: play.transcript, forms, bytesMax: limits.transcriptBytes });
  return {
    play,
    forms,
    signal: ending.signal,
    usage,
    transcript,
    hide: (text) => hideSecrets(text, forms),
    leftMs: () => limits.wallMs - (performance.now() - begunAt),
    fetch: (input, init) => {
      if (usage.requests >= limits.requests) throw new RunEnd("budget", `it made ${limits.requests} requests`);
      usage.requests += 1;
      // The key is for this address alone.
      return fetch(input, { ...init, redirect: "error" });
    },
    countChars: (count) => {
      chars += count;
      const charsMax = floodFactor * limits.transcriptBytes;
      if (chars > charsMax) throw new RunEnd("flood", `the model said more than ${charsMax} characters`);
    },
    countCall: (tool) => {
      const shown = /^[\w.-]{1,64}$/.test(tool) ? tool : "unknown";
      toolCalls.set(shown, (toolCalls.get(shown) ?? 0) + 1);
    },
    countTurn: () => {
      if (turns >= limits.turns) throw new RunEnd("budget", `it took ${limits.turns} turns`);
      turns += 1;
    },
    tellUsage: () => {
      transcript.write({ kind: "usage", ...usage });
      const word = play.onUsage({ ...usage });
      if (word !== undefined) throw new RunEnd("budget", word);
      const tokens = sumTokens(usage);
      if (tokens >= limits.tokens) throw new RunEnd("budget", `it used ${tokens} tokens of ${limits.tokens}`);
    },
    totals: () => ({ usage: { ...usage }, turns, toolCalls: Object.fromEntries(toolCalls) }),
    close: () => {
      clearTimeout(wall);
      play.signal.removeEventListener("abort", onSignal);
      transcript.end();
    },
  };
}
