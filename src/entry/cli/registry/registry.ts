import type { CommandRow } from "../command-row.ts";
import { careRows } from "./care-rows.ts";
import { guardRows } from "./guard-rows.ts";
import { knowledgeRows } from "./knowledge-rows.ts";
import { lookRows } from "./look-rows.ts";
import { startRows } from "./start-rows.ts";
import { workRows } from "./work-rows.ts";

/** Every command there is, in the order of the help. A new one is a row in one of these and a file in command/. */
export const registry: readonly CommandRow[] = [...startRows, ...workRows, ...lookRows, ...knowledgeRows, ...careRows, ...guardRows];
