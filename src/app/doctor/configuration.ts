import { realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { MosError } from "../../contract/error.ts";
import { describeHomeless } from "../../core/lane/find-homeless.ts";
import { countOf } from "../../core/text/count-of.ts";
import { readHomeless } from "../show-gate.ts";
import { allDomains, type DoctorCheck, everyTime, type Finding, fails, failuresOf, type Patient } from "./doctor-check.ts";

/** mos.yaml is held against what is there; where the caller has the file, it is read again. */
export const configuration: DoctorCheck = {
  id: "configuration",
  scope: "workspace",
  fingerprint: stampConfiguration,
  examine: async (patient) => {
    const { domains, config } = patient.world.workspace;
    const file = await readFileAgain(patient);
    const changed = file.kind === "read" && !isDeepStrictEqual(file.config, config) ? "; changed since, for the next command" : "";
    return failuresOf(
      [
        ...findSharedPrefixes(patient),
        ...findStandingWithoutPlaybook(patient),
        ...(await findMissingRepositories(patient)),
        ...(file.kind === "broken" ? [file.finding] : []),
      ],
      `mos.yaml is read, ${countOf(domains.length, "domain")}${changed}`,
    );
  },
};

/** A file that was written within the file system's own measure of time may be written again with the same stamp. */
const settleMs = 2_000;

/**
 * The file, and where the repositories that it names really lie: nothing else of what is looked at changes while a process runs.
 * No command sets a change time back.
 */
async function stampConfiguration({ world, configFile }: Patient): Promise<string> {
  if (!configFile) return "as it was read";
  const file = await stat(join(world.workspace.root, "mos.yaml"), { bigint: true });
  if (Date.parse(world.clock.now()) - Number(file.ctimeMs) < settleMs) return everyTime();
  const repos = allDomains(world).flatMap((domain) => domain.repos);
  const places = await Promise.all(repos.map(({ path }) => realpath(path).catch(() => "not there")));
  return [file.dev, file.ino, file.size, file.mtimeNs, file.ctimeNs, file.mode, ...places].join("\n");
}

/** A decision that stands for every ticket of a playbook, which nobody would ever ask for. */
function findStandingWithoutPlaybook({ world }: Patient): Finding[] {
  const playbooks = new Map(world.playbooks.map((playbook) => [playbook.id, playbook]));
  return world.workspace.domains.flatMap(({ name, standing }) =>
    standing.flatMap(({ playbook, option }) => {
      if (playbook === "librarian") return [];
      const options = playbooks.get(playbook)?.decide.options.map(({ id }) => id);
      const place = `domains.${name}.standing in mos.yaml`;
      if (!options)
        return [
          fails(
            `${name}: standing decision for ${playbook}, which is no playbook`,
            `Correct or remove it at ${place}. mos playbook list names them.`,
            name,
          ),
        ];
      if (options.includes(option) || option === "recommended") return [];
      return [
        fails(
          `${name}: standing decision for ${playbook} takes the option ${option}, which it does not have`,
          `Write one of ${options.join(", ")} at ${place}.`,
          name,
        ),
      ];
    }),
  );
}

/** What waits for a repository that is gone from mos.yaml: held against its own domain, where that is still there. */
async function findMissingRepositories({ world }: Patient): Promise<Finding[]> {
  const waiting = (await readHomeless(world)).filter(({ tickets }) => tickets.length > 0);
  return waiting.map((one) => {
    const { reason, remedy } = describeHomeless({ ...one, landing: [] });
    return fails(reason, remedy, one.lane.split("/")[0]);
  });
}

function findSharedPrefixes({ world }: Patient): Finding[] {
  const owners = new Map<string, string>();
  return allDomains(world).flatMap(({ name, prefix }) => {
    const first = owners.get(prefix);
    owners.set(prefix, first ?? name);
    return first === undefined
      ? []
      : [fails(`${first} and ${name} share the ticket prefix ${prefix}`, `Give ${name} a prefix of its own in mos.yaml.`)];
  });
}

type FileNow =
  | { readonly kind: "none" }
  | { readonly kind: "read"; readonly config: unknown }
  | { readonly kind: "broken"; readonly finding: Finding };

async function readFileAgain({ configFile }: Patient): Promise<FileNow> {
  if (!configFile) return { kind: "none" };
  try {
    return { kind: "read", config: (await configFile.load()).config };
  } catch (error) {
    if (!(error instanceof MosError)) throw error;
    return { kind: "broken", finding: fails(error.message, error.hint) };
  }
}
