import { agentSettings } from "../../contract/policy.ts";

/**
 * What is done with git inside a slot is done in the box, by these scripts: the host's git never touches a tree that a
 * ticket's commands could write. Values come by environment, never by text.
 */

/** Folders that a ticket's commands closed: what cannot be entered can neither be cleaned nor handed in. */
const openFolders = "find /work/tree -type d ! -perm -700 -exec chmod u+rwx {} \\;";
const openFiles = "find /work/tree -type f ! -perm -600 -exec chmod u+rw {} \\;";
/** A second name of a file may be another silo's: the name goes, checkout writes a file of its own. */
const breakLinks = "find /work/tree -type f -links +1 -delete";

/** Removes the throw-away git folder of an attempt. */
export const dropScratchScript = "find /work/scratch -type d ! -perm -700 -exec chmod u+rwx {} \\; ; rm -rf /work/scratch/git";

const enterTree = `set -e
rm -f /work/git/index.lock /work/git/HEAD.lock /work/git/out.pack
${dropScratchScript}
rm -rf /work/tree/.git
echo 'gitdir: /work/git' > /work/tree/.git
${openFolders}
`;

const checkOut = `${breakLinks}
${openFiles}
# What stood in for settings of agents may be another user's, and git cannot check out into it.
for name in ${agentSettings.folders.join(" ")}; do rmdir "/work/tree/$name" 2>/dev/null || :; done
git checkout -q --detach --force "$COMMIT"
git clean -ffdxq
IFS='\n'; set -f
for point in $MOUNT_POINTS; do mkdir -p "/work/tree/$point"; done`;

/** Brings the tree to `$COMMIT`, cleaned; then makes the mount points that setup's output needs. */
export const prepareScript = enterTree + checkOut;

/** The same, after it printed what of `$COMMIT`, which the slot is at, is not as it was: names that end in NUL. */
export const restoreScript = `${enterTree}${openFiles}
git update-index -q --refresh > /dev/null || :
git diff-index --name-only -z --no-renames --ignore-submodules HEAD -- > /work/git/changed
head -c 20000 /work/git/changed
${checkOut}`;

/** Commits what the tree holds on top of \`$BASE\`; prints commit and tree, and leaves a thin pack. */
export const collectScript = `set -e
rm -f /work/git/index.lock /work/git/out.pack
rm -rf .git
echo 'gitdir: /work/git' > .git
(IFS='\n'; set -f; for name in $PLACEHOLDERS; do if [ -d "$name" ]; then rmdir "$name"; else rm -f "$name"; fi; done)
${openFolders}
${openFiles}
git add -A .
tree=$(git write-tree)
if [ "$tree" = "$(git rev-parse "$BASE^{tree}")" ]; then echo empty; exit 0; fi
commit=$(printf '%s' "$MESSAGE" | git commit-tree "$tree" -p "$BASE" -F -)
printf '%s\\n^%s\\n' "$commit" "$BASE" | git pack-objects --thin --revs --delta-base-offset -q --stdout > /work/git/out.pack
echo "$commit $tree"`;

/** Every line that the change adds or takes, also of what passes for binary. */
export const diffScript = 'git diff-tree -r -p --text --no-color --no-ext-diff --no-textconv "$BASE" "$COMMIT"';

/** After \`setup\`: the ignored files and folders at their tops, NUL-separated. */
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
