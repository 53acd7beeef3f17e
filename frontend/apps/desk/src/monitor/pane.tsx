import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Conversation, FloorAgent } from "@wasl/api";
import { isolate, useT } from "@wasl/i18n";
import { Avatar, ChannelBadge, EmptyState, IconButton } from "@wasl/ui";
import { clsx } from "clsx";
import {
  EyeOff,
  MessageSquareLock,
  MessagesSquare,
  SearchX,
  SquareArrowOutUpRight,
  User,
  X,
} from "lucide-react";
import { type KeyboardEvent, lazy, Suspense, useState } from "react";
import { useConversationData } from "../conversations/conversation-data.ts";
import { Timeline, TimelineSkeleton } from "../conversations/timeline/timeline.tsx";
import { isOn } from "../device.ts";
import { useErrorText, useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { useMe } from "../me.ts";
import { useNamed } from "../names.ts";
import { Elapsed } from "../wallboard/live.tsx";
import { type Mode, PaneFoot } from "./pane-foot.tsx";

const RoutingDialog = lazy(() =>
  import("../conversations/dialogs/routing.tsx").then((m) => ({ default: m.RoutingDialog })),
);

interface Props {
  id: string;
  agents: FloorAgent[];
  onClose: () => void;
  className?: string;
}

/** One conversation read along. Nothing of it is shown before the look is written down. */
export function MonitorPane({ id, agents, onClose, className }: Props) {
  const t = useT();
  const text = useErrorText();
  const look = useQuery({
    queryKey: ["look", id],
    queryFn: () => api.call("POST /conversations/{id}/look", { path: { id } }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0, // opened again is looked at again
  });
  if (look.isSuccess)
    return <Looking id={id} agents={agents} onClose={onClose} className={className} />;
  return (
    <section aria-label={t("monitor.pane")} className={clsx(paneLook, className)}>
      {look.isError ? (
        <EmptyState icon={SearchX} title={t("desk.not_here")}>
          <p>{text(look.error)}</p>
          <IconButton icon={X} label={t("monitor.close_pane")} onPress={onClose} />
        </EmptyState>
      ) : (
        <TimelineSkeleton />
      )}
    </section>
  );
}

const paneLook =
  "flex min-h-0 min-w-0 flex-col overflow-hidden rounded-xl border border-line bg-surface shadow-card";

function Looking({ id, agents, onClose, className }: Props) {
  const t = useT();
  const named = useNamed();
  const { user } = useMe();
  const data = useConversationData(id);
  const [mode, setMode] = useState<Mode>("read");
  const [why, setWhy] = useState(false);
  const { conversation } = data;
  const agent = agents.find(({ held }) => held.some((one) => one.conversation_id === id));
  const held = agent?.held.find((one) => one.conversation_id === id);
  const holder = conversation?.state === "active" ? (conversation.assignee ?? null) : null;
  const mayWhisper = holder !== null && holder.id !== user.id;
  const joined = conversation?.joined.some((one) => one.id === user.id) ?? false;
  const shown: Mode = joined ? "join" : mayWhisper ? mode : "read";
  const failed = useErrorToast();
  const path = { id };
  const [busy, setBusy] = useState(false);
  const send = (verb: () => Promise<null>) => {
    setBusy(true);
    void verb()
      .catch(failed)
      .finally(() => setBusy(false));
  };
  const choose = (next: Mode) => {
    if (busy) return;
    if (next === "join") {
      if (!joined) send(() => api.call("POST /conversations/{id}/join", { path }));
      return;
    }
    setMode(next);
    if (joined)
      send(() =>
        api.call("DELETE /conversations/{id}/colleagues/{user_id}", {
          path: { ...path, user_id: user.id },
        }),
      );
  };

  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    if (event.altKey || event.ctrlKey || event.metaKey || why) return;
    if (event.key === "Escape" && shown === "whisper") {
      setMode("read");
      event.currentTarget.focus();
      return;
    }
    if (event.target === event.currentTarget && movedOn(event)) {
      event.preventDefault();
      return;
    }
    if (typing(event.target) || event.shiftKey || !isOn("single_keys")) return;
    if (event.code === "Digit1") choose("read");
    else if (event.code === "Digit2" && mayWhisper) choose("whisper");
    else if (event.code === "Digit3" && mayWhisper) choose("join");
    else if (event.code === "KeyW") setWhy(true);
    else return;
    event.preventDefault();
  };
  return (
    <section
      aria-label={t("monitor.pane_of", { name: isolate(conversation?.contact.name ?? "") })}
      data-pane
      data-monitor-pane
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the pane that has the focus receives the keys
      tabIndex={0}
      onKeyDown={onKey}
      className={clsx(
        paneLook,
        "-outline-offset-2! focus-within:border-accent focus-within:ring-1 focus-within:ring-accent",
        className,
      )}
    >
      <header className="flex items-center gap-2.5 border-b border-line px-3 py-2">
        {conversation && (
          <span className="relative shrink-0">
            <Avatar name={conversation.contact.name} size={36} />
            <span className="absolute -end-1 -bottom-1 rounded-full ring-2 ring-surface">
              <ChannelBadge kind={conversation.channel.kind} size={16} />
            </span>
          </span>
        )}
        <div className="min-w-0 grow">
          <h2 dir="auto" className="bidi-line truncate text-sm font-semibold">
            {conversation?.contact.name}
          </h2>
          <p className="truncate text-xs text-ink-2">
            {holder
              ? t("monitor.with", { name: isolate(holder.name) })
              : conversation && t("monitor.with_nobody")}
            {conversation?.queue && (
              <>
                {" · "}
                <bdi>{named(conversation.queue.names)}</bdi>
              </>
            )}
          </p>
        </div>
        {held && (
          <span className="rounded-md bg-sunken px-1.5 py-0.5 text-[13px] font-semibold">
            <Elapsed since={held.since} />
          </span>
        )}
        <Link
          to="/conversations/$id"
          params={{ id }}
          search={{ view: "all" }}
          title={t("monitor.open")}
          className="grid size-8 shrink-0 place-items-center rounded-lg text-ink-2 hover:bg-sunken"
        >
          <SquareArrowOutUpRight size={16} aria-hidden="true" className="icon-flip" />
          <span className="sr-only">{t("monitor.open")}</span>
        </Link>
        <IconButton icon={X} size="sm" label={t("monitor.close_pane")} onPress={onClose} />
      </header>
      {conversation ? (
        <>
          <Standing conversation={conversation} mode={shown} />
          <Timeline conversation={conversation} data={data} />
          <PaneFoot
            conversation={conversation}
            mode={shown}
            onMode={choose}
            mayWhisper={mayWhisper}
            onWhy={() => setWhy(true)}
          />
        </>
      ) : data.error || data.ready ? (
        <EmptyState icon={SearchX} title={t("desk.not_here")}>
          {t("desk.not_here_text")}
        </EmptyState>
      ) : (
        <TimelineSkeleton />
      )}
      {why && conversation && (
        <Suspense>
          <RoutingDialog conversation={conversation} onClose={() => setWhy(false)} />
        </Suspense>
      )}
    </section>
  );
}

/** In words: who sees the supervisor, in the mode that is in force. */
function Standing({ conversation, mode }: { conversation: Conversation; mode: Mode }) {
  const t = useT();
  const { user } = useMe();
  const { assignee, contact, state } = conversation;
  const holder = state === "active" ? assignee : null;
  const contactName = isolate(contact.name || t("common.someone"));
  const [Icon, words] =
    holder?.id === user.id
      ? ([User, t("monitor.stands_mine", { contact: contactName })] as const)
      : holder === null
        ? ([EyeOff, t("monitor.stands_nobody", { contact: contactName })] as const)
        : mode === "join"
          ? ([
              MessagesSquare,
              t("monitor.stands_join", { contact: contactName, name: isolate(holder.name) }),
            ] as const)
          : mode === "whisper"
            ? ([
                MessageSquareLock,
                t("monitor.stands_whisper", { contact: contactName, name: isolate(holder.name) }),
              ] as const)
            : ([
                EyeOff,
                t("monitor.stands_read", { contact: contactName, name: isolate(holder.name) }),
              ] as const);
  return (
    <p
      className={clsx(
        "flex items-start gap-2 border-b px-3 py-1.5 text-xs",
        mode === "whisper" ? "border-note-line bg-note" : "border-line bg-raised text-ink-2",
      )}
    >
      <Icon size={14} aria-hidden="true" className="mt-0.5 shrink-0" />
      <span aria-live="polite">{words}</span>
    </p>
  );
}

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && /^(input|textarea|select)$/i.test(target.tagName);

/** From a pane, Tab goes to the next one and Enter into this one; after the last one the page's own
 * order goes on, so that nobody is held here. */
function movedOn(event: KeyboardEvent<HTMLElement>): boolean {
  const pane = event.currentTarget;
  if (event.key === "Enter") {
    pane.querySelector<HTMLElement>("a, button, textarea")?.focus();
    return true;
  }
  if (event.key !== "Tab" || event.shiftKey) return false;
  const panes = [...document.querySelectorAll<HTMLElement>("[data-monitor-pane]")];
  const next = panes[panes.indexOf(pane) + 1];
  next?.focus();
  return next !== undefined;
}
