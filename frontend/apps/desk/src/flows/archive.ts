import type { FlowSummary } from "@wasl/api";
import { isolate, useT } from "@wasl/i18n";
import { toast } from "@wasl/ui";
import { useErrorToast } from "../errors.ts";
import { api, queryClient } from "../ground.ts";
import { FLOWS, useFlowName } from "./leading.ts";

/** Puts a flow away, or takes it back; says so, with a way back. */
export function useArchive() {
  const t = useT();
  const failed = useErrorToast();
  const nameOf = useFlowName();
  return async (flow: FlowSummary, archived: boolean) => {
    const put = async (wanted: boolean) => {
      await api.call("PUT /flows/{id}/archived", {
        path: { id: flow.id },
        body: { archived: wanted },
      });
      await queryClient.invalidateQueries({ queryKey: FLOWS.queryKey });
    };
    try {
      await put(archived);
    } catch (error) {
      failed(error);
      return;
    }
    const name = isolate(nameOf(flow));
    toast(t(archived ? "flows.was_archived" : "flows.was_restored", { name }), {
      action: { label: t("settings.undo"), run: () => void put(!archived).catch(failed) },
    });
  };
}
