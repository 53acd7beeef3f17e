import { useState } from "preact/hooks";
import { t } from "../i18n";
import { Avatar } from "../parts/Avatar";
import { Composer } from "../parts/Composer";
import { Credit } from "../parts/Credit";
import { extras, fetchExtras, type OpenSheet } from "../parts/extras";
import { Header } from "../parts/Header";
import { Icon } from "../parts/Icon";
import { LostBanner } from "../parts/LostBanner";
import type { Chat } from "../state/chat";
import { refused } from "../state/outbox";
import type { Uploads } from "../state/uploads";
import { Thread } from "./Thread";

export function ConversationView({ chat, uploads }: { chat: Chat; uploads: Uploads }) {
  const [sheet, setSheet] = useState<Parameters<OpenSheet>[0] | null>(null);
  const [missing, setMissing] = useState(false);
  const [dragging, setDragging] = useState(false);
  const config = chat.config.value;
  const conversation = chat.conversation.value;
  const team = t("team", { name: config?.name ?? "" });
  const agent = chat.resolved.value ? null : conversation?.agent?.name;
  const lost = chat.link.value.state === "lost" && chat.entered.value;
  const subtitle = () => {
    if (lost) return t("reconnecting");
    if (chat.resolved.value) return t("ended");
    if (agent) return team;
    if (chat.waiting.value) return t("waiting_short");
    // nobody is asked for yet: whichever flow speaks
    const flow = chat.timeline.value.messages.findLast((m) => m.author.kind === "flow")?.author
      .name;
    if (flow) return flow;
    if (config?.online)
      return t(config.expected_reply.code === "minutes" ? "online_minutes" : "online_hours");
    return t(config?.by_mail ? "away" : "away_no_mail");
  };
  const Sheet = sheet && extras.value?.[sheet];
  const open: OpenSheet = (name) => {
    setSheet(name);
    setMissing(false);
    fetchExtras().catch(() => {
      setSheet(null);
      setMissing(true);
    });
  };
  return (
    <>
      <Header
        chat={chat}
        title={agent ?? team}
        subtitle={subtitle()}
        {...(lost ? { tone: "warn" as const } : {})}
        avatar={<Avatar name={agent ?? config?.name ?? ""} present={Boolean(agent) && !lost} />}
        onBack={() => (chat.view.value = "home")}
      />
      <main
        class={dragging ? "chat dragging" : "chat"}
        data-drop={t("drop_here")}
        onDragOver={(event) => {
          event.preventDefault();
          setDragging(true);
        }}
        onDragLeave={() => setDragging(false)}
        onDrop={(event) => {
          event.preventDefault();
          setDragging(false);
          uploads.add(event.dataTransfer?.files ?? []);
        }}
      >
        {lost && <LostBanner chat={chat} />}
        <Thread chat={chat} open={open} />
        <Chips chat={chat} />
        <NotSent chat={chat} />
        {missing && (
          <p class="banner bad" role="alert">
            {t("error_generic")}
          </p>
        )}
        <Composer chat={chat} uploads={uploads} />
        {config?.by_mail && conversation && !chat.resolved.value && !chat.waiting.value && (
          <button type="button" class="link other-way" onClick={() => open("EmailSheet")}>
            <Icon name="mail" size={14} /> {t("go_on_by_email")}
          </button>
        )}
      </main>
      <Credit />
      {Sheet && <Sheet chat={chat} onClose={() => setSheet(null)} />}
    </>
  );
}

/** Answers that we suggest; gone once the visitor has answered. */
function Chips({ chat }: { chat: Chat }) {
  const last = chat.timeline.value.messages.at(-1);
  const offered =
    last?.direction === "out" && !last.deleted_at && !chat.sending.items.value.length
      ? last.quick_replies
      : [];
  if (!offered.length) return null;
  return (
    <fieldset class="chips" aria-label={t("quick_replies")}>
      {offered.map((text) => (
        <button type="button" class="chip" key={text} dir="auto" onClick={() => chat.send(text)}>
          {text}
        </button>
      ))}
    </fieldset>
  );
}

function NotSent({ chat }: { chat: Chat }) {
  const n = refused(chat.sending.items.value).length;
  if (!n) return null;
  return (
    <div class="banner bad" role="alert">
      <Icon name="alert" size={18} />
      <p class="grow">{t("not_sent_all", { n })}</p>
      <button type="button" class="link" onClick={() => chat.sending.retryAll()}>
        <Icon name="retry" size={16} /> {t("retry_all")}
      </button>
    </div>
  );
}
