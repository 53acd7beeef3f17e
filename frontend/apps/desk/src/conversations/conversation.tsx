import { useParams, useSearch } from "@tanstack/react-router";
import type { Conversation } from "@wasl/api";
import { isolate, useT } from "@wasl/i18n";
import { useRealtime } from "@wasl/realtime";
import { EmptyState } from "@wasl/ui";
import { clsx } from "clsx";
import { SearchX } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { embedded } from "../embed.ts";
import { api } from "../ground.ts";
import { runCommand, useCommand } from "../keys/commands.ts";
import { useMe } from "../me.ts";
import { useMentionsSeen } from "../mentions.tsx";
import { allTexts } from "../preferences.tsx";
import { useActions } from "./actions.ts";
import { Composer } from "./composer/composer.tsx";
import { type ConversationData, useConversationData } from "./conversation-data.ts";
import { Head } from "./head.tsx";
import { Timeline, TimelineSkeleton } from "./timeline/timeline.tsx";
import { Suggestions, WrapUp } from "./wrap-up.tsx";

const RoutingDialog = lazy(() =>
  allTexts.then(() => import("./dialogs/routing.tsx")).then((m) => ({ default: m.RoutingDialog })),
);
const seldom = () => allTexts.then(() => import("./seldom.ts"));
const AskInDialog = lazy(() => seldom().then((m) => ({ default: m.AskInDialog })));
const BesideBar = lazy(() => seldom().then((m) => ({ default: m.BesideBar })));
const CallbackBar = lazy(() => seldom().then((m) => ({ default: m.CallbackBar })));
const CallbackDialog = lazy(() => seldom().then((m) => ({ default: m.CallbackDialog })));
const ContactPanel = lazy(() => import("./panel.tsx").then((m) => ({ default: m.ContactPanel })));
const SnoozeDialog = lazy(() =>
  import("./dialogs/snooze.tsx").then((m) => ({ default: m.SnoozeDialog })),
);
const TransferDialog = lazy(() =>
  import("./dialogs/transfer.tsx").then((m) => ({ default: m.TransferDialog })),
);

export function ConversationPage() {
  const { id } = useParams({ from: "/conversations/$id" });
  return <Loaded key={id} id={id} />;
}

function Loaded({ id }: { id: string }) {
  const t = useT();
  const data = useConversationData(id);
  const realtime = useRealtime();
  useEffect(() => {
    realtime.viewing(id);
    return () => realtime.viewing(null);
  }, [id, realtime]);
  if (data.conversation) return <Open conversation={data.conversation} data={data} />;
  if (data.error || data.ready)
    return (
      <section className="min-w-0 grow bg-canvas">
        <EmptyState icon={SearchX} title={t("desk.not_here")}>
          {t("desk.not_here_text")}
        </EmptyState>
      </section>
    );
  return (
    <section className="flex min-w-0 grow flex-col">
      <div className="h-14 shrink-0 border-b border-line" />
      <TimelineSkeleton />
    </section>
  );
}

const WIDE = "(min-width: 1180px)";

function Open({ conversation, data }: { conversation: Conversation; data: ConversationData }) {
  const t = useT();
  const { view } = useSearch({ from: "/conversations" });
  const actions = useActions(conversation);
  const [dialog, setDialog] = useState<
    "snooze" | "transfer" | "why" | "callback" | "ask_in" | null
  >(null);
  const [panel, setPanel] = useState(() => !embedded && matchMedia(WIDE).matches);
  const { can } = conversation;
  const { user } = useMe();
  const mayResolve = can.includes("resolve");
  useReadMark(conversation, data, conversation.assignee?.id === user.id);
  useMentionsSeen(conversation.id);

  useCommand("resolve", mayResolve ? () => actions.resolve() : null);
  useCommand("resolve_next", mayResolve ? () => actions.resolve(() => runCommand("next")) : null);
  useCommand("snooze", can.includes("snooze") ? () => setDialog("snooze") : null);
  useCommand("transfer", can.includes("transfer") ? () => setDialog("transfer") : null);

  const close = () => setDialog(null);
  return (
    <>
      <section
        aria-label={t("desk.conversation_with", { name: isolate(conversation.contact.name) })}
        className={clsx("min-w-0 grow flex-col", panel ? "hidden md:flex" : "flex")}
      >
        <Head
          conversation={conversation}
          view={view}
          actions={actions}
          onSnooze={() => setDialog("snooze")}
          onTransfer={() => setDialog("transfer")}
          onWhy={() => setDialog("why")}
          onCallback={() => setDialog("callback")}
          onAskIn={() => setDialog("ask_in")}
          panelOpen={panel}
          onPanel={() => setPanel(!panel)}
        />
        <WrapUp conversation={conversation} actions={actions} />
        <Suspense>
          {conversation.callback && <CallbackBar conversation={conversation} actions={actions} />}
          {conversation.joined.length > 0 && (
            <BesideBar conversation={conversation} actions={actions} />
          )}
        </Suspense>
        <Suggestions conversation={conversation} actions={actions} />
        <Timeline conversation={conversation} data={data} />
        <Composer conversation={conversation} onPick={actions.pick} />
      </section>
      {panel && (
        <Suspense fallback={<PanelPlace />}>
          <ContactPanel
            conversation={conversation}
            actions={actions}
            onClose={() => setPanel(false)}
            className="flex w-full"
          />
        </Suspense>
      )}
      <Suspense>
        {dialog === "snooze" && (
          <SnoozeDialog number={conversation.number} onSnooze={actions.snooze} onClose={close} />
        )}
        {dialog === "ask_in" && (
          <AskInDialog conversation={conversation} actions={actions} onClose={close} />
        )}
        {dialog === "callback" && (
          <CallbackDialog conversation={conversation} actions={actions} onClose={close} />
        )}
        {dialog === "why" && <RoutingDialog conversation={conversation} onClose={close} />}
        {dialog === "transfer" && (
          <TransferDialog conversation={conversation} actions={actions} onClose={close} />
        )}
      </Suspense>
    </>
  );
}

/** Keeps the panel's room, so that the text does not jump. */
const PanelPlace = () => (
  <div className="w-full border-line bg-surface md:w-78 md:shrink-0 md:border-s" />
);

/** Tells how far the holder has read, while the page is really looked at. */
function useReadMark(conversation: Conversation, data: ConversationData, mine: boolean) {
  const { id, unread } = conversation;
  const last = data.messages.at(-1)?.seq ?? 0;
  const told = useRef(0);
  useEffect(() => {
    const tell = () => {
      if (document.visibilityState !== "visible" || !mine || !unread || told.current >= last)
        return;
      told.current = last;
      // A mark that is lost is told again with the next message.
      api.call("POST /conversations/{id}/read", { path: { id }, body: { seq: last } }).catch(() => {
        told.current = 0;
      });
    };
    tell();
    document.addEventListener("visibilitychange", tell);
    return () => document.removeEventListener("visibilitychange", tell);
  }, [id, last, unread, mine]);
}
