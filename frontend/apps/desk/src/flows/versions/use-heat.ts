import { useQuery } from "@tanstack/react-query";
import type { FlowDraft } from "@wasl/api";
import { useMemo, useState } from "react";
import { api } from "../../ground.ts";
import { heatOf } from "../builder/marks.ts";
import type { Definition } from "../model/definition.ts";

/** How the runs of the live version went, on the drawing while it is wanted. */
export function useHeat(flow: FlowDraft<object>) {
  const [on, setOn] = useState(false);
  const number = flow.published ?? 0;
  const { data } = useQuery({
    queryKey: ["flow-statistics", flow.id, number],
    queryFn: () =>
      api.call("GET /flows/{id}/versions/{number}/statistics", {
        path: { id: flow.id, number: String(number) },
      }),
    enabled: on && number > 0,
  });
  const found = useMemo(() => (on && data ? heatOf(data) : null), [on, data]);
  return { on, found, statistics: on ? (data ?? null) : null, toggle: () => setOn(!on) };
}
export type HeatView = ReturnType<typeof useHeat>;

/** A published version's definition: it never changes. */
export const useVersion = (flowId: string, number: number | null) =>
  useQuery({
    queryKey: ["flow-version", flowId, number],
    queryFn: async () => {
      const { definition } = await api.call("GET /flows/{id}/versions/{number}", {
        path: { id: flowId, number: String(number) },
      });
      return definition as Definition;
    },
    enabled: number !== null,
    staleTime: Infinity,
  });
