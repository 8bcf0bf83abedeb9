/** What stands in a new mos.yaml for the operator home's baseline until its first commit is made. */
export const baselinePlaceholder = "<the first commit of operator/>";

/** mos.yaml as `mos init` writes it. */
export function makeStartingConfig(): string {
  return `# yaml-language-server: $schema=.mos/schema/mos.schema.json
# Your domains of work. Edit this file by hand, or use \`mos domain add\`: comments and order stay.
version: 1

# One git repository each (its home); more code is attached under \`repos\`.
# Checks are the repository's own commands: code lands only with at least one test and one lint check.
domains: {}

# The home of the cross-domain wiki.
operator:
  home:
    path: operator
    knowledgeOnly: true
    # The tip when it was made: from here on every commit of main owes a receipt.
    baseline: ${baselinePlaceholder}

limits:
  # Tickets at work at once, over all domains.
  maxParallel: 4
`;
}

/** The note in \`playbooks/\`. */
export function describePlaybooks(): string {
  return `# Playbooks

Your own chores, a YAML file each: \`detect\` (what a scout finds), \`decide\` (the options to offer), \`run\` (commands in
the sandbox), \`accept\` (commands that must pass). Begin a file with this line and your editor will help:

    # yaml-language-server: $schema=../.mos/schema/playbook.schema.json
`;
}
