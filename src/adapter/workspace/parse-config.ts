import { Cron } from "croner";
import { Config } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import type { PlainIssue } from "../../core/workspace/describe-issue.ts";
import { checkYaml, lineOf, type ParsedYaml, parseYaml, type YamlSource, yamlError } from "../../core/workspace/read-yaml.ts";
import { suggestName } from "../../core/workspace/suggest-name.ts";
import { clientNames } from "../../port/agent-client.ts";
import { configName } from "./find-workspace.ts";

/** Names and prefixes that `operator/` has for itself (W4). */
export const reserved = { name: "operator", prefix: "OPS" } as const;

export interface ParsedConfig {
  readonly config: Config;
  readonly source: YamlSource;
  readonly parsed: ParsedYaml;
}

/**
 * mos.yaml's text as data: syntax, shape, and what one file can say of itself (names, prefixes, cron lines).
 *
 * @throws MosError `config-invalid`, each problem with line and column
 */
export function parseConfig(text: string): ParsedConfig {
  const source = { text, file: configName, code: "config-invalid" };
  const parsed = parseYaml(source);
  if (parsed.document.contents === null)
    throw new MosError({
      code: "config-invalid",
      message: `${configName}:1:1: the file is empty`,
      hint: "Put `version: 1` there, or take the file back from your history.",
    });
  const config = checkYaml(Config, source, parsed);
  const issues = [
    ...findReserved(config),
    ...findSharedPrefixes(config, parsed),
    ...findDoubleChecks(config),
    ...findBadCrons(config),
    ...findUnknownRuntimes(config),
  ];
  if (issues.length > 0) throw yamlError(source, parsed, issues);
  return { config, source, parsed };
}

function findReserved(config: Config): PlainIssue[] {
  return Object.entries(config.domains).flatMap(([name, domain]) => [
    ...(name === reserved.name
      ? [{ path: ["domains"], key: name, text: "is the name of the cross-domain home", remedy: "Choose another name for the domain." }]
      : []),
    ...(domain.prefix === reserved.prefix
      ? [{ path: ["domains", name, "prefix"], text: `'${reserved.prefix}' belongs to operator/`, remedy: "Choose another prefix." }]
      : []),
    ...("home" in domain.repos
      ? [
          {
            path: ["domains", name, "repos"],
            key: "home",
            text: "is the name of the domain's home",
            remedy: "Choose another name for the repository.",
          },
        ]
      : []),
  ]);
}

function findSharedPrefixes(config: Config, parsed: ParsedYaml): PlainIssue[] {
  const owners = new Map<string, string>();
  return Object.entries(config.domains).flatMap(([name, { prefix }]) => {
    const first = owners.get(prefix);
    owners.set(prefix, first ?? name);
    if (first === undefined) return [];
    const line = lineOf(parsed, ["domains", first, "prefix"]);
    return [
      {
        path: ["domains", name, "prefix"],
        text: `'${prefix}' is the prefix of '${first}' too (line ${line})`,
        remedy: `Give '${name}' a prefix of its own: two domains may not share ticket ids.`,
      },
    ];
  });
}

function findDoubleChecks(config: Config): PlainIssue[] {
  return listRepoConfigs(config).flatMap(({ path, repo }) => {
    const seen = new Set<string>();
    return repo.checks.flatMap(({ name }, index) => {
      if (!seen.has(name)) {
        seen.add(name);
        return [];
      }
      return [
        { path: [...path, "checks", index, "name"], text: `there are two checks '${name}'`, remedy: "Give each check its own name." },
      ];
    });
  });
}

function findBadCrons(config: Config): PlainIssue[] {
  return Object.entries(config.domains).flatMap(([name, { rhythm }]) =>
    (["scout", "distill"] as const).flatMap((key) => {
      try {
        new Cron(rhythm[key], { paused: true, mode: "5-part" });
        return [];
      } catch {
        return [
          {
            path: ["domains", name, "rhythm", key],
            text: `'${rhythm[key]}' is not a cron line`,
            remedy: "Write five fields, as in '0 7 * * *' (every day at seven).",
          },
        ];
      }
    }),
  );
}

/** Nobody would play a role whose runtime is misspelt, and two runtimes of one name cannot be told apart. */
function findUnknownRuntimes(config: Config): PlainIssue[] {
  const builtIn: readonly string[] = ["playbook", ...clientNames];
  const known = [...builtIn, ...Object.keys(config.runtimes)];
  const places = [
    { path: ["roles"], roles: config.roles },
    ...Object.entries(config.domains).map(([name, { roles }]) => ({ path: ["domains", name, "roles"], roles })),
  ];
  const unknown = places.flatMap(({ path, roles }) =>
    Object.entries(roles).flatMap(([role, { runtime }]) => {
      if (known.includes(runtime)) return [];
      const near = suggestName(runtime, known);
      const remedy = near ? `Did you mean '${near}'?` : `Describe it under runtimes, or name one of: ${known.join(", ")}.`;
      return [{ path: [...path, role, "runtime"], text: `there is no runtime '${runtime}'`, remedy }];
    }),
  );
  const taken = Object.keys(config.runtimes).flatMap((key) =>
    builtIn.includes(key)
      ? [{ path: ["runtimes"], key, text: "is the name of a runtime that is built in", remedy: `Choose another name for '${key}'.` }]
      : [],
  );
  return [...unknown, ...taken];
}

/** Every repository that the file names, with its place in the file. */
export function listRepoConfigs(config: Config) {
  return [
    ...Object.entries(config.domains).flatMap(([domain, entry]) => [
      { domain, name: "home", path: ["domains", domain, "home"], repo: entry.home },
      ...Object.entries(entry.repos).map(([name, repo]) => ({ domain, name, path: ["domains", domain, "repos", name], repo })),
    ]),
    { domain: reserved.name, name: "home", path: ["operator", "home"], repo: config.operator.home },
  ];
}
