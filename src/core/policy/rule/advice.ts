import type { Access } from "../act.ts";
import type { Scene } from "../scene.ts";

/** Where this agent works, for the remedy of a refusal. */
export function sayWhereToWork(scene: Scene): string {
  if (scene.worktree !== undefined && scene.agent.role !== "scout" && scene.agent.role !== "distiller") {
    return `Work inside your worktree ${scene.worktree}`;
  }
  if (scene.worktree !== undefined) return `Read inside ${scene.worktree}`;
  return scene.agent.role === "orchestrator" ? "Use the mos tools (briefs, questions, tickets)" : "Use the mos tools";
}

export function sayBranch(scene: Scene): string {
  return scene.branches === undefined ? "your own branch" : `${scene.branches.slice("refs/heads/".length)}…`;
}

export function changes(access: Access): boolean {
  return access === "write" || access === "remove";
}

/** Untrusted text in a message of ours: one line, short, no control characters. */
export function quote(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return `"${clean.length > 120 ? `${clean.slice(0, 117)}…` : clean}"`;
}
