const harmless =
  /^(user\.(name|email)|author\.(name|email)|committer\.(name|email)|color\..*|advice\..*|column\..*|log\.(date|decorate|abbrevcommit|follow|showsignature)|diff\.(algorithm|renames|renamelimit|context|interhunkcontext|mnemonicprefix|noprefix|wordregex|colormoved(ws)?|statgraphwidth|indentheuristic|suppressblankempty)|merge\.(conflictstyle|renames|renamelimit|stat|ff|verbosity|directoryrenames)|pull\.(rebase|ff)|rebase\.(autostash|autosquash|stat|updaterefs)|rerere\.(enabled|autoupdate)|core\.(quotepath|abbrev|autocrlf|eol|safecrlf|whitespace|commentchar|filemode|preloadindex|precomposeunicode)|i18n\..*|init\.defaultbranch|commit\.(gpgsign|verbose|cleanup|status)|tag\.(sort|gpgsign)|branch\.sort|versionsort\..*|status\..*|grep\.(linenumber|column|patterntype|extendedregexp|fullname)|blame\.(date|showemail|coloring|markunblamablelines)|gc\.auto|maintenance\.auto|stash\.show.*|apply\.whitespace|help\.autocorrect|feature\..*|index\.version|pack\.(threads|windowmemory)|checkout\.(guess|defaultremote)|push\.(autosetupremote|followtags)|fetch\.(prune|parallel))$/i;
const plainPager = /^(cat|less|more|false|)$/;

/** Settings that name no command, no other place and no check: an allow-list, since git gets new ones. */
export function isHarmlessSetting(key: string, value: string | undefined): boolean {
  if (harmless.test(key)) return true;
  if (/^(core\.pager|pager\.[\w-]+)$/i.test(key)) return value !== undefined && plainPager.test(value);
  if (/^core\.(editor|sequenceeditor)$|^sequence\.editor$/i.test(key)) return value === "true" || value === ":";
  // Switches a check or a helper off that is off in the box anyway.
  if (/^(core\.fsmonitor|core\.untrackedcache|submodule\.recurse|commit\.gpgsign|credential\.helper)$/i.test(key))
    return value === "" || value === "false";
  return false;
}
