import type { Artifact } from "../../contract/knowledge.ts";

/**
 * The id of a candidate: its domain and eight letters that follow from where it was found, `music-k3f9a1c0`. Short
 * enough to type, and the same however often it is found.
 */
export function nameCandidate(artifact: Pick<Artifact, "id" | "domain">, line: number): string {
  return `${artifact.domain}-${hashText(`${artifact.id}#${line}`).toString(36).padStart(8, "0").slice(-8)}`;
}

/** FNV-1a over UTF-16 units, twice with different starts: 53 bits. Not for secrets. */
function hashText(text: string): number {
  let high = 0x811c9dc5;
  let low = 0x01000193;
  for (let at = 0; at < text.length; at += 1) {
    high = Math.imul(high ^ text.charCodeAt(at), 0x01000193);
    low = Math.imul(low ^ text.charCodeAt(text.length - 1 - at), 0x01000193);
  }
  return (high & 0x1fffff) * 0x1_0000_0000 + (low >>> 0);
}
