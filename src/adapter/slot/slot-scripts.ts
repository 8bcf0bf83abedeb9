import { agentSettings } from "../../contract/policy.ts";

/**
 * What is done with git inside a slot is done in the box, by these scripts: the host's git never touches a tree that a
 * ticket's commands could write. Values come by environment, never by text.
 */

/** Folders that a ticket's commands closed: what cannot be entered can neither be cleaned nor handed in. All end as git makes them. */
const openFolders = "find /work/tree -mindepth 1 -type d ! -perm 0755 -exec chmod 0755 {} \\;";
const openFiles = "find /work/tree -type f ! -perm -600 -exec chmod u+rw {} +";

/** Removes the throw-away git folder of an attempt; where its commands closed folders of it, these are opened first. */
export const dropScratchScript =
  "rm -rf /work/scratch/git 2> /dev/null || { find /work/scratch -type d ! -perm -700 -exec chmod u+rwx {} \\; ; rm -rf /work/scratch/git; }";

/** What git broke off over leaves behind. A process is started only where there is something: next to every landing there is not. */
const dropLeft = `for left in index.lock index.work.lock HEAD.lock out.pack; do [ ! -e "/work/git/$left" ] || rm -f "/work/git/$left"; done`;

const ownGitFile = `if [ ! -f .git ] || [ -L .git ] || ! IFS= read -r line < .git || [ "$line" != 'gitdir: /work/git' ]; then
  rm -rf .git
  echo 'gitdir: /work/git' > .git
fi`;

const mountPoints = `IFS='\n'; set -f
for point in $MOUNT_POINTS; do mkdir -p "/work/tree/$point"; done`;

/** Git's messages are answers: what it could not do is seen by them. Index and stat data are only ever written by git's own checkout. */
const checkOut = 'git checkout -q --detach --force "$COMMIT"';

const enterTree = `set -e; umask 022
${dropLeft}
${dropScratchScript}
${ownGitFile}
${openFolders}
`;

/**
 * Cleaned before it is checked out, or an attributes file that was left says what the new files look like. Git sees no `.git`
 * below the root; it tells whole seconds apart, so that what was touched since it wrote its index goes by its time; and a second name of a
 * file may be another ticket's hold on it, or another silo's. All these names go, and git writes files of its own. Where one cannot
 * be named, since its path is longer than the kernel takes, all goes.
 */
const cleanWhole = `since=/work/git/index; [ -e "$since" ] || since=/work/git/HEAD
# What stood in for settings of agents may be another user's, and git cannot check out into it.
for name in ${agentSettings.folders.join(" ")}; do rmdir "/work/tree/$name" 2>/dev/null || :; done
{
  find /work/tree -mindepth 2 \\( -name .git -prune -o ! -type d \\( -links +1 -o -newercm "$since" \\) \\) -exec rm -rf {} + &&
  find /work/tree -mindepth 1 -maxdepth 1 ! -name .git ! -type d \\( -links +1 -o -newercm "$since" \\) -exec rm -f {} + &&
  [ -z "$(git clean -ffdxq 2>&1)" ]
} 2> /dev/null || find /work/tree -mindepth 1 -maxdepth 1 ! -name .git -exec rm -rf {} +
${checkOut}
${mountPoints}`;

/** Brings the tree to `$COMMIT`, cleaned; then makes the mount points that setup's output needs. */
export const prepareScript = enterTree + cleanWhole;

/** The same where it is known what was left: its names come by standard input, each with a NUL. What is not as expected fails. */
export const prepareKnownScript = `set -e; umask 022
${dropLeft}
[ ! -e /work/scratch/git ] || { ${dropScratchScript}; }
[ -z "$LEFT" ] || xargs -0 rm -rf --
${checkOut}
${mountPoints}`;

/** Whether a tree in which nothing was left holds all files as they were written; ends with 3 where one may not. */
export const isUntouchedScript = `set -e; umask 022
[ ! -e /work/scratch/git ] || { ${dropScratchScript}; }
[ -z "$(git diff-files --name-only --ignore-submodules)" ] || exit 3
${mountPoints}`;

/**
 * The same as `prepareScript`, after it printed what of `$COMMIT`, which the slot is at, is not as it was: names that end in NUL. A
 * copy of the index is asked, or what was only touched would count as written by git.
 */
export const restoreScript = `${enterTree}${openFiles}
cp -p /work/git/index /work/git/index.seen
(
  export GIT_INDEX_FILE=/work/git/index.seen
  git update-index -q --refresh > /dev/null || :
  git diff-index --name-only -z --no-renames --ignore-submodules HEAD -- > /work/git/changed
)
rm -f /work/git/index.seen
head -c 20000 /work/git/changed
${cleanWhole}`;

/**
 * Commits what the tree holds on top of `$BASE`, whose tree is `$BASE_TREE`; prints commit and tree, and leaves a thin pack. The index is
 * a copy, with its time: what the ticket made of the files is never taken for what git wrote. Where git complains of anything,
 * what was closed is opened first.
 */
export const collectScript = `set -e; umask 022
${dropLeft}
${ownGitFile}
(IFS='\n'; set -f; for name in $PLACEHOLDERS; do if [ -d "$name" ]; then rmdir "$name"; else rm -f "$name"; fi; done)
cp -p /work/git/index /work/git/index.work
export GIT_INDEX_FILE=/work/git/index.work
if ! said=$(git add -A . 2>&1) || [ -n "$said" ]; then
  ${openFolders}
  ${openFiles}
  git add -A .
fi
tree=$(git write-tree)
rm -f /work/git/index.work
if [ "$tree" = "$BASE_TREE" ]; then echo empty; exit 0; fi
commit=$(printf '%s' "$MESSAGE" | git commit-tree "$tree" -p "$BASE" -F -)
printf '%s\\n^%s\\n' "$commit" "$BASE" | git pack-objects --thin --revs --delta-base-offset -q --stdout > /work/git/out.pack
echo "$commit $tree"`;

/** Every line that the change adds or takes, also of what passes for binary. */
export const diffScript = 'git diff-tree -r -p --text --no-color --no-ext-diff --no-textconv "$BASE" "$COMMIT"';

/** After `setup`: the ignored files and folders at their tops, NUL-separated. */
export const listIgnoredScript = "git ls-files -o -i --exclude-standard --directory -z";

const common = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = false
\thooksPath = /dev/null
\tfsmonitor = false
\tuntrackedCache = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
[advice]
\tdetachedHead = false
[index]
\tskipHash = false
`;

export const slotConfig = `${common}[core]
\tlogallrefupdates = false
`;

/** Of the throw-away git folder. Its commits reach nobody, so their author is a word. */
export const scratchConfig = `${common}[core]
\tlogallrefupdates = true
[user]
\tname = agent
\temail = agent@box.invalid
[commit]
\tgpgsign = false
`;

/** Files that stand where settings of agents could be are no part of the work. */
export const excludeText = agentSettings.files.map((name) => `/${name}\n`).join("");
