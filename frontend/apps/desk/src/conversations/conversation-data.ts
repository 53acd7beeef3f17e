import { useQuery } from "@tanstack/react-query";
import type { Conversation, Message } from "@wasl/api";
import { itemsOf, useConnection, useScope } from "@wasl/realtime";
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useErrorToast } from "../errors.ts";
import { api, realtime } from "../ground.ts";
import { Outbox, type Outgoing } from "./outbox.ts";
import { mergeMessages } from "./timeline/entries.ts";

export const scopeOf = (id: string) => `conversation:${id}`;

/** Shows the server's answer at once; the socket tells the same later. */
export function learnConversation(conversation: Conversation) {
  realtime.put(scopeOf(conversation.id), {
    kind: "conversation",
    id: conversation.id,
    v: conversation.version,
    data: conversation,
  });
}
export function learnMessage(message: Message, conversation: string) {
  realtime.put(scopeOf(conversation), {
    kind: "message",
    id: message.id,
    v: message.version,
    data: message,
  });
}

const OUTBOX_KEY = "wasl.outbox";
export const outbox = new Outbox({
  send: (id, body) =>
    api.call("POST /conversations/{id}/messages", { path: { id }, body, key: body.client_id }),
  load: () => localStorage.getItem(OUTBOX_KEY),
  save: (text) => localStorage.setItem(OUTBOX_KEY, text),
  taken: learnMessage,
});

/** What of ours waits to be sent in this conversation. Sent on as soon as the line is back. */
export function useOutgoing(conversation: string): Outgoing[] {
  const all = useSyncExternalStore(outbox.subscribe, () => outbox.outgoing);
  return useMemo(() => all.filter((o) => o.conversation_id === conversation), [all, conversation]);
}

export function useOutboxSender() {
  const connected = useConnection().state === "open";
  useEffect(() => {
    if (!connected) return;
    void outbox.flush();
    const timer = setInterval(() => void outbox.flush(), 5_000);
    return () => clearInterval(timer);
  }, [connected]);
}

export interface ConversationData {
  conversation: Conversation | null;
  messages: Message[];
  ready: boolean;
  error: string | null;
  hasOlder: boolean;
  loadingOlder: boolean;
  loadOlder: () => void;
}

/** One conversation, live: the newest messages by the socket, older pages by HTTP. */
export function useConversationData(id: string): ConversationData {
  const state = useScope(scopeOf(id));
  const failed = useErrorToast();
  const [older, setOlder] = useState<Message[]>([]);
  const [end, setEnd] = useState(false);
  const [loadingOlder, setLoadingOlder] = useState(false);
  const conversation = useMemo(
    () => itemsOf<Conversation>(state, "conversation")[0] ?? null,
    [state],
  );
  const messages = useMemo(
    () => mergeMessages(older, itemsOf<Message>(state, "message")),
    [older, state],
  );
  const first = messages[0]?.seq ?? 1;

  const loadOlder = useCallback(() => {
    setLoadingOlder(true);
    api
      .call("GET /conversations/{id}/timeline", {
        path: { id },
        query: { before: first, limit: 50 },
      })
      .then((page) => {
        setOlder((known) => mergeMessages(page.items, known));
        if (!page.next) setEnd(true);
      })
      .catch(failed)
      .finally(() => setLoadingOlder(false));
  }, [id, first, failed]);

  return {
    conversation,
    messages,
    ready: state.ready,
    error: state.error,
    hasOlder: !end && first > 1,
    loadingOlder,
    loadOlder,
  };
}

export const useReplyOptions = (conversation: Conversation) =>
  useQuery({
    // Asked again when the contact changes channel or someone else takes over.
    queryKey: ["reply-options", conversation.id, conversation.channel.id, conversation.state],
    queryFn: () =>
      api.call("GET /conversations/{id}/reply-options", { path: { id: conversation.id } }),
    placeholderData: (previous) => previous,
  });
