import type { CompanyRecord } from "@wasl/api";
import { parseTable, withoutMark } from "./csv.ts";
import { KEY_COLUMN } from "./fields.ts";
import { foldKey } from "./keys.ts";

export const LONGEST_KEY = 200;
export const LONGEST_VALUE = 1_000;
export const MOST_ROWS = 20_000;
const MOST_AT_ONCE = 1_000;
/** The server takes requests of a mebibyte; this leaves room for what stands around the rows. */
const MOST_BYTES = 1_000_000;

/** Why a line is left out; `field` and `line` name the place that it is about. */
export type LineFault = { at: number } & (
  | { code: "key_missing" | "key_unfit" | "key_long" | "cells_many" }
  | { code: "key_twice"; line: number }
  | { code: "value_long"; field: string }
);
/** Why nothing of it can be imported. */
export type TableFault =
  | { code: "empty" | "key_column" | "rows_many" }
  | { code: "column_twice"; name: string }
  | { code: "quote_open"; line: number };

export interface Plan {
  fault: TableFault | null;
  rows: CompanyRecord[];
  faults: LineFault[];
  /** The column that is taken as the key, where none is called so. */
  key: string | null;
  /** Columns that are no fields. */
  left: string[];
  /** Fields without a column. */
  missing: string[];
}

const REFUSED = { rows: [], faults: [], key: null, left: [], missing: [] };
/** A heading as people write it, as the name of a field. */
const nameOf = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");

/** What a table's text would bring into a kind of these fields, and what is wrong with it. */
export function planImport(text: string, fields: readonly string[]): Plan {
  const { lines, unclosed } = parseTable(text);
  if (unclosed !== null) return { ...REFUSED, fault: { code: "quote_open", line: unclosed } };
  const [head, ...body] = lines;
  if (!head) return { ...REFUSED, fault: { code: "empty" } };
  const columns = head.cells.map(nameOf);
  // a table of one's own begins with what its rows are called by
  const asKey =
    !columns.includes(KEY_COLUMN) &&
    isStranger(columns[0] ?? "", fields) &&
    columns.some((name) => fields.includes(name));
  if (asKey) columns[0] = KEY_COLUMN;
  if (!columns.includes(KEY_COLUMN)) return { ...REFUSED, fault: { code: "key_column" } };
  const twice = columns.find((name, at) => name && columns.indexOf(name) < at);
  if (twice !== undefined) return { ...REFUSED, fault: { code: "column_twice", name: twice } };
  if (!body.length) return { ...REFUSED, fault: { code: "empty" } };
  if (body.length > MOST_ROWS) return { ...REFUSED, fault: { code: "rows_many" } };

  const known = fields.filter((field) => columns.includes(field));
  const rows: CompanyRecord[] = [];
  const faults: LineFault[] = [];
  const seen = new Map<string, number>();
  for (const { at, cells } of body) {
    const cell = (name: string) => withoutMark((cells[columns.indexOf(name)] ?? "").trim());
    const row = {
      key: cell(KEY_COLUMN),
      values: Object.fromEntries(known.map((field) => [field, cell(field)])),
    };
    const folded = foldKey(row.key);
    const fault = faultOf(row, cells.slice(columns.length), seen.get(folded));
    if (fault) faults.push({ at, ...fault });
    else {
      seen.set(folded, at);
      rows.push(row);
    }
  }
  return {
    fault: null,
    rows,
    faults,
    key: asKey ? (head.cells[0] ?? "").trim() : null,
    left: head.cells.filter((_, at) => isStranger(columns[at] ?? "", fields)),
    missing: fields.filter((field) => !columns.includes(field)),
  };
}

const isStranger = (column: string, fields: readonly string[]) =>
  column !== "" && column !== KEY_COLUMN && !fields.includes(column);

type WithoutPlace<F> = F extends unknown ? Omit<F, "at"> : never;

function faultOf(
  row: CompanyRecord,
  beyond: string[],
  line: number | undefined,
): WithoutPlace<LineFault> | null {
  if (!row.key) return { code: "key_missing" };
  if (!foldKey(row.key)) return { code: "key_unfit" };
  if (row.key.length > LONGEST_KEY) return { code: "key_long" };
  if (line !== undefined) return { code: "key_twice", line };
  if (beyond.some((cell) => cell.trim())) return { code: "cells_many" };
  const long = Object.entries(row.values).find(([, value]) => value.length > LONGEST_VALUE);
  return long ? { code: "value_long", field: long[0] } : null;
}

/** As many rows at once as the server takes. */
export function batchesOf(rows: readonly CompanyRecord[]): CompanyRecord[][] {
  const batches: CompanyRecord[][] = [];
  const encoder = new TextEncoder();
  let bytes = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const size = encoder.encode(JSON.stringify(row)).length + 1;
    const last = batches.at(-1);
    if (last && last.length < MOST_AT_ONCE && bytes + size <= MOST_BYTES) {
      last.push(row);
      bytes += size;
    } else {
      batches.push([row]);
      bytes = size;
    }
  }
  return batches;
}
