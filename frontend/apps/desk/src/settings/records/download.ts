import type { CompanyRecord, KeptRecordKind } from "@wasl/api";
import { api } from "../../ground.ts";
import { saveFile } from "../../save-file.ts";
import { formatTable } from "./csv.ts";
import { KEY_COLUMN } from "./fields.ts";

const AT_ONCE = 200;
interface Page {
  items: CompanyRecord[];
  next: string | null;
}

/** All rows of a kind in a file of its key. */
export async function downloadRows(kind: KeptRecordKind): Promise<void> {
  const lines = [[KEY_COLUMN, ...kind.fields]];
  for (let after: string | undefined, more = true; more; ) {
    const { items, next }: Page = await api.call("GET /records/{kind}/rows", {
      path: { kind: kind.key },
      query: { after, limit: AT_ONCE },
    });
    for (const { key, values } of items)
      lines.push([key, ...kind.fields.map((field) => values[field] ?? "")]);
    after = next ?? undefined;
    more = next !== null;
  }
  saveFile(`${kind.key}.csv`, formatTable(lines), "text/csv;charset=utf-8");
}
