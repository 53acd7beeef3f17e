import { useNavigate } from "@tanstack/react-router";
import type { Conversation } from "@wasl/api";
import { isolate, ltr, useT } from "@wasl/i18n";
import { type Passing, usePassing } from "@wasl/realtime";
import { toast } from "@wasl/ui";
import { useCallback, useEffect, useRef } from "react";
import { api, queryClient } from "./ground.ts";
import { useMentions } from "./me-scope.ts";
import { notify } from "./offers/alerting.ts";

export const useMentioned = (conversation: string): boolean =>
  useMentions().some((mention) => mention.conversation.id === conversation);

/** Tells that a mention has been seen; one that is lost is told with the next look. */
export const readMention = (id: string): Promise<unknown> =>
  api.call("POST /mentions/{id}/read", { path: { id } }).catch(() => undefined);

/** What is looked at needs no badge. */
export function useMentionsSeen(conversation: string) {
  const here = useMentions()
    .filter((mention) => mention.conversation.id === conversation)
    .map((mention) => mention.id)
    .join(" ");
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === "visible")
        for (const id of here.split(" ")) void readMention(id);
    };
    if (!here) return;
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [here]);
}

const nameOf = async (id: string): Promise<string> => {
  const agents = await queryClient.fetchQuery({
    queryKey: ["agents"],
    queryFn: () => api.call("GET /agents"),
    staleTime: 300_000,
  });
  return agents.find((agent) => agent.id === id)?.name ?? "";
};

/** Says at once that a colleague's note names us: here, and outside the tab. */
export function Mentions() {
  const t = useT();
  const navigate = useNavigate();
  const open = useRef(navigate);
  open.current = navigate;
  const hear = useCallback(
    (frame: Passing) => {
      if (frame.t !== "mention") return;
      const looking =
        document.visibilityState === "visible" && location.pathname.endsWith(frame.conversation);
      if (looking) return;
      const show = (name: string, { contact, number, preview }: Conversation) => {
        const run = () =>
          void open.current({
            to: "/conversations/$id",
            params: { id: frame.conversation },
            search: (before) => ({ view: before.view ?? "all" }),
          });
        const words = t("desk.mentioned", {
          name: isolate(name || t("common.someone")),
          number: ltr(number),
          contact: isolate(contact.name),
        });
        toast(words, { action: { label: t("desk.open"), run } });
        notify(words, preview.kind === "note" ? preview.text : "", frame.conversation, run);
      };
      Promise.all([
        nameOf(frame.by),
        api.call("GET /conversations/{id}", { path: { id: frame.conversation } }),
      ]).then(
        ([name, conversation]) => show(name, conversation),
        // Gone out of our sight meanwhile.
        () => undefined,
      );
    },
    [t],
  );
  usePassing(hear);
  return null;
}
