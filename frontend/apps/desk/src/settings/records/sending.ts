import type { CompanyRecord, WrittenRecords } from "@wasl/api";

/** How far an import is: parts and rows that the server has, and what it made of them. */
export interface Sent extends WrittenRecords {
  parts: number;
  rows: number;
}
export const NOTHING_SENT: Sent = { parts: 0, rows: 0, added: 0, changed: 0 };

/** Sends one part after another, from where it was; says after each how far it is. */
export async function* sendParts(
  parts: readonly CompanyRecord[][],
  before: Sent,
  put: (rows: CompanyRecord[]) => Promise<WrittenRecords>,
): AsyncGenerator<Sent, void, undefined> {
  let sent = before;
  for (const rows of parts.slice(before.parts)) {
    const { added, changed } = await put(rows);
    sent = {
      parts: sent.parts + 1,
      rows: sent.rows + rows.length,
      added: sent.added + added,
      changed: sent.changed + changed,
    };
    yield sent;
  }
}
