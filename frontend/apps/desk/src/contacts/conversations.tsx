import { Link } from "@tanstack/react-router";
import type { Contact } from "@wasl/api";
import { useFormat, useT } from "@wasl/i18n";
import { Bidi, ChannelBadge, Ltr } from "@wasl/ui";
import { Nothing, Panel } from "./panel.tsx";

export function Conversations({ contact }: { contact: Contact }) {
  const t = useT();
  const format = useFormat();
  return (
    <Panel title={t("contacts.conversations", { n: contact.stats.conversations })}>
      {contact.recent.length ? (
        <ul className="py-1">
          {contact.recent.map((each) => (
            <li key={each.conversation_id} className="mx-4 border-b border-line/70 last:border-0">
              <Link
                to="/conversations/$id"
                params={{ id: each.conversation_id }}
                search={{ view: "all" }}
                className="-mx-2 grid grid-cols-[64px_minmax(0,1fr)_auto] items-center gap-3 rounded-lg px-2 py-2 text-[13px] hover:bg-sunken sm:grid-cols-[72px_minmax(0,1fr)_18px_84px_84px]"
              >
                <Ltr className="bidi-line font-medium">{each.number}</Ltr>
                <span dir="auto" className="bidi-line truncate">
                  <Bidi>{each.subject || each.preview.text || t("contacts.no_subject")}</Bidi>
                </span>
                <span className="hidden sm:block">
                  <ChannelBadge kind={each.channel_kind} />
                </span>
                <span className="text-xs text-ink-2">{t(`contacts.status.${each.status}`)}</span>
                <span className="num hidden text-end text-xs text-ink-3 sm:block">
                  {format.age(each.last_message_at, Date.now())}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      ) : (
        <Nothing>{t("contacts.conversations_none")}</Nothing>
      )}
    </Panel>
  );
}
