import { useMutation } from "@tanstack/react-query";
import type { Conversation, Routes } from "@wasl/api";
import { ltr, useT } from "@wasl/i18n";
import { toast } from "@wasl/ui";
import { useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { learnConversation } from "./conversation-data.ts";

type StatusBody = Routes["POST /conversations/{id}/status"]["body"];
type TransferBody = Routes["POST /conversations/{id}/transfer"]["body"];
type WrapUpBody = Routes["POST /conversations/{id}/wrap-up"]["body"];

/** The verbs on one conversation. Each shows the server's answer at once, or says why not. */
export function useActions(conversation: Conversation) {
  const t = useT();
  const failed = useErrorToast();
  const path = { id: conversation.id };
  const number = ltr(conversation.number);
  const shared = { onSuccess: learnConversation, onError: failed };

  const status = useMutation({
    ...shared,
    mutationFn: (body: StatusBody) => api.call("POST /conversations/{id}/status", { path, body }),
  });
  const pick = useMutation({
    ...shared,
    mutationFn: () => api.call("POST /conversations/{id}/pick", { path }),
  });
  const transfer = useMutation({
    ...shared,
    mutationFn: (body: TransferBody) =>
      api.call("POST /conversations/{id}/transfer", { path, body }),
  });
  const wrapUp = useMutation({
    ...shared,
    mutationFn: (body: WrapUpBody) => api.call("POST /conversations/{id}/wrap-up", { path, body }),
  });
  const change = useMutation({
    ...shared,
    mutationFn: (
      body: { spam: boolean } | { priority: number } | { tags: string[] } | { into: string },
    ) => {
      if ("spam" in body) return api.call("POST /conversations/{id}/spam", { path, body });
      if ("priority" in body) return api.call("PUT /conversations/{id}/priority", { path, body });
      if ("tags" in body) return api.call("PUT /conversations/{id}/tags", { path, body });
      return api.call("POST /conversations/{id}/merge", { path, body });
    },
  });

  const undo = {
    label: t("desk.undo"),
    run: () => status.mutate({ status: "open" }),
  };
  return {
    pick: () => pick.mutate(),
    picking: pick.isPending,
    resolve: (then?: () => void) =>
      status.mutate(
        { status: "resolved" },
        {
          onSuccess: () => {
            toast(t("desk.resolved_toast", { number }), { action: undo });
            then?.();
          },
        },
      ),
    resolving: status.isPending,
    reopen: () => status.mutate({ status: "open" }),
    pend: () => status.mutate({ status: "pending" }),
    snooze: (until: Date) =>
      status.mutate(
        { status: "snoozed", snoozed_until: until.toISOString() },
        { onSuccess: () => toast(t("desk.snoozed_toast", { number }), { action: undo }) },
      ),
    transfer: (body: TransferBody, then: () => void) =>
      transfer.mutate(body, {
        onSuccess: () => {
          toast(t("desk.transferred_toast", { number }));
          then();
        },
      }),
    transferring: transfer.isPending,
    wrapUp: (body: WrapUpBody) => wrapUp.mutate(body),
    wrappingUp: wrapUp.isPending,
    change: change.mutate,
  };
}
export type Actions = ReturnType<typeof useActions>;
