import { budgets } from "./budgets.ts";
import { capabilities } from "./capabilities.ts";
import { citations } from "./citations.ts";
import { configuration } from "./configuration.ts";
import { diskAndClock } from "./disk-and-clock.ts";
import { distillation } from "./distillation.ts";
import type { DoctorCheck } from "./doctor-check.ts";
import { gateConfiguration } from "./gate-configuration.ts";
import { gitAndNode } from "./git-and-node.ts";
import { guards } from "./guards.ts";
import { leases } from "./leases.ts";
import { logChain } from "./log-chain.ts";
import { receipts } from "./receipts.ts";
import { repositories } from "./repositories.ts";
import { sandbox } from "./sandbox.ts";
import { silos } from "./silos.ts";
import { storeIntegrity } from "./store-integrity.ts";
import { strays } from "./strays.ts";
import { ticketInvariants } from "./ticket-invariants.ts";
import { wikiPages } from "./wiki-pages.ts";

/** The nineteen, in the design's order. */
export const doctorChecks: readonly DoctorCheck[] = [
  gitAndNode,
  configuration,
  storeIntegrity,
  logChain,
  repositories,
  receipts,
  strays,
  leases,
  ticketInvariants,
  silos,
  sandbox,
  guards,
  capabilities,
  gateConfiguration,
  wikiPages,
  citations,
  distillation,
  budgets,
  diskAndClock,
];
