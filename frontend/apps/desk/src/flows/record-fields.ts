import { useMemo } from "react";
import { useRecordKinds } from "../settings/queries.ts";
import type { Definition } from "./model/definition.ts";

/** The fields of each kind of records, for a flow that looks some up. */
export function useRecordFields({ steps }: Definition): Readonly<Record<string, string[]>> {
  const kinds = useRecordKinds(Object.values(steps).some(({ what }) => what === "record"));
  const items = kinds.data?.items;
  return useMemo(
    () => Object.fromEntries((items ?? []).map(({ key, fields }) => [key, fields])),
    [items],
  );
}
