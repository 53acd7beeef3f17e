import { number, pick, t, time } from "../i18n";
import { Avatar } from "../parts/Avatar";
import { Credit } from "../parts/Credit";
import { MinimiseButton } from "../parts/Header";
import { Icon } from "../parts/Icon";
import type { Chat } from "../state/chat";

export function Home({ chat }: { chat: Chat }) {
  const config = chat.config.value;
  if (!config) return null;
  const conversation = chat.conversation.value;
  const name = chat.contact.value?.name?.trim().split(/\s+/)[0];
  const greeting = pick(config.greeting);
  const open = conversation && !chat.resolved.value;
  const away = config.by_mail ? "away" : "away_no_mail";
  const state = config.online
    ? config.expected_reply.code === "minutes"
      ? "online_minutes"
      : "online_hours"
    : away;
  const byMail = !config.online && !open && config.by_mail;
  return (
    <>
      <main class="home">
        <div class="hero">
          <div class="row">
            <span class="brand" aria-hidden="true">
              {[...config.name][0]}
            </span>
            <p class="grow clip strong" dir="auto">
              {config.name}
            </p>
            <MinimiseButton chat={chat} icon="close" />
          </div>
          <h1>{name ? t("hello_name", { name }) : greeting || t("hello")}</h1>
        </div>
        <div class="stack">
          <section class="card lifted">
            {conversation && <LastConversation chat={chat} />}
            <div class="pad">
              <button
                type="button"
                class="button primary wide"
                data-autofocus
                onClick={() => chat.start()}
              >
                <Icon name={byMail ? "mail" : "send"} size={18} />
                {t(
                  open
                    ? "continue_chat"
                    : byMail
                      ? "leave_message"
                      : conversation
                        ? "start_new_chat"
                        : "start_chat",
                )}
              </button>
              <p class="meta centre status">
                {config.online ? <span class="dot" /> : <Icon name="moon" size={14} />} {t(state)}
              </p>
            </div>
          </section>
          {!open && config.quick_start.length > 0 && (
            <section class="card" aria-labelledby="quick">
              <h2 class="list-title" id="quick">
                {t("quick_start")}
              </h2>
              <ul class="rows">
                {config.quick_start.map(({ text }) => (
                  <li key={pick(text)}>
                    <button type="button" onClick={() => chat.start(pick(text))}>
                      <span class="grow" dir="auto">
                        {pick(text)}
                      </span>
                      <Icon name="next" size={18} />
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
      </main>
      <Credit />
    </>
  );
}

function LastConversation({ chat }: { chat: Chat }) {
  const last = chat.timeline.value.messages.at(-1);
  const agent = chat.conversation.value?.agent?.name;
  const title = agent ?? t("team", { name: chat.config.value?.name ?? "" });
  const unread = chat.unread.value;
  const text = last?.deleted_at
    ? t("deleted")
    : last?.text || (last?.attachments.length ? t("attachment") : "");
  return (
    <button type="button" class="last" onClick={() => (chat.view.value = "chat")}>
      <Avatar
        name={agent ?? chat.config.value?.name ?? ""}
        size={40}
        present={Boolean(agent && !chat.resolved.value)}
      />
      <span class="grow">
        <span class="row">
          <span class="strong clip grow" dir="auto">
            {title}
          </span>
          {last && <time class="meta">{time(last.created_at)}</time>}
        </span>
        <span class="row">
          <span class="meta clip grow" dir="auto">
            {last?.direction === "in" ? t("you_said", { text }) : text}
          </span>
          {unread > 0 && (
            <span class="count">
              <span aria-hidden="true">{number(unread)}</span>
              <span class="hidden">{t("unread", { n: unread })}</span>
            </span>
          )}
        </span>
      </span>
    </button>
  );
}
