import { Link } from "@tanstack/react-router";
import type { Conversation, View } from "@wasl/api";
import { isolate, ltr, useFormat, useT } from "@wasl/i18n";
import { type Passing, usePassing } from "@wasl/realtime";
import { type Action, Avatar, Button, IconButton, Ltr, MenuButton, toast } from "@wasl/ui";
import {
  AlarmClock,
  ArrowRightLeft,
  Check,
  ChevronLeft,
  Copy,
  Ellipsis,
  Flag,
  Hand,
  Hourglass,
  OctagonX,
  PanelRight,
  PhoneForwarded,
  RotateCcw,
  Route,
  UserPlus,
} from "lucide-react";
import { useCallback, useState, useSyncExternalStore } from "react";
import { useNow } from "../clock.ts";
import { keyFor } from "../keys/keys.tsx";
import { useMe } from "../me.ts";
import { useNamed } from "../names.ts";
import type { Actions } from "./actions.ts";
import { scopeOf } from "./conversation-data.ts";
import { Due, DueAnnouncer } from "./due.tsx";

const WAITS = ["queued", "offered"];

interface Props {
  conversation: Conversation;
  view: View;
  actions: Actions;
  onSnooze: () => void;
  onTransfer: () => void;
  onWhy: () => void;
  onCallback: () => void;
  onAskIn: () => void;
  panelOpen: boolean;
  onPanel: () => void;
}

export function Head({
  conversation,
  view,
  actions,
  onSnooze,
  onTransfer,
  onWhy,
  onCallback,
  onAskIn,
  panelOpen,
  onPanel,
}: Props) {
  const t = useT();
  const { permissions } = useMe();
  const { contact, number, status, priority, can } = conversation;
  const named = useNamed();
  const resolved = status === "resolved";
  const narrow = useNarrow();
  const more: Action[] = [
    ...(can.includes("resolve") && status === "open"
      ? [{ id: "pending", icon: Hourglass, label: t("desk.pending"), run: actions.pend }]
      : []),
    ...(narrow && can.includes("snooze")
      ? [{ id: "snooze", icon: AlarmClock, label: t("desk.snooze"), run: onSnooze }]
      : []),
    ...(narrow && can.includes("transfer")
      ? [{ id: "transfer", icon: ArrowRightLeft, label: t("desk.transfer"), run: onTransfer }]
      : []),
    ...(WAITS.includes(conversation.state) && permissions.includes("conversations.reply")
      ? [{ id: "callback", icon: PhoneForwarded, label: t("desk.call_back"), run: onCallback }]
      : []),
    ...(conversation.state === "active" && can.includes("transfer")
      ? [{ id: "ask_in", icon: UserPlus, label: t("desk.ask_in"), run: onAskIn }]
      : []),
    ...[3, 2, 1, 0].map((level, index) => ({
      id: `priority-${level}`,
      icon: Flag,
      label: t("desk.priority", { level: t(`desk.priority_${level}`) }),
      choice: t("desk.priority_choice"),
      selected: priority === level,
      divided: index === 0,
      run: () => actions.change({ priority: level }),
    })),
    ...(permissions.includes("conversations.reply")
      ? [{ id: "why", icon: Route, label: t("desk.why_place"), divided: true, run: onWhy }]
      : []),
    {
      id: "copy",
      icon: Copy,
      label: t("desk.copy_number"),
      divided: true,
      run: () => void navigator.clipboard.writeText(number).then(() => toast(t("common.copied"))),
    },
    {
      id: "spam",
      icon: OctagonX,
      label: t(conversation.spam ? "desk.not_spam" : "desk.mark_spam"),
      danger: !conversation.spam,
      run: () => actions.change({ spam: !conversation.spam }),
    },
  ];
  return (
    <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line bg-surface px-2 md:gap-3 md:px-4">
      <Link
        to="/conversations"
        search={{ view }}
        aria-label={t("common.back")}
        className="grid size-9 shrink-0 place-items-center rounded-lg text-ink-2 md:hidden"
      >
        <ChevronLeft size={20} aria-hidden="true" className="icon-flip" />
      </Link>
      <Avatar name={contact.name} />
      <div className="min-w-0 grow">
        <h1 dir="auto" className="bidi-line truncate text-[15px] leading-5 font-semibold">
          {contact.name}
        </h1>
        <div className="flex items-center gap-2 overflow-hidden text-xs whitespace-nowrap text-ink-2">
          <Standing conversation={conversation} />
          <Ltr>{number}</Ltr>
          {conversation.queue && (
            <>
              <span className="text-ink-3" aria-hidden="true">
                ·
              </span>
              <span dir="auto" className="truncate">
                {named(conversation.queue.names)}
              </span>
            </>
          )}
          <AlsoHere id={conversation.id} />
        </div>
      </div>
      <DueAnnouncer dueAt={conversation.due_at} name={contact.name} />
      <div className="flex shrink-0 items-center gap-1">
        {can.includes("snooze") && (
          <IconButton
            icon={AlarmClock}
            label={t("desk.snooze")}
            kbd={keyFor("snooze")}
            onPress={onSnooze}
            className="hidden sm:grid"
          />
        )}
        {can.includes("transfer") && (
          <IconButton
            icon={ArrowRightLeft}
            label={t("desk.transfer")}
            onPress={onTransfer}
            className="hidden sm:grid"
          />
        )}
        <IconButton
          icon={PanelRight}
          flip
          label={t(panelOpen ? "desk.hide_contact" : "desk.show_contact")}
          isSelected={panelOpen}
          onPress={onPanel}
        />
        <MenuButton
          label={t("desk.more_actions")}
          actions={more}
          trigger={<IconButton icon={Ellipsis} label={t("desk.more_actions")} />}
        />
        {can.includes("pick") ? (
          <Button
            kind="primary"
            icon={Hand}
            isPending={actions.picking}
            onPress={actions.pick}
            className="ms-1"
          >
            {t("desk.pick")}
          </Button>
        ) : resolved ? (
          <Button icon={RotateCcw} onPress={actions.reopen} className="ms-1">
            {t("desk.reopen")}
          </Button>
        ) : (
          can.includes("resolve") && (
            <Button
              kind="primary"
              icon={Check}
              isPending={actions.resolving}
              onPress={() => actions.resolve()}
              className="ms-1"
            >
              <span className="sr-only sm:not-sr-only">{t("desk.resolve")}</span>
            </Button>
          )
        )}
      </div>
    </header>
  );
}

