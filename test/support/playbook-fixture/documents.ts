import { now, type PlaybookFixture } from "./fixture.ts";

const page = (title: string, claim: string) =>
  `---\ntitle: ${title}\nkind: strategy\nowner: music\nauthority: operator\nupdated: 2026-10-01\n---\n\n# ${title}\n\n- ${claim}[^c1]\n\n[^c1]: operator 2026-10-01\n`;

export const brokenLinks: PlaybookFixture = {
  id: "broken-links",
  found: [
    {
      message: "docs: begin",
      files: {
        "README.md":
          '# Label\n\nSee [the setup](docs/setup.md#steps "Steps"), [the rates](docs/rates.md) and ![a sleeve](art/sleeve (old).svg).\n',
        "docs/setup.md": "# Setup\n\n## Steps\n\nOne thing after the other, at length, so that git sees the rename.\n",
        "docs/rates.md": "# Rates\n\nWhat a pressing costs, plant by plant.\n",
        "docs/contact.md": "# Contact\n\n[Back](../README.md) and [rates][r] and ![map](img/map.svg)\n\n[r]: rates.md\n",
        "docs/img/map.svg": "<svg/>\n",
        "wiki/plants.md": page("Plants", "Rates are in [the table](../docs/rates.md)"),
        "wiki/index.md": "# Wiki\n\n- [Plants](plants.md)\n",
      },
    },
    {
      message: "docs: guides get a folder",
      move: { "docs/setup.md": "docs/guide/setup.md", "docs/rates.md": "docs/guide/price-list.md", "docs/contact.md": "contact.md" },
    },
    { message: "docs: a link that nobody can mend", files: { "notes/idea.md": "See [the plan](plan-that-never-was.md).\n" } },
  ],
  subjects: [
    "README.md -> docs/setup.md#steps",
    "README.md -> docs/rates.md",
    "contact.md -> ../README.md",
    "contact.md -> img/map.svg",
    "contact.md -> rates.md",
    "wiki/plants.md -> ../docs/rates.md",
    "notes/idea.md -> plan-that-never-was.md",
  ],
  after: {
    "README.md":
      '# Label\n\nSee [the setup](docs/guide/setup.md#steps "Steps"), [the rates](docs/guide/price-list.md) and ![a sleeve](art/sleeve (old).svg).\n',
    "contact.md": "# Contact\n\n[Back](README.md) and [rates][r] and ![map](docs/img/map.svg)\n\n[r]: docs/guide/price-list.md\n",
    "wiki/plants.md": page("Plants", "Rates are in [the table](../docs/guide/price-list.md)"),
  },
  clean: [
    {
      message: "docs: begin",
      files: {
        "README.md":
          "# Label\n\nSee [the setup](docs/setup.md), <https://example.invalid/a.md>, [mail](mailto:a@example.invalid) and [below](#end).\n\n```md\n[not a link](nowhere.md)\n```\n",
        "docs/setup.md": "[up](../README.md) [root](/README.md) [folder](.) [page without ending](setup)\n",
        "CHANGELOG.md": "- the [old guide](old-guide.md)\n",
        "test/fixture/broken.md": "[on purpose](nowhere.md)\n",
      },
    },
  ],
};

export const wikiIndex: PlaybookFixture = {
  id: "wiki-index",
  found: [
    {
      message: "docs: a wiki",
      files: {
        "wiki/index.md":
          "# What we know\n\nStart here.\n\n- [Plants](plants.md)\n- [Old tours](tours-2019.md)\n- [Voice](voice.md)\n\nKept by hand.\n",
        "wiki/plants.md": page("Pressing plants", "Two plants press for us"),
        "wiki/voice.md": page("Voice", "We write plainly"),
        "wiki/people/[anna].md": page("Anna [guitar]", "She tours in May"),
      },
    },
  ],
  subjects: ["gone wiki/tours-2019.md", "title wiki/plants.md", "wiki/people/[anna].md"],
  after: {
    "wiki/index.md":
      "# What we know\n\nStart here.\n\n- [Pressing plants](plants.md)\n- [Voice](voice.md)\n- [Anna \\[guitar\\]](people/%5Banna%5D.md)\n\nKept by hand.\n",
  },
  clean: [
    {
      message: "docs: a wiki",
      files: {
        "wiki/index.md": "# Wiki\n\n- [Voice](voice.md)\n",
        "wiki/voice.md": page("Voice", "We write plainly"),
        "README.md": "# Label\n",
      },
    },
  ],
};

export const deadThreads: PlaybookFixture = {
  id: "dead-threads",
  env: now,
  found: [
    {
      message: "docs: threads",
      files: {
        "threads/summer-tour.md": "---\nstatus: active\nnext: ask the venues\nupdated: 2026-09-01 # by hand\n---\n# Summer tour\n",
        "threads/fresh.md": "---\nstatus: active\nnext: go on\ndue: 2026-12-01\nupdated: 2026-11-20\n---\n# Fresh\n",
        "threads/over.md": "---\nstatus: done\nupdated: 2020-01-01\n---\n# Over\n",
      },
    },
  ],
  subjects: ["summer-tour"],
  after: { "threads/summer-tour.md": "---\nstatus: done\nnext: ask the venues\nupdated: 2026-11-23 # by hand\n---\n# Summer tour\n" },
  clean: [
    {
      message: "docs: threads",
      files: {
        "threads/fresh.md": "---\nstatus: waiting\nupdated: 2026-10-24\n---\n# Exactly thirty days\n",
        "threads/no-thread.md": "# Just a note\n",
        "notes/old.md": "---\nstatus: active\nupdated: 2019-01-01\n---\n# Not a thread\n",
      },
    },
  ],
};

export const overdueThread: PlaybookFixture = {
  id: "dead-threads",
  env: now,
  found: [
    {
      message: "docs: threads",
      files: { "threads/release.md": "---\nstatus: waiting\nnext: master\ndue: 2026-11-20\nupdated: 2026-11-10\n---\n# Release\n" },
    },
  ],
  subjects: ["release"],
  option: "renew",
  after: { "threads/release.md": "---\nstatus: waiting\nnext: master\ndue: 2026-12-07\nupdated: 2026-11-23\n---\n# Release\n" },
  clean: deadThreads.clean,
};
