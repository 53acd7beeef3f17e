import { number, size, t, time } from "../i18n";
import type { Attachment, ClientMessage } from "../net/types";
import type { Chat } from "../state/chat";
import type { Pending } from "../state/outbox";
import { pairs } from "../state/pairs";
import { progress } from "../state/timeline";
import { Avatar } from "./Avatar";
import { Icon } from "./Icon";
import { refusalText } from "./problem";
import { Text } from "./Text";

export function Bubble({
  chat,
  message,
  last,
}: {
  chat: Chat;
  message: ClientMessage;
  last: boolean;
}) {
  const mine = message.direction === "in";
  const name = message.author.name || t("somebody");
  const pair = pairs.value[message.id];
  return (
    <div class={mine ? "line mine" : "line theirs"}>
      {!mine && (last ? <Avatar name={name} size={28} /> : <span class="avatar-gap" />)}
      <div class={pair ? "bubble paired" : "bubble"} data-pair={pair && number(pair)}>
        <span class="hidden">{mine ? t("you") : name}: </span>
        {message.deleted_at ? (
          <p class="text quiet">{t("deleted")}</p>
        ) : (
          <>
            {message.subject && (
              <p class="subject" dir="auto">
                <Icon name="mail" size={14} /> {message.subject}
              </p>
            )}
            <Files chat={chat} files={message.attachments} />
            {message.text && <Text text={message.text} />}
          </>
        )}
        <p class="when">
          {message.edited_at && !message.deleted_at && <span>{t("edited")}</span>}
          <time dateTime={message.created_at}>{time(message.created_at)}</time>
          {mine && !message.deleted_at && <Ticks chat={chat} message={message} />}
        </p>
      </div>
    </div>
  );
}

function Ticks({ chat, message }: { chat: Chat; message: ClientMessage }) {
  const state = progress(message, chat.conversation.value?.agent_read_seq ?? 0);
  return (
    <span class={`ticks ${state}`} title={t(`state_${state}`)}>
      <Icon name={state === "sent" ? "check" : "checks"} size={14} />
      <span class="hidden">{t(`state_${state}`)}</span>
    </span>
  );
}

export function PendingBubble({ chat, item }: { chat: Chat; item: Pending }) {
  return (
    <div class="line mine">
      <div class="stack-end">
        <div class={item.refused ? "bubble refused" : "bubble waiting"}>
          <span class="hidden">{t("you")}: </span>
          <Files chat={chat} files={item.attachments} />
          {item.text && <Text text={item.text} />}
          {!item.refused && (
            <p class="when">
              <Icon name="clock" size={14} /> {t("state_waiting")}
            </p>
          )}
        </div>
        {item.refused && (
          <p class="refusal">
            <Icon name="alert" size={14} />
            <span>
              {t("not_sent")} {refusalText(item.refused)}
            </span>
            <button type="button" class="link" onClick={() => chat.sending.retry(item.client_id)}>
              {t("try_again")}
            </button>
            <button
              type="button"
              class="link quiet"
              onClick={() => chat.sending.discard(item.client_id)}
            >
              {t("delete")}
            </button>
          </p>
        )}
      </div>
    </div>
  );
}

const PICTURES = /^image\/(png|jpeg|gif|webp|avif)$/;

function Files({ chat, files }: { chat: Chat; files: Attachment[] }) {
  return files.map((file) => {
    const picture = PICTURES.test(file.content_type);
    const href = chat.api.attachmentUrl(file.id, picture);
    if (file.state === "ready" && picture) {
      return (
        <a
          class="picture"
          key={file.id}
          href={href}
          target="_blank"
          rel="noopener noreferrer"
          aria-label={t("open_picture", { name: file.name })}
        >
          <img
            src={href}
            alt={file.name}
            loading="lazy"
            width={file.width ?? undefined}
            height={file.height ?? undefined}
          />
        </a>
      );
    }
    const inside = (
      <>
        <span class="tile">
          <Icon name="file" />
        </span>
        <span class="grow">
          <bdi dir="ltr" class="clip strong">
            {file.name}
          </bdi>
          <span class="meta">{size(file.size)}</span>
        </span>
      </>
    );
    return file.state === "ready" ? (
      <a class="file" key={file.id} href={href} download={file.name} rel="noopener">
        {inside}
        <Icon name="download" size={18} />
        <span class="hidden">{t("download")}</span>
      </a>
    ) : (
      <span class="file" key={file.id}>
        {inside}
      </span>
    );
  });
}