const NARROW = matchMedia("(max-width: 639px)");

/** On a phone what has no room in the head stands in the menu. */
const useNarrow = () =>
  useSyncExternalStore(
    (changed) => {
      NARROW.addEventListener("change", changed);
      return () => NARROW.removeEventListener("change", changed);
    },
    () => NARROW.matches,
  );

/** How the conversation stands when it is not simply open, and the clock while a reply is due
 * (which runs on while it is snoozed). */
function Standing({ conversation }: { conversation: Conversation }) {
  const t = useT();
  const format = useFormat();
  const now = useNow("minute");
  const { due_at, due_warn_at, status, snoozed_until } = conversation;
  const dot = (
    <span className="text-ink-3" aria-hidden="true">
      ·
    </span>
  );
  return (
    <>
      {status !== "open" && (
        <>
          <span className="shrink-0 font-medium">
            {status === "snoozed" && snoozed_until
              ? t("desk.snoozed_until", { time: format.dateTime(snoozed_until, now) })
              : t(`desk.status_${status}`)}
          </span>
          {dot}
        </>
      )}
      {due_at && (
        <>
          <Due dueAt={due_at} warnAt={due_warn_at} />
          {dot}
        </>
      )}
    </>
  );
}

/** Colleagues who look at the same conversation now. */
function AlsoHere({ id }: { id: string }) {
  const t = useT();
  const format = useFormat();
  const { user } = useMe();
  const [others, setOthers] = useState<{ id: string; name: string }[]>([]);
  usePassing(
    useCallback(
      (frame: Passing) => {
        if (frame.t === "viewing" && frame.scope === scopeOf(id))
          setOthers(frame.users.filter((other) => other.id !== user.id));
      },
      [id, user.id],
    ),
  );
  if (!others.length) return null;
  const names = format.list(others.map((other) => isolate(other.name)));
  return (
    <span
      className="ms-1 flex items-center gap-1"
      role="img"
      aria-label={t("desk.also_here", { names, n: others.length })}
    >
      {others.slice(0, 3).map((other) => (
        <span key={other.id} title={ltr(other.name)}>
          <Avatar name={other.name} size={18} />
        </span>
      ))}
    </span>
  );
}
