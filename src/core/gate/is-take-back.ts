import type { Ticket } from "../../contract/ticket.ts";
import { receiptsCheck } from "./find-tip.ts";

/** As tickets were filed before they named their range. */
const oldTitle = /^Take back [0-9a-f]{12}, which is not green$/;

/** Whether a ticket takes commits back that came to main outside a landing: it alone may land on them (G7c). */
export function isTakeBack({ takesBack, repairs, title, provenance }: Ticket): boolean {
  if (takesBack !== undefined) return true;
  const { candidates: _none, predecessor: _same, ...whose } = provenance;
  const isOfOperator = Object.values(whose).every((value) => value === undefined);
  return isOfOperator && repairs === receiptsCheck && oldTitle.test(title);
}

/** Whether it takes back just what is foreign of main now. Of one that names no range nothing more can be said. */
export function fitsTip(ticket: Ticket, tip: { readonly commit: string; readonly owned: string | undefined }): boolean {
  const { takesBack } = ticket;
  if (!isTakeBack(ticket) || tip.owned === undefined) return false;
  return takesBack === undefined || (takesBack.tip === tip.commit && takesBack.from === tip.owned);
}
