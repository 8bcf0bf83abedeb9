import type { RepoHandle } from "../../contract/config.ts";
import type { Repo } from "../../port/git.ts";

/** The doctor's check that every tip has a receipt: what a ticket names that takes a foreign commit back. */
export const receiptsCheck = "receipts";

/** What a person types to bring a lane's main in that moved outside a landing (G7). */
export function adoptCommand(repo: Pick<RepoHandle, "branch" | "domain" | "name">): string {
  const which = repo.name === "home" ? "" : ` --repo ${repo.name}`;
  return `mos ticket adopt ${repo.branch} --domain ${repo.domain}${which}`;
}

/** Where a landing's receipt lies in its repository (G2). Only a landing and an adoption write there. */
export function receiptRef(commit: string): string {
  return `refs/mos/receipts/${commit}`;
}

/**
 * The id of the receipt's blob, where its very ref is there. Git's own way to resolve a name would take a branch or a tag
 * that is called the same.
 */
export async function readReceiptId(git: Repo, commit: string): Promise<string | undefined> {
  const ref = receiptRef(commit);
  return (await git.refs(ref)).find((one) => one.ref === ref)?.id;
}

/**
 * A lane's main: one that landings may build on (the baseline, or a commit with a receipt), a foreign one with the newest
 * owned commit behind it (none when history was rewritten), or none at all (G7).
 */
export type Tip =
  | { readonly kind: "owned"; readonly commit: string }
  | { readonly kind: "foreign"; readonly commit: string; readonly owned: string | undefined }
  | { readonly kind: "unborn" };

/** A person may bring in the whole history of another's repository at once; most bring a few commits. */
const lookBacks = [2000, 1_000_000] as const;

export async function findTip(git: Repo, repo: Pick<RepoHandle, "branch" | "baseline">): Promise<Tip> {
  const commit = await git.resolve(`refs/heads/${repo.branch}^{commit}`);
  if (commit === undefined) return { kind: "unborn" };
  if (commit === repo.baseline || (await readReceiptId(git, commit)) !== undefined) return { kind: "owned", commit };
  const receipts = new Set((await git.refs("refs/mos/receipts")).map(({ ref }) => ref));
  for (const max of lookBacks) {
    const behind = (await git.run(["rev-list", "--first-parent", `--max-count=${max}`, commit])).stdout.split("\n");
    const owned = behind.find((id) => id !== "" && (id === repo.baseline || receipts.has(receiptRef(id))));
    if (owned !== undefined || behind.length <= max) return { kind: "foreign", commit, owned };
  }
  return { kind: "foreign", commit, owned: undefined };
}
