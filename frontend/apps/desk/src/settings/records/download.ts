import type { RecordKind } from "@wasl/api";
import { api } from "../../ground.ts";
import { saveFile } from "../../save-file.ts";
import { formatTable } from "./csv.ts";
import { KEY_COLUMN } from "./fields.ts";

const AT_ONCE = 200;

/** All rows of a kind in a file of its key. */
export async function downloadRows(kind: RecordKind): Promise<void> {
  const lines = [[KEY_COLUMN, ...kind.fields]];
  let after: string | null = null;
  do {
    const page: { items: { key: string; values: Record<string, string> }[]; next: string | null } =
      await api.call("GET /records/{kind}/rows", {
        path: { kind: kind.key },
        query: { after, limit: AT_ONCE },
      });
    for (const { key, values } of page.items)
      lines.push([key, ...kind.fields.map((field) => values[field] ?? "")]);
    after = page.next;
  } while (after !== null);
  saveFile(`${kind.key}.csv`, formatTable(lines), "text/csv;charset=utf-8");
}
