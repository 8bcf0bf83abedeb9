import { askForABox } from "./ask-for-a-box.ts";
import { keepClientSettings } from "./keep-client-settings.ts";
import { keepEnvironment } from "./keep-environment.ts";
import { keepGitSettings } from "./keep-git-settings.ts";
import { keepGuardFiles } from "./keep-guard-files.ts";
import { keepHistory } from "./keep-history.ts";
import { keepMain } from "./keep-main.ts";
import { keepNearNetwork } from "./keep-near-network.ts";
import { keepOtherBranches } from "./keep-other-branches.ts";
import { keepOutOfHome } from "./keep-out-of-home.ts";
import { keepOutOfOtherDomains } from "./keep-out-of-other-domains.ts";
import { keepOutOfProcesses } from "./keep-out-of-processes.ts";
import { keepRepositories } from "./keep-repositories.ts";
import { keepRolesFromWriting } from "./keep-roles-from-writing.ts";
import { keepTicketStore } from "./keep-ticket-store.ts";
import { keepToGivenPlaces } from "./keep-to-given-places.ts";
import { keepToOwnDomain } from "./keep-to-own-domain.ts";
import { keepToRole } from "./keep-to-role.ts";
import { keepWikiForLibrarian } from "./keep-wiki-for-librarian.ts";
import { keepWorktrees } from "./keep-worktrees.ts";
import { refuseBypasses } from "./refuse-bypasses.ts";
import { refuseChangedRemotes } from "./refuse-changed-remotes.ts";
import { refuseEmbeddedRepositories } from "./refuse-embedded-repositories.ts";
import { refuseForgeMerges } from "./refuse-forge-merges.ts";
import { refuseHardLinks } from "./refuse-hard-links.ts";
import { refuseMalformedCalls } from "./refuse-malformed-calls.ts";
import { refuseNestedClients } from "./refuse-nested-clients.ts";
import { refuseOversizedCalls } from "./refuse-oversized-calls.ts";
import { refuseOwnProgram } from "./refuse-own-program.ts";
import { refusePrivileges } from "./refuse-privileges.ts";
import { refusePublishing } from "./refuse-publishing.ts";
import { refuseRemovedWorktrees } from "./refuse-removed-worktrees.ts";
import { refuseRewrittenRefs } from "./refuse-rewritten-refs.ts";
import { refuseSignals } from "./refuse-signals.ts";
import { refuseSkippedHooks } from "./refuse-skipped-hooks.ts";
import { refuseSockets } from "./refuse-sockets.ts";
import { refuseSpawnedWorkflows } from "./refuse-spawned-workflows.ts";
import { refuseUnknownTools } from "./refuse-unknown-tools.ts";
import { refuseUnreadableShell } from "./refuse-unreadable-shell.ts";
import { refuseUserSettings } from "./refuse-user-settings.ts";
import type { PathRule, Rule } from "./rule.ts";
import { runByRole } from "./run-by-role.ts";
import { searchOwnFoldersOnly } from "./search-own-folders-only.ts";
import { sendNothingOut } from "./send-nothing-out.ts";
import { writeInWorktreeOnly } from "./write-in-worktree-only.ts";

/** All rules about paths, the one that explains best first. */
export const pathRules: readonly PathRule[] = [
  keepOutOfProcesses,
  keepOutOfOtherDomains,
  keepTicketStore,
  keepGuardFiles,
  keepClientSettings,
  keepWorktrees,
  writeInWorktreeOnly,
  keepWikiForLibrarian,
  keepRolesFromWriting,
  keepToOwnDomain,
  keepOutOfHome,
  searchOwnFoldersOnly,
  keepToGivenPlaces,
  refuseHardLinks,
];

/** All others. An act is judged by those of its kind, in this order. */
export const rules: readonly Rule[] = [
  refuseMalformedCalls,
  refuseOversizedCalls,
  refuseUnreadableShell,
  refuseSpawnedWorkflows,
  refuseUnknownTools,
  keepToRole,
  refuseBypasses,
  refuseSkippedHooks,
  refuseRewrittenRefs,
  keepHistory,
  refuseRemovedWorktrees,
  refuseEmbeddedRepositories,
  refuseChangedRemotes,
  refuseForgeMerges,
  refuseSignals,
  refusePrivileges,
  refuseSockets,
  refuseNestedClients,
  refuseOwnProgram,
  refuseUserSettings,
  refusePublishing,
  keepMain,
  keepOtherBranches,
  keepRepositories,
  keepNearNetwork,
  sendNothingOut,
  keepGitSettings,
  keepEnvironment,
  runByRole,
  askForABox,
];
