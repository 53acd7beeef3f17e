import { Link } from "@tanstack/react-router";
import type { ConversationRow, View } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { Avatar, CountBadge } from "@wasl/ui";
import { clsx } from "clsx";
import { AlarmClock, AtSign, Check, Ellipsis, Flag, Paperclip } from "lucide-react";
import { memo } from "react";
import { useNow } from "../../clock.ts";
import { useMentioned } from "../../mentions.tsx";
import { useChannelName } from "../../names.ts";
import { Due } from "../due.tsx";
import { Swipe } from "./swipe.tsx";

/** What can be done with a row without opening it. */
export interface RowVerbs {
  resolve: (row: ConversationRow) => void;
  snooze: (row: ConversationRow) => void;
  menu: (row: ConversationRow, anchor: Element) => void;
}

function usePreview(row: ConversationRow): string {
  const t = useT();
  const { text, kind, direction, attachments } = row.preview;
  const said =
    text || (attachments ? t("desk.attachments", { n: attachments }) : row.subject || "");
  if (kind === "note") return t("desk.note_preview", { text: isolate(said) });
  return direction === "out" ? t("desk.you_said", { text: isolate(said) }) : said;
}

export const ListRow = memo(function ListRow({
  row,
  view,
  selected,
  verbs,
}: {
  row: ConversationRow;
  view: View;
  selected: boolean;
  /** null when they are not the reader's. */
  verbs: RowVerbs | null;
}) {
  const t = useT();
  const format = useFormat();
  const channelName = useChannelName();
  const now = useNow("minute");
  const preview = usePreview(row);
  const mentioned = useMentioned(row.id);
  const link = (
    <Link
      to="/conversations/$id"
      params={{ id: row.id }}
      search={{ view }}
      data-row={row.id}
      data-selected={selected || undefined}
      aria-current={selected ? "true" : undefined}
      className={clsx(
        "relative flex h-19 gap-3 border-b border-line/60 px-4 py-2.5 outline-offset-[-2px]",
        selected ? "bg-accent-soft" : "hover:bg-raised",
      )}
    >
      {selected && <span className="absolute inset-y-0 start-0 w-[3px] rounded-e bg-accent" />}
      <Avatar name={row.contact.name} channel={row.channel.kind} />
      <div className="min-w-0 grow leading-[1.43]">
        <div className="flex items-baseline gap-2">
          <p
            dir="auto"
            className={clsx(
              "bidi-line min-w-0 grow truncate",
              row.unread ? "font-semibold" : "font-medium",
            )}
          >
            {row.contact.name}
          </p>
          <time dateTime={row.last_message_at} className="num shrink-0 text-xs text-ink-3">
            {format.age(row.last_message_at, now)}
          </time>
        </div>
        <div className="flex items-center gap-2">
          {row.preview.attachments > 0 && row.preview.text && (
            <Paperclip size={12} aria-hidden="true" className="shrink-0 text-ink-3" />
          )}
          <p
            dir="auto"
            className={clsx(
              "bidi-line min-w-0 grow truncate text-[13px]",
              row.unread ? "text-ink" : "text-ink-2",
            )}
          >
            {preview}
          </p>
          {mentioned && (
            <AtSign
              size={14}
              role="img"
              aria-label={t("desk.mentions_you")}
              className="shrink-0 text-accent-text"
            />
          )}
          {row.unread > 0 && (
            <>
              <CountBadge>{format.number(row.unread)}</CountBadge>
              <span className="sr-only">{t("desk.unread", { n: row.unread })}</span>
            </>
          )}
        </div>
        <div className="flex items-center gap-2 text-2xs text-ink-3">
          <span className="truncate">{channelName(row.channel.kind)}</span>
          {row.priority > 1 && (
            <span className="flex items-center gap-1 text-ink-2">
              <Flag size={11} aria-hidden="true" />
              {t(`desk.priority_${row.priority}`)}
            </span>
          )}
          {row.status === "snoozed" && row.snoozed_until ? (
            <span className="flex items-center gap-1 truncate">
              <AlarmClock size={11} aria-hidden="true" />
              {format.dateTime(row.snoozed_until, now)}
            </span>
          ) : (
            row.status !== "open" && <span>{t(`desk.status_${row.status}`)}</span>
          )}
          {row.due_at && <Due dueAt={row.due_at} warnAt={row.due_warn_at} short />}
        </div>
      </div>
    </Link>
  );
  return (
    <li className="group/row relative [contain-intrinsic-size:auto_76px] [content-visibility:auto]">
      {verbs ? (
        <>
          <Swipe
            actions={[
              {
                id: "snooze",
                label: t("desk.snooze"),
                icon: AlarmClock,
                run: () => verbs.snooze(row),
              },
              {
                id: "resolve",
                label: t("desk.resolve"),
                icon: Check,
                run: () => verbs.resolve(row),
              },
            ]}
          >
            {link}
          </Swipe>
          <button
            type="button"
            aria-haspopup="menu"
            aria-label={t("desk.row_actions", { name: isolate(row.contact.name) })}
            onClick={(event) => verbs.menu(row, event.currentTarget)}
            className={clsx(
              "absolute end-2 bottom-1 grid size-6 place-items-center rounded-md bg-raised text-ink-2",
              "opacity-0 group-hover/row:opacity-100 hover:text-ink focus-visible:opacity-100 pointer-coarse:pointer-events-none",
            )}
          >
            <Ellipsis size={15} aria-hidden="true" />
          </button>
        </>
      ) : (
        link
      )}
    </li>
  );
});
