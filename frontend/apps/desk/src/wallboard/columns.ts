import type { WallLayout } from "@wasl/api";
import { useState } from "react";
import { useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { useMe } from "../me.ts";
import { refresh } from "../settings/queries.ts";

export const COLUMNS = [
  "late",
  "longest",
  "expected",
  "level",
  "abandon",
  "trend",
  "staff",
] as const;
export type Column = (typeof COLUMNS)[number];

const isColumn = (word: string): word is Column => COLUMNS.some((column) => column === word);

export const columnsOf = (layout: WallLayout): Set<Column> =>
  new Set(layout.columns.filter(isColumn));

/** Which columns a person looks at: those of their layout, else what is kept on this device for
 * each person. Of another one's layout they can't be changed: null. */
export function useColumns(
  layout: WallLayout | null,
): [ReadonlySet<Column>, ((column: Column) => void) | null] {
  const key = `wasl.wallboard.columns.${useMe().user.id}`;
  const fail = useErrorToast();
  const [kept, setKept] = useState<ReadonlySet<Column>>(() => {
    const words = localStorage.getItem(key);
    return new Set(words === null ? COLUMNS : words.split(" ").filter(isColumn));
  });
  const shown = layout ? columnsOf(layout) : kept;
  const toggle = (column: Column) => {
    const next = new Set(shown);
    if (!next.delete(column)) next.add(column);
    if (layout) {
      const { id, name, shared, queue_ids } = layout;
      api
        .call("PUT /wallboard/layouts/{id}", {
          path: { id },
          body: { name, shared, queue_ids, columns: [...next] },
        })
        .then(() => refresh("wallboard-layouts"), fail);
      return;
    }
    localStorage.setItem(key, [...next].join(" "));
    setKept(next);
  };
  return [shown, layout && !layout.own ? null : toggle];
}
