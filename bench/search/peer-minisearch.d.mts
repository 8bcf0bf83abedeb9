export interface PeerPassage {
  readonly title: string;
  readonly headings: string;
  readonly text: string;
  readonly near: string;
}

/** minisearch with this program's columns, weights, stems and stop words. */
export interface Peer {
  /** The positions of the nearest passages. */
  find(words: readonly string[], max: number): number[];
  replace(at: number, passage: PeerPassage): void;
}

export function buildPeer(passages: readonly PeerPassage[]): Peer;
