import type { World } from "../port/world.ts";
import { showStatus } from "./show-status.ts";

/**
 * A few lines on how the workspace stands, for an agent's session that begins: figures and names of domains that are not
 * sealed, and no words of repositories. From the store alone.
 */
export async function greetSession(world: World): Promise<string> {
  const { domains, withheld = [], running, queue, questions, review, doctor } = await showStatus(world, { operator: false });
  const lines = domains.map(({ name, grade, tickets, paused, briefedAt }) => {
    const open = tickets.draft + tickets.ready + tickets.in_progress + tickets.verifying;
    const parts = [`${open} open`, `${tickets.blocked} blocked`, `${tickets.merged} merged`];
    const state = paused.length > 0 ? ["lane paused"] : [];
    return `- ${name}: ${[...(grade === undefined ? [] : [`doctor ${grade}`]), ...parts, ...state, describeBrief(briefedAt, world)].join(", ")}`;
  });
  const sealed = withheld.length === 0 ? [] : [`- sealed, for the operator's own terminal: ${withheld.join(", ")}`];
  const grade = doctor === undefined ? "not asked yet" : `${doctor.grade} (${doctor.passed}/${doctor.total})`;
  return [
    `Master OS workspace ${world.workspace.root}: doctor ${grade}, ${questions} open questions, ${running.length} running, ${queue.length} ready, ${review} claims to review.`,
    ...lines,
    ...sealed,
    "You ask the operator and relay what they say; the work is done by mos. /mos:start plays a session; the tools are those of the MCP server mos.",
  ].join("\n");
}

function describeBrief(at: string | undefined, { clock }: World): string {
  if (at === undefined) return "not briefed yet";
  const hours = Math.max(0, Math.round((Date.parse(clock.now()) - Date.parse(at)) / 3_600_000));
  return `briefed ${hours === 0 ? "within the hour" : `${hours} h ago`}`;
}
