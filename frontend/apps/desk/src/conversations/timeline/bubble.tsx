import type { Message } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { Avatar, Bidi } from "@wasl/ui";
import { clsx } from "clsx";
import { Bot, MessageSquareLock, StickyNote } from "lucide-react";
import { Attachments } from "./attachments.tsx";
import { DeliveryFailure, DeliveryMark } from "./delivery.tsx";
import { usePair } from "./pairs.ts";

const hasFailed = (m: Message) => m.state === "failed" || m.state === "unknown";

function Meta({ message }: { message: Message }) {
  const t = useT();
  const format = useFormat();
  return (
    <span className="float-end ms-2.5 mt-[3px] flex items-center gap-1 text-2xs whitespace-nowrap text-ink-2">
      {message.edited_at && <span>{t("desk.edited")}</span>}
      <time dateTime={message.created_at} className="num">
        {format.time(message.created_at)}
      </time>
      {message.direction === "out" && message.state && <DeliveryMark state={message.state} />}
    </span>
  );
}

interface Props {
  message: Message;
  conversation: string;
  first: boolean;
  last: boolean;
}

/** One chat message. Consecutive ones of a sender share one avatar, at the last of them. */
export function Bubble({ message, conversation, first, last }: Props) {
  const t = useT();
  const format = useFormat();
  const pair = usePair(message.id);
  const mine = message.direction === "out";
  const name = message.author.name ?? t("common.someone");
  return (
    <div
      className={clsx(
        "flex max-w-[85%] flex-col",
        mine ? "items-end self-end" : "items-start",
        !first && "-mt-1",
      )}
    >
      <div className={clsx("flex max-w-full items-end gap-2", mine && "flex-row-reverse")}>
        {last ? <Avatar name={name} size={28} /> : <span className="w-7 shrink-0" />}
        <div className="flex min-w-0 flex-col gap-1.5">
          <span className="sr-only">{name}:</span>
          {message.author.kind === "flow" && first && (
            <span
              className={clsx("flex items-center gap-1 text-2xs text-ink-2", mine && "justify-end")}
            >
              <Bot size={12} aria-hidden="true" />
              <bdi>{message.author.name || t("desk.flow")}</bdi>
            </span>
          )}
          {message.deleted_at ? (
            <p className="rounded-2xl border border-dashed border-line-strong px-3.5 py-1.5 text-[13px] text-ink-2 italic">
              {t("desk.deleted")}
            </p>
          ) : (
            <>
              {(message.text || !message.attachments.length) && (
                <div
                  className={clsx(
                    "rounded-2xl px-3.5 py-1.5",
                    mine ? "rounded-ee-md bg-mine" : "rounded-es-md border border-line bg-theirs",
                    hasFailed(message) && "border border-bad/60",
                    pair && "relative outline-2 outline-offset-2 outline-accent",
                  )}
                >
                  {pair && (
                    <span className="num absolute -start-2.5 -top-2.5 grid h-5 min-w-5 place-items-center rounded-full bg-accent px-1 text-2xs font-semibold text-accent-ink">
                      {format.number(pair)}
                    </span>
                  )}
                  {/* The time stands at the end of the last line, or below it. */}
                  <p dir="auto" className="wrap-anywhere flow-root whitespace-pre-wrap">
                    <Bidi>{message.text}</Bidi>
                    <Meta message={message} />
                  </p>
                </div>
              )}
              <Attachments items={message.attachments} className={clsx(mine && "items-end")} />
              {!message.text && message.attachments.length > 0 && <Meta message={message} />}
              {message.quick_replies.length > 0 && (
                <ul className="flex flex-wrap justify-end gap-1">
                  {message.quick_replies.map((reply) => (
                    <li
                      key={reply}
                      dir="auto"
                      className="rounded-full border border-line bg-surface px-2.5 text-xs text-ink-2"
                    >
                      {reply}
                    </li>
                  ))}
                </ul>
              )}
            </>
          )}
        </div>
      </div>
      {hasFailed(message) && !message.deleted_at && (
        <DeliveryFailure message={message} conversation={conversation} />
      )}
    </div>
  );
}

/** Amber paper: seen by colleagues only. */
export function Note({ message }: { message: Message }) {
  const t = useT();
  const format = useFormat();
  const whispered = message.attributes.whisper === true;
  const Icon = whispered ? MessageSquareLock : StickyNote;
  return (
    <article
      id={message.id}
      className="rounded-xl border border-note-line bg-note px-3.5 py-2 target:ring-2 target:ring-(--ring)"
    >
      <div className="flex items-baseline gap-2">
        <Icon size={14} aria-hidden="true" className="shrink-0 translate-y-0.5" />
        <div dir="auto" className="wrap-anywhere min-w-0 grow text-[13px] whitespace-pre-wrap">
          <b className="font-medium">
            {t(whispered ? "desk.whisper" : "desk.note")} · <bdi>{message.author.name}</bdi>:{" "}
          </b>
          <bdi>
            <Bidi>{message.text}</Bidi>
          </bdi>
        </div>
        <time dateTime={message.created_at} className="num shrink-0 text-2xs text-ink-2">
          {format.time(message.created_at)}
        </time>
      </div>
      <Attachments items={message.attachments} className="mt-2" />
    </article>
  );
}
