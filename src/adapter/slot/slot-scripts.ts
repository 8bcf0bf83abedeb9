/**
 * What is done with git inside a slot is done in the box, by these scripts: the host's git never touches a tree that a
 * ticket's commands could write. Values come by environment, never by text.
 */

/** Modes that a ticket's commands took away: what cannot be entered can neither be cleaned nor handed in. */
const restoreModes = "find /work/tree \\( -type d ! -perm -700 -o -type f ! -perm -600 \\) -exec chmod u+rwX {} \\;";

/** Brings the tree to `$COMMIT`, cleaned; then makes the mount points that setup's output needs. */
export const prepareScript = `set -e
rm -f /work/git/index.lock /work/git/HEAD.lock /work/git/out.pack
rm -rf /work/tree/.git
echo 'gitdir: /work/git' > /work/tree/.git
${restoreModes}
git checkout -q --detach --force "$COMMIT"
git clean -ffdxq
IFS='\n'; set -f
for point in $MOUNT_POINTS; do mkdir -p "/work/tree/$point"; done`;

/** Commits what the tree holds on top of \`$BASE\`; prints commit and tree, and leaves a thin pack. */
export const collectScript = `set -e
rm -f /work/git/index.lock /work/git/out.pack
if [ -d .git ]; then rm -rf .git; fi
echo 'gitdir: /work/git' > .git
${restoreModes}
git add -A .
tree=$(git write-tree)
if [ "$tree" = "$(git rev-parse "$BASE^{tree}")" ]; then echo empty; exit 0; fi
commit=$(printf '%s' "$MESSAGE" | git commit-tree "$tree" -p "$BASE" -F -)
printf '%s\\n^%s\\n' "$commit" "$BASE" | git pack-objects --thin --revs --delta-base-offset -q --stdout > /work/git/out.pack
echo "$commit $tree"`;

/** After \`setup\`: the ignored files and folders at their tops, NUL-separated. */
export const listIgnoredScript = "git ls-files -o -i --exclude-standard --directory -z";

export const slotConfig = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = false
\tlogallrefupdates = false
\thooksPath = /dev/null
\tfsmonitor = false
\tuntrackedCache = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
[advice]
\tdetachedHead = false
[safe]
\tdirectory = *
[index]
\tskipHash = false
`;
