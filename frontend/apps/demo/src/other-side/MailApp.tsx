import { day, number, size, time } from "@wasl/widget/src/i18n";
import { Avatar } from "@wasl/widget/src/parts/Avatar";
import { Icon } from "@wasl/widget/src/parts/Icon";
import { Text } from "@wasl/widget/src/parts/Text";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { Demo, Shopper } from "../shared/demo";
import { say } from "../shared/language";
import { Compose, type Draft } from "./Compose";
import {
  addressOf,
  fetchMails,
  type Mail,
  nameOf,
  replySubject,
  splitQuote,
  type Thread,
  threadsOf,
  watchMail,
} from "./mail";
import { words } from "./words";

type Screen =
  | { at: "list" }
  | { at: "thread"; key: string }
  | { at: "compose"; draft: Draft; back: Screen };

interface Props {
  demo: Demo;
  who: Shopper;
  onUnread: (count: number) => void;
}

/** The time today, else the day. */
const when = (iso: string) =>
  new Date(iso).toDateString() === new Date().toDateString() ? time(iso) : day(iso);

const readKey = (who: string) => `wasl.demo.read.${who}`;

/** The ids of the mails that this contact has opened. */
function loadRead(who: string): ReadonlySet<string> {
  try {
    return new Set(JSON.parse(localStorage.getItem(readKey(who)) ?? "[]") as string[]);
  } catch {
    return new Set();
  }
}

