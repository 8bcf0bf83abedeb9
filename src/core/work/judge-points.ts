import type { VerifierOutput } from "../../contract/role.ts";
import type { Verdict } from "../../contract/run.ts";

type Point = Verdict["points"][number];

/**
 * A verifier's word as points of a verdict. The first ones stand for the acceptance points, in their order; one that it left
 * out was not judged, and what was not judged does not pass. Its `pass` counts only where every point of its own does.
 */
export function judgePoints(accept: readonly { readonly text: string }[], output: VerifierOutput): Point[] {
  const points = output.points.map((one): Point => ({ point: one.point, kind: "acceptance", pass: one.pass, evidence: one.evidence }));
  const missing = accept
    .slice(points.length)
    .map(({ text }): Point => ({ point: text, kind: "acceptance", pass: false, evidence: "the verifier said nothing of it" }));
  const all = [...points, ...missing];
  if (output.outcome === "pass" || all.some((point) => !point.pass)) return all;
  return [
    ...all,
    { point: "the verifier passes it", kind: "acceptance", pass: false, evidence: "it said fail, and named no point that fails" },
  ];
}
