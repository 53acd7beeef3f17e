import { useNavigate } from "@tanstack/react-router";
import type { Conversation } from "@wasl/api";
import { isolate, ltr, useT } from "@wasl/i18n";
import { type Passing, usePassing } from "@wasl/realtime";
import { toast } from "@wasl/ui";
import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import { api, queryClient } from "./ground.ts";
import { notify } from "./offers/alerting.ts";

const KEPT = "wasl.mentions";
const MOST_KEPT = 100;

/** Conversations in which we were named and have not looked yet, as long as this tab lives. */
class Unseen {
  private ids: readonly string[] = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  private readonly listeners = new Set<() => void>();

  add = (id: string) => this.keep([...this.ids.filter((known) => known !== id), id]);
  seen = (id: string) => this.has(id) && this.keep(this.ids.filter((known) => known !== id));
  clear = () => this.keep([]);
  has = (id: string): boolean => this.ids.includes(id);
  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private keep(ids: readonly string[]) {
    this.ids = ids.slice(-MOST_KEPT);
    sessionStorage.setItem(KEPT, JSON.stringify(this.ids));
    for (const listener of this.listeners) listener();
  }
}
export const unseenMentions: Unseen = new Unseen();

export const useMentioned = (conversation: string): boolean =>
  useSyncExternalStore(unseenMentions.subscribe, () => unseenMentions.has(conversation));

/** What is looked at needs no badge. */
export function useMentionsSeen(conversation: string) {
  const mentioned = useMentioned(conversation);
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === "visible") unseenMentions.seen(conversation);
    };
    if (mentioned) look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [conversation, mentioned]);
}

const nameOf = async (id: string): Promise<string> => {
  const agents = await queryClient.fetchQuery({
    queryKey: ["agents"],
    queryFn: () => api.call("GET /agents"),
    staleTime: 300_000,
  });
  return agents.find((agent) => agent.id === id)?.name ?? "";
};

/** Says at once that a colleague's note names us: here, outside the tab, and in the list. */
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
      unseenMentions.add(frame.conversation);
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
        () => unseenMentions.seen(frame.conversation),
      );
    },
    [t],
  );
  usePassing(hear);
  return null;
}
