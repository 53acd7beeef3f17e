import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "../ground.ts";
import type { Definition } from "./model/definition.ts";

/** The kinds of records that there are; read only where they are needed. */
export const useRecordKinds = (enabled: boolean) =>
  useQuery({ queryKey: ["records"], queryFn: () => api.call("GET /records"), enabled });

/** The fields of each kind of records, for a flow that looks some up. */
export function useRecordFields({ steps }: Definition): Readonly<Record<string, string[]>> {
  const kinds = useRecordKinds(Object.values(steps).some(({ what }) => what === "record"));
  const items = kinds.data?.items;
  return useMemo(
    () => Object.fromEntries((items ?? []).map(({ key, fields }) => [key, fields])),
    [items],
  );
}
