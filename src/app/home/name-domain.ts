import type { Workspace } from "../../contract/config.ts";
import { exitCode, MosError } from "../../contract/error.ts";
import { DomainName } from "../../contract/id.ts";
import { choosePrefix, nameFromWords } from "../../core/workspace/choose-prefix.ts";

/** @throws MosError `bad-name`, `domain-exists` */
export function checkName(given: string, workspace: Workspace): string {
  const near = nameFromWords(given);
  if (!DomainName.safeParse(given).success || given === "operator")
    throw new MosError({
      code: "bad-name",
      message: given === "operator" ? "'operator' is the cross-domain home" : `'${given}' cannot be a domain's name`,
      hint: `A name is lower-case letters, digits and dashes, a letter first${near !== "" && near !== given ? `: '${near}', say` : ""}.`,
      exit: exitCode.usage,
    });
  if (workspace.domains.some(({ name }) => name === given)) throw domainExists(given);
  return given;
}

/** The prefix that was asked for, or a free one. @throws MosError `bad-prefix`, `prefix-taken` */
export function checkPrefix(given: string | undefined, name: string, workspace: Workspace): string {
  const owners = new Map([...workspace.domains, workspace.operator].map((domain) => [domain.prefix, domain.name]));
  if (given === undefined) return choosePrefix(name, new Set(owners.keys()));
  if (!/^[A-Z][A-Z0-9]{1,7}$/.test(given))
    throw new MosError({
      code: "bad-prefix",
      message: `'${given}' cannot be a prefix of ticket ids`,
      hint: `A prefix is 2 to 8 capital letters and digits, a letter first: ${choosePrefix(name, new Set(owners.keys()))}.`,
      exit: exitCode.usage,
    });
  const owner = owners.get(given);
  if (owner !== undefined)
    throw new MosError({
      code: "prefix-taken",
      message: `'${given}' is the prefix of '${owner}' already`,
      hint: `Choose another: ${choosePrefix(name, new Set(owners.keys()))} is free.`,
    });
  return given;
}

export function domainExists(name: string): MosError {
  return new MosError({
    code: "domain-exists",
    message: `there is a domain '${name}' already`,
    hint: "Choose another name, or change the domain in mos.yaml (mos domain list shows it).",
  });
}
