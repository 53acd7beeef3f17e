import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Conversation, ConversationRow, Routes } from "@wasl/api";
import { ltr, useT } from "@wasl/i18n";
import { toast } from "@wasl/ui";
import { useErrorToast } from "../errors.ts";
import { api, queryClient } from "../ground.ts";
import { learnConversation } from "./conversation-data.ts";

type StatusBody = Routes["POST /conversations/{id}/status"]["body"];
type TransferBody = Routes["POST /conversations/{id}/transfer"]["body"];
type WrapUpBody = Routes["POST /conversations/{id}/wrap-up"]["body"];

interface Joining {
  known: string;
  other: string;
}
async function joinContacts(base: string, other: string) {
  await api.call("POST /contacts/{id}/merge", { path: { id: base }, body: { other_id: other } });
  await queryClient.invalidateQueries({ queryKey: ["contact"] });
}
async function partContacts(base: string, other: string) {
  await api.call("POST /contacts/{id}/unmerge", { path: { id: base }, body: { other_id: other } });
  await queryClient.invalidateQueries({ queryKey: ["contact"] });
}

interface StatusChange {
  conversation: Pick<ConversationRow, "id" | "number">;
  body: StatusBody;
  then?: () => void;
}

/** Changes how a conversation stands; what takes it out of sight can be undone at once. */
export function useStatusChange() {
  const t = useT();
  const failed = useErrorToast();
  const { mutate, isPending } = useMutation({
    mutationFn: ({ conversation: { id }, body }: StatusChange) =>
      api.call("POST /conversations/{id}/status", { path: { id }, body }),
    onSuccess: (shown, { conversation, body, then }) => {
      learnConversation(shown);
      if (body.status === "resolved" || body.status === "snoozed") {
        const number = ltr(conversation.number);
        toast(t(`desk.${body.status}_toast`, { number }), {
          action: {
            label: t("desk.undo"),
            run: () => mutate({ conversation, body: { status: "open" } }),
          },
        });
      }
      then?.();
    },
    onError: failed,
  });
  return { mutate, isPending };
}

/** The verbs on one conversation. Each shows the server's answer at once, or says why not. */
export function useActions(conversation: Conversation) {
  const t = useT();
  const failed = useErrorToast();
  const navigate = useNavigate();
  const path = { id: conversation.id };
  const number = ltr(conversation.number);
  const shared = { onSuccess: learnConversation, onError: failed };

  const status = useStatusChange();
  const stand = (body: StatusBody, then?: () => void) =>
    status.mutate({ conversation, body, ...(then ? { then } : {}) });
  const pick = useMutation({
    ...shared,
    mutationFn: () => api.call("POST /conversations/{id}/pick", { path }),
  });
  const verb = useMutation({
    mutationFn: (send: () => Promise<Conversation | null>) => send(),
    onSuccess: (shown) => {
      if (shown) learnConversation(shown);
    },
    onError: failed,
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
    mutationFn: (body: { spam: boolean } | { priority: number } | { tags: string[] }) => {
      if ("spam" in body) return api.call("POST /conversations/{id}/spam", { path, body });
      if ("priority" in body) return api.call("PUT /conversations/{id}/priority", { path, body });
      return api.call("PUT /conversations/{id}/tags", { path, body });
    },
  });

  // One goes where the messages are, and back with them.
  const show = (shown: Conversation) => {
    learnConversation(shown);
    void navigate({
      to: "/conversations/$id",
      params: { id: shown.id },
      search: (before) => ({ view: before.view ?? "all" }),
    });
  };
  const merge = useMutation({
    onError: failed,
    mutationFn: (into: string) =>
      api.call("POST /conversations/{id}/merge", { path, body: { into } }),
    onSuccess: (shown) => {
      show(shown);
      toast(t("desk.merged_toast", { number: ltr(shown.number) }), {
        action: {
          label: t("desk.undo"),
          run: () => void api.call("POST /conversations/{id}/unmerge", { path }).then(show, failed),
        },
      });
    },
  });

  // The known contact stays, and what was said here becomes theirs.
  const join = useMutation({
    onError: failed,
    mutationFn: ({ known, other }: Joining) => joinContacts(known, other),
    onSuccess: (_, { known, other }) => {
      toast(t("desk.joined_toast"), {
        action: {
          label: t("desk.undo"),
          run: () => void partContacts(known, other).catch(failed),
        },
      });
    },
  });
  return {
    joinContacts: (known: string) => join.mutate({ known, other: conversation.contact.id }),
    joining: join.isPending,
    merge: merge.mutate,
    merging: merge.isPending,
    pick: () => pick.mutate(),
    picking: pick.isPending,
    resolve: (then?: () => void) => stand({ status: "resolved" }, then),
    resolving: status.isPending,
    reopen: () => stand({ status: "open" }),
    pend: () => stand({ status: "pending" }),
    snooze: (until: Date) => stand({ status: "snoozed", snoozed_until: until.toISOString() }),
    transfer: (body: TransferBody, then: () => void) =>
      transfer.mutate(body, {
        onSuccess: () => {
          toast(t("desk.transferred_toast", { number }));
          then();
        },
      }),
    transferring: transfer.isPending,
    /** Any other verb: what it answers is shown, or why not. */
    run: (send: () => Promise<Conversation | null>, then?: (shown: Conversation | null) => void) =>
      verb.mutate(send, then ? { onSuccess: then } : undefined),
    running: verb.isPending,
    wrapUp: (body: WrapUpBody) => wrapUp.mutate(body),
    wrappingUp: wrapUp.isPending,
    change: change.mutate,
  };
}
export type Actions = ReturnType<typeof useActions>;
