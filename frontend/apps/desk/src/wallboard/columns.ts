import { useState } from "react";
import { useMe } from "../me.ts";

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

/** Which columns a person looks at, kept on this device for each person. */
export function useColumns(): [ReadonlySet<Column>, (column: Column) => void] {
  const key = `wasl.wallboard.columns.${useMe().user.id}`;
  const [shown, setShown] = useState<ReadonlySet<Column>>(() => {
    const kept = localStorage.getItem(key);
    return new Set(kept === null ? COLUMNS : kept.split(" ").filter(isColumn));
  });
  const toggle = (column: Column) => {
    const next = new Set(shown);
    if (!next.delete(column)) next.add(column);
    localStorage.setItem(key, [...next].join(" "));
    setShown(next);
  };
  return [shown, toggle];
}
