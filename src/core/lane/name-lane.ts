/** The lane that a ticket lands in, by where it says that it belongs. */
export function nameLane({ domain, repo }: { readonly domain: string; readonly repo: string }): string {
  return repo === "home" ? domain : `${domain}/${repo}`;
}
