import type { Message } from "@wasl/api";
import { isolate, ltr, useFormat, useT } from "@wasl/i18n";
import { Avatar, Bidi, Button, cardLook, IconButton, Ltr } from "@wasl/ui";
import { clsx } from "clsx";
import { Ellipsis, FileCode2, FileText, Image } from "lucide-react";
import { useCallback, useState } from "react";
import { api } from "../../ground.ts";
import { Attachments } from "./attachments.tsx";
import { DeliveryFailure, DeliveryMark } from "./delivery.tsx";

/** An e-mail is a card: who, subject, text; quoted text folded; the mail as sent on request. */
export function MailCard({ message, conversation }: { message: Message; conversation: string }) {
  const t = useT();
  const format = useFormat();
  const [quote, setQuote] = useState(false);
  const [html, setHtml] = useState(false);
  const mine = message.direction === "out";
  const name = message.author.name ?? message.email?.from ?? t("common.someone");
  const failed = message.state === "failed" || message.state === "unknown";
  // What is not sent yet has no addresses.
  const { from = null, to = [], cc = [] } = message.email ?? {};
  const others = [
    mine && to.length ? t("desk.mail_to", { list: format.list(to.map(ltr)) }) : null,
    cc.length ? t("desk.mail_cc", { list: format.list(cc.map(ltr)) }) : null,
  ].filter(Boolean);
  return (
    <div className="flex flex-col">
      <article
        className={clsx(
          cardLook,
          "px-3.5 py-2.5",
          mine && "border-accent/35! bg-mine!",
          failed && "border-bad/60!",
        )}
        aria-label={`${isolate(name)}: ${message.subject ?? ""}`}
      >
        <header className="flex items-center gap-2.5">
          <Avatar name={name} size={30} channel={message.channel?.kind} />
          <div className="min-w-0 grow leading-5">
            <span className="flex items-baseline gap-2">
              <bdi className="truncate font-medium">{name}</bdi>
              {from && !mine && <Ltr className="truncate text-xs text-ink-2">{from}</Ltr>}
            </span>
            {others.length > 0 && (
              <p className="truncate text-xs text-ink-2">{others.join(" · ")}</p>
            )}
          </div>
          {message.has_html && (
            <IconButton
              size="sm"
              icon={html ? FileText : FileCode2}
              label={t(html ? "desk.show_text" : "desk.show_html")}
              isSelected={html}
              onPress={() => setHtml(!html)}
            />
          )}
          <span className="flex items-center gap-1 text-xs text-ink-2">
            <time dateTime={message.created_at} className="num">
              {format.time(message.created_at)}
            </time>
            {mine && message.state && <DeliveryMark state={message.state} />}
          </span>
        </header>
        {message.subject && (
          <h2 dir="auto" className="wrap-anywhere mt-1.5 font-medium">
            <Bidi>{message.subject}</Bidi>
          </h2>
        )}
        {message.deleted_at ? (
          <p className="text-ink-2 italic">{t("desk.deleted")}</p>
        ) : html ? (
          <SentHtml id={message.id} />
        ) : (
          <p
            dir="auto"
            className="wrap-anywhere mt-0.5 max-w-[80ch] whitespace-pre-wrap text-ink-2"
          >
            <Bidi>{message.text}</Bidi>
          </p>
        )}
        {message.folded_text && !html && (
          <>
            <IconButton
              icon={Ellipsis}
              size="sm"
              label={t(quote ? "desk.hide_quote" : "desk.show_quote")}
              isSelected={quote}
              onPress={() => setQuote(!quote)}
              className="mt-1 h-5! w-8! bg-sunken"
            />
            {quote && (
              <blockquote
                dir="auto"
                className="wrap-anywhere mt-1.5 border-s-2 border-line ps-3 text-[13px] whitespace-pre-wrap text-ink-2"
              >
                <Bidi>{message.folded_text}</Bidi>
              </blockquote>
            )}
          </>
        )}
        <Attachments items={message.attachments} className="mt-2" />
      </article>
      {failed && !message.deleted_at && (
        <DeliveryFailure message={message} conversation={conversation} />
      )}
    </div>
  );
}

const LOWEST = 80;
const HIGHEST = 640;
/** When the document keeps even its height to itself. */
const UNREAD = 360;

/** The server's sanitised document, in a frame that may run nothing; remote pictures off until asked. */
function SentHtml({ id }: { id: string }) {
  const t = useT();
  const [images, setImages] = useState(false);
  const [height, setHeight] = useState(LOWEST);
  const fit = useCallback((frame: HTMLIFrameElement | null) => {
    const measure = () => {
      const page = frame?.contentDocument?.documentElement;
      setHeight(page ? Math.min(HIGHEST, Math.max(LOWEST, page.scrollHeight)) : UNREAD);
    };
    frame?.addEventListener("load", measure);
    return () => frame?.removeEventListener("load", measure);
  }, []);
  return (
    <div className="mt-2">
      {!images && (
        <Button
          size="sm"
          kind="ghost"
          icon={Image}
          onPress={() => setImages(true)}
          className="mb-1"
        >
          {t("desk.show_images")}
        </Button>
      )}
      <iframe
        ref={fit}
        title={t("desk.mail_as_sent")}
        // Same origin only so that its height can be read; scripts and forms stay off.
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        src={api.url(`/messages/${id}/html?images=${images ? 1 : 0}`)}
        className="w-full rounded-lg border border-line bg-white"
        style={{ height, colorScheme: "light" }}
      />
    </div>
  );
}
