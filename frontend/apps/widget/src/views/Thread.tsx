import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { day, t, time } from "../i18n";
import { Avatar } from "../parts/Avatar";
import { Bubble, PendingBubble } from "../parts/Bubble";
import { extras, fetchExtras, type OpenSheet } from "../parts/extras";
import { Icon } from "../parts/Icon";
import type { Chat } from "../state/chat";
import { type Row, rowsOf } from "./rows";
import { waitText } from "./wait";

const NEAR_END_PX = 80;

/** The messages. It stays at its end unless the visitor reads further up. */
export function Thread({ chat, open }: { chat: Chat; open: OpenSheet }) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const height = useRef(0);
  const [below, setBelow] = useState(false);
  const { messages, older } = chat.timeline.value;
  const notices = chat.notices.value;
  const outbox = chat.sending.items.value;
  const link = chat.link.value;
  const lostSince = link.state === "lost" ? link.since : null;
  const rows = useMemo(
    () => rowsOf(messages, notices, outbox, lostSince),
    [messages, notices, outbox, lostSince],
  );
  const first = messages[0]?.id;
  const firstBefore = useRef(first);
  const rowsBefore = useRef(rows);

  useLayoutEffect(() => {
    const { current } = box;
    if (!current) return;
    if (firstBefore.current !== first && !atEnd.current)
      current.scrollTop += current.scrollHeight - height.current;
    else if (atEnd.current) current.scrollTop = current.scrollHeight;
    else if (rows !== rowsBefore.current) setBelow(true);
    rowsBefore.current = rows;
    firstBefore.current = first;
    height.current = current.scrollHeight;
  });

  useEffect(() => {
    const { current } = box;
    if (!current) return;
    // A picture that arrives or a keyboard that opens moves the end.
    const watch = new ResizeObserver(() => {
      if (atEnd.current) current.scrollTop = current.scrollHeight;
    });
    watch.observe(current);
    if (current.firstElementChild) watch.observe(current.firstElementChild);
    return () => watch.disconnect();
  }, []);

  function toEnd() {
    atEnd.current = true;
    setBelow(false);
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }

  return (
    <div class="thread-place">
      <div
        class="thread"
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
        tabIndex={0}
        role="log"
        aria-label={t("conversation")}
        onScroll={(event) => {
          const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
          atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
          if (atEnd.current) setBelow(false);
        }}
      >
        <div class="thread-in">
          {older && (
            <button
              type="button"
              class="link centre"
              disabled={chat.loadingOlder.value}
              onClick={() => void chat.loadOlder()}
            >
              {t(chat.loadingOlder.value ? "loading" : "earlier")}
            </button>
          )}
          {rows.length === 0 && <p class="centre quiet first">{t("first_line")}</p>}
          {rows.map((row) => (
            <Line key={row.key} chat={chat} row={row} />
          ))}
          {lostSince !== null && outbox.length > 0 && <p class="centre quiet meta">{t("kept")}</p>}
          {chat.waiting.value && messages.length > 0 && <WaitCard chat={chat} open={open} />}
          {chat.resolved.value && (
            <div class="ended">
              <p class="divider">
                <span>{t("resolved_line")}</span>
              </p>
              <p class="meta centre">{t("resolved_hint")}</p>
            </div>
          )}
          <Typing chat={chat} />
        </div>
      </div>
      {below && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon name="down" size={16} /> {t("new_messages")}
        </button>
      )}
    </div>
  );
}

function Line({ chat, row }: { chat: Chat; row: Row }) {
  switch (row.kind) {
    case "day":
      return (
        <p class="divider">
          <span>{day(row.at)}</span>
        </p>
      );
    case "channel":
      return (
        <p class="divider strong-divider">
          <span>
            <Icon name={CHANNELS[row.channel]?.icon ?? "globe"} size={14} />{" "}
            {t(CHANNELS[row.channel]?.words ?? "by_other")}
          </span>
        </p>
      );
    case "notice":
      return row.notice.kind === "joined" ? (
        <p class="divider">
          <span>{t("joined", { name: row.notice.name })}</span>
        </p>
      ) : (
        <Moved email={row.notice.email} />
      );
    case "message":
      return <Bubble chat={chat} message={row.message} last={row.last} />;
    case "lost":
      return (
        <p class="divider warn">
          <span>{t("lost_since", { time: time(row.since) })}</span>
        </p>
      );
    case "pending":
      return <PendingBubble chat={chat} item={row.item} />;
  }
}

const CHANNELS: Record<string, { icon: "mail" | "chat"; words: "by_email" | "by_chat" }> = {
  email: { icon: "mail", words: "by_email" },
  web_chat: { icon: "chat", words: "by_chat" },
};

function Moved({ email }: { email: string }) {
  const [before, after] = t("moved", { email: "\0" }).split("\0");
  return (
    <div class="moved">
      <p class="divider strong-divider">
        <span>
          <Icon name="mail" size={14} /> {before}
          <bdi dir="ltr">{email}</bdi>
          {after}
        </span>
      </p>
      <p class="meta centre">{t("moved_hint")}</p>
    </div>
  );
}

/** What the visitor waits for. The keyboard stands on it when a button of it has gone. */
function WaitCard({ chat, open }: { chat: Chat; open: OpenSheet }) {
  const { place, callback } = chat.conversation.value ?? {};
  const moved = chat.notices.value.some((notice) => notice.kind === "moved");
  const Agreed = extras.value?.Agreed;
  useEffect(() => {
    // What could not be fetched is tried again with the next word about the conversation.
    if (callback) fetchExtras().catch(() => {});
  }, [callback]);
  if (callback ? !Agreed : moved) return null;
  return (
    <section class="card wait" id="wait" tabIndex={-1} aria-label={t("waiting_short")}>
      <span class="big">
        <Icon name={callback ? "phone" : "hourglass"} size={28} />
      </span>
      {callback && Agreed ? (
        <Agreed chat={chat} callback={callback} onChange={() => open("CallbackSheet")} />
      ) : (
        <>
          <h2>{waitText(chat)}</h2>
          <p class="quiet meta">{t("wait_hint")}</p>
          {chat.config.value?.by_mail && (
            <button type="button" class="button wide" onClick={() => open("EmailSheet")}>
              <Icon name="mail" size={18} /> {t("email_me")}
            </button>
          )}
          {chat.config.value?.callbacks && place && (
            <button type="button" class="link" onClick={() => open("CallbackSheet")}>
              <Icon name="phone" size={16} /> {t("call_me")}
            </button>
          )}
        </>
      )}
    </section>
  );
}

function Typing({ chat }: { chat: Chat }) {
  const name = chat.typing.by.value;
  if (name === null) return null;
  const who = name || chat.conversation.value?.agent?.name || t("somebody");
  return (
    <div class="line theirs" aria-hidden="true">
      <Avatar name={who} size={28} />
      <span class="bubble dots">
        <i />
        <i />
        <i />
      </span>
      <span class="meta">{t("is_typing", { name: who })}</span>
    </div>
  );
}