/** A small mail program of the demo contact. What it sends is real mail. */
export function MailApp({ demo, who, onUnread }: Props) {
  const [mails, setMails] = useState<Mail[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [screen, setScreen] = useState<Screen>({ at: "list" });
  const [read, setRead] = useState(() => loadRead(who.id));
  const threads = useMemo(() => threadsOf(mails ?? []), [mails]);

  const load = useCallback(
    () =>
      fetchMails(who.id).then(
        (items) => {
          setMails(items);
          setFailed(false);
        },
        () => setFailed(true),
      ),
    [who.id],
  );

  useEffect(() => {
    void load();
    return watchMail(who.id, () => void load());
  }, [who.id, load]);

  const isUnread = (mail: Mail) => mail.folder === "inbox" && !read.has(mail.id);
  const unread = (mails ?? []).filter(isUnread).length;
  useEffect(() => onUnread(unread), [unread, onUnread]);

  const thread = screen.at === "thread" ? threads.find((one) => one.key === screen.key) : undefined;
  useEffect(() => {
    const news = thread?.mails.filter((mail) => mail.folder === "inbox" && !read.has(mail.id));
    if (!news?.length) return;
    const now = new Set([...read, ...news.map((mail) => mail.id)]);
    localStorage.setItem(readKey(who.id), JSON.stringify([...now]));
    setRead(now);
  }, [thread, read, who.id]);

  if (screen.at === "compose") {
    return (
      <Compose
        who={who}
        draft={screen.draft}
        onBack={() => setScreen(screen.back)}
        onSent={() => {
          setScreen(screen.back);
          void load();
        }}
      />
    );
  }
  if (thread) {
    return (
      <ThreadScreen
        thread={thread}
        who={who}
        onBack={() => setScreen({ at: "list" })}
        onReply={(draft) => setScreen({ at: "compose", draft, back: screen })}
      />
    );
  }
  return (
    <div class="mail">
      <header class="mail-head">
        <h2 class="grow">{say(words.mailbox)}</h2>
      </header>
      <div class="mail-body">
        {failed && (
          <p class="problem" role="alert">
            {say(words.failed)}{" "}
            <button type="button" class="link" onClick={() => void load()}>
              {say(words.again)}
            </button>
          </p>
        )}
        {mails === null && !failed && <p class="quiet pad">{say(words.loading)}</p>}
        {mails?.length === 0 && <p class="quiet pad">{say(words.empty)}</p>}
        <ul class="mails">
          {threads.map((one) => (
            <ThreadRow
              key={one.key}
              thread={one}
              unread={one.mails.filter(isUnread).length}
              onOpen={() => setScreen({ at: "thread", key: one.key })}
            />
          ))}
        </ul>
      </div>
      <button
        type="button"
        class="button primary compose"
        onClick={() =>
          setScreen({
            at: "compose",
            back: { at: "list" },
            draft: { to: demo.support_email, subject: "", references: [] },
          })
        }
      >
        <Icon name="mail" size={18} /> {say(words.compose)}
      </button>
    </div>
  );
}

function ThreadRow({
  thread,
  unread,
  onOpen,
}: {
  thread: Thread;
  unread: number;
  onOpen: () => void;
}) {
  const last = thread.mails.at(-1);
  if (!last) return null;
  const others = [
    ...new Set(
      thread.mails.map((mail) => (mail.folder === "sent" ? say(words.me) : nameOf(mail.from))),
    ),
  ];
  return (
    <li>
      <button type="button" class={unread ? "mail-row unread" : "mail-row"} onClick={onOpen}>
        <Avatar name={others.find((name) => name !== say(words.me)) ?? nameOf(last.to)} size={40} />
        <span class="grow">
          <span class="row">
            <span class="clip grow who-line" dir="auto">
              {others.map((name, at) => (
                <bdi key={name}>
                  {at > 0 && say({ en: ", ", fa: "، ", ar: "، " })}
                  {name}
                </bdi>
              ))}
            </span>
            {thread.mails.length > 1 && <span class="meta">{number(thread.mails.length)}</span>}
            <time class="meta">{when(last.date)}</time>
          </span>
          <span class="clip subject-line" dir="auto">
            {thread.subject || say(words.no_subject)}
          </span>
          <span class="clip meta" dir="auto">
            {splitQuote(last.text).said.replace(/\s+/g, " ")}
          </span>
        </span>
        {unread > 0 && <span class="dot-new" />}
        {unread > 0 && <span class="hidden">{say(words.unread)}</span>}
      </button>
    </li>
  );
}

interface ThreadProps {
  thread: Thread;
  who: Shopper;
  onBack: () => void;
  onReply: (draft: Draft) => void;
}

function ThreadScreen({ thread, who, onBack, onReply }: ThreadProps) {
  const last = thread.mails.at(-1);
  const theirs = thread.mails.findLast((mail) => mail.folder === "inbox");
  const answer = () => {
    if (!last) return;
    onReply({
      to: theirs ? addressOf(theirs.reply_to || theirs.from) : addressOf(last.to),
      subject: replySubject(last.subject),
      in_reply_to: last.message_id,
      references: thread.mails.map((mail) => mail.message_id),
    });
  };
  return (
    <div class="mail">
      <header class="mail-head">
        <button type="button" class="round" aria-label={say(words.back)} onClick={onBack}>
          <Icon name="back" />
        </button>
      </header>
      <section class="mail-body pad" aria-label={thread.subject || say(words.no_subject)}>
        <h2 class="mail-subject" dir="auto">
          {thread.subject || say(words.no_subject)}
        </h2>
        {thread.mails.map((mail) => (
          <MailCard key={mail.id} mail={mail} who={who} />
        ))}
      </section>
      <footer class="mail-foot">
        <button type="button" class="button wide" onClick={answer}>
          <svg class="icon mirrored" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
            <path d="m9 17-5-5 5-5M4 12h11a5 5 0 0 1 5 5v2" />
          </svg>
          {say(words.reply)}
        </button>
      </footer>
    </div>
  );
}

function MailCard({ mail, who }: { mail: Mail; who: Shopper }) {
  const [designed, setDesigned] = useState(false);
  const { said, quoted } = splitQuote(mail.text);
  const sent = mail.folder === "sent";
  return (
    <article class="mail-card">
      <div class="row">
        <Avatar name={sent ? who.name : nameOf(mail.from)} size={36} />
        <span class="grow">
          <span class="clip strong" dir="auto">
            {sent ? say(words.me) : nameOf(mail.from)}
          </span>
          <span class="clip meta">
            {sent ? say(words.to) : say(words.to_me)}{" "}
            <bdi dir="ltr">{addressOf(sent ? mail.to : mail.from)}</bdi>
          </span>
        </span>
        <time class="meta">{when(mail.date)}</time>
      </div>
      {designed && mail.html_url ? (
        <iframe
          class="designed"
          title={mail.subject}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          src={mail.html_url}
        />
      ) : (
        <Text text={said} />
      )}
      {mail.attachments.map((file) => (
        <a class="mail-file" key={file.url + file.name} href={file.url} download={file.name}>
          <Icon name="file" />
          <bdi dir="ltr" class="clip grow strong">
            {file.name}
          </bdi>
          <span class="meta">{size(file.size)}</span>
        </a>
      ))}
      {quoted && !designed && (
        <details>
          <summary class="meta">{say(words.quoted)}</summary>
          <blockquote dir="auto">{quoted}</blockquote>
        </details>
      )}
      {mail.html_url && (
        <button type="button" class="link" onClick={() => setDesigned(!designed)}>
          {say(designed ? words.as_text : words.as_designed)}
        </button>
      )}
    </article>
  );
}
